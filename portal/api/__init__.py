"""What is public, for programs: read-only, described by itself; see docs/api.md."""

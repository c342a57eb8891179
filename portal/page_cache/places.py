"""Where this installation keeps its marks and pages."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from portal.page_cache.marks import FileMarks, Folder, Marks, NoMarks


@cache
def folder() -> Folder:
    return Folder(Path(settings.MARKS_DIR), Path(settings.VAR_DIR) / "pages")


@cache
def marks() -> Marks:
    if not settings.PAGE_CACHE:
        return NoMarks()
    location = str(settings.CACHES["default"].get("LOCATION", ""))
    if not location.startswith(("redis://", "rediss://", "unix://")):
        return FileMarks(folder())
    from portal.page_cache.shared_marks import SharedMarks

    # Two portals may share a server.
    own = sha256(settings.SITE_URL.encode()).hexdigest()[:12]
    return SharedMarks(folder(), location, prefix=f"portal:{own}:pages")

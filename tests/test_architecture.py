"""Who may import whom: docs/architecture.md draws it, this holds it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Each part, and the parts that it may import; arrows point down only.
MAY_IMPORT = {
    "vietnamese": set(),
    "editing": {"vietnamese"},
    "stats": {"vietnamese"},
    "news": {"editing", "vietnamese"},
    "contacts": {"editing", "vietnamese"},
    "portal": {"news", "contacts", "stats", "editing", "vietnamese"},
}


def imported_parts(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names} & MAY_IMPORT.keys()


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_arrows_point_down(part):
    allowed = MAY_IMPORT[part] | {part}
    for path in (ROOT / part).rglob("*.py"):
        assert imported_parts(path) <= allowed, path


def test_the_ground_floor_knows_no_django():
    for path in (ROOT / "vietnamese").rglob("*.py"):
        assert "django" not in path.read_text(encoding="utf-8"), path


def test_no_module_is_a_drawer_for_everything():
    drawers = {"utils", "helpers", "common", "misc", "base", "manager"}
    for part in MAY_IMPORT:
        # Django asks a database's own connection to stand in a module of that name.
        paths = [path for path in (ROOT / part).rglob("*.py") if "databases" not in path.parts]
        assert not drawers & {path.stem for path in paths}

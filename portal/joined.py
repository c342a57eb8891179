"""The stylesheets of all layers as one file, and the scripts of all behaviours as another.

Each layer and each behaviour is a file of its own in `static/`. A phone pays for each file that it asks
for with a round trip, and the page waits for the last stylesheet, so they are joined when static files
are collected; nothing in them is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

from portal.files import replace_text

SOURCES = settings.BASE_DIR / "static"
LAYERS = ("tokens", "base", "layout", "components", "utilities", "print")
# `remembered_size` must run before anything is drawn, `beacon` belongs to its own element.
ALONE = ("remembered_size", "beacon")


def _stylesheet() -> str:
    return "\n".join((SOURCES / f"css/{layer}.css").read_text("utf-8") for layer in LAYERS)


def _script() -> str:
    """A fault of one behaviour leaves the others alone, as it does where each is a module."""
    paths = sorted(path for path in SOURCES.glob("js/*.js") if path.stem not in ALONE)
    return "\n".join(
        f"try {{\n{path.read_text('utf-8')}}} catch (error) {{\n  console.error(error);\n}}"
        for path in paths
    )


_JOINED: dict[str, Callable[[], str]] = {"css/site.css": _stylesheet, "js/site.js": _script}


class Joined(BaseFinder):
    """Finds them where static files are looked for, made anew from their sources each time."""

    def __init__(self, *_args: Any, **_options: Any) -> None:
        self.storage = FileSystemStorage(Path(settings.VAR_DIR) / "joined")

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:  # noqa: FBT001, FBT002
        if path not in _JOINED:
            return []
        made = Path(self.storage.path(path))
        made.parent.mkdir(parents=True, exist_ok=True)
        replace_text(made, _JOINED[path]())
        return [str(made)] if find_all else str(made)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        for path in _JOINED:
            if not matches_patterns(path, ignore_patterns or ()):
                self.find(path)
                yield path, self.storage

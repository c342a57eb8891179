"""What all processes know of the kept pages: the generation that is good, or that a change is
under way. No Django here: the web server's own process uses it too."""

from __future__ import annotations

import fcntl
import logging
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

logger = logging.getLogger(__name__)

CHANGING = "changing"
# Where the newest of each page lies that can be asked about again, whatever its generation. At
# midnight each page ends.
LAST = "last"
_LONGEST_USE = 86400.0  # seconds
# How long a killed writer's mark stays: its database may still be carrying out what it was sent.
GRACE = 10.0  # seconds
_SETTLE_EVERY = 1.0  # seconds
_COMPLAIN_EVERY = 3600.0  # seconds

_NAME = re.compile(r"[0-9a-f]{16}")
_LEFT_OVER = re.compile(r"(?:now|latest)\.[0-9a-f]{8}")


class Ahead(NamedTuple):
    """A generation whose first pages are there before it begins."""

    of: str  # the generation during which they were built
    name: str


class Marks(Protocol):
    def current(self) -> str | None:
        """The generation that is good; None while a change is under way, or nothing is known."""

    def renew(self, ended: str) -> None:
        """Ends that generation, if it is still the current one."""

    @contextmanager
    def change(self, ahead: Ahead | None = None) -> Iterator[None]:
        """Around a commit: no page is kept meanwhile, and none of before is found afterwards. The
        generation that begins is the one that was built ahead, if nobody else has changed anything
        since."""


class NoMarks:
    """Nothing is kept."""

    def current(self) -> None:
        return None

    def renew(self, ended: str) -> None:
        pass

    @contextmanager
    def change(self, ahead: Ahead | None = None) -> Iterator[None]:
        yield


class Folder:
    """Where this host keeps pages (`pages`), a folder for each generation, and how it says which of
    them is good (`path`): by the link `now`.

    nginx follows the link too: it is part of the key of its own cache. It looks at every folder on
    the way, so the link may lie elsewhere, beside folders of the same names that stay empty.
    """

    def __init__(self, path: Path, pages: Path | None = None) -> None:
        self.path = path
        self.pages = pages or path
        self._link = str(path / "now")

    def now(self) -> str:
        """Raises OSError when there is no link."""
        return os.readlink(self._link)

    def pointed_to(self) -> str:
        with suppress(OSError):
            return self.now()
        return ""

    def point(self, name: str) -> None:
        # It must lead somewhere at every instant.
        for path in self._both:
            _make_folder(path / name)
        _link(self._link, name)

    def forget_where_to_point(self) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self._link)

    def forget_last(self) -> None:
        shutil.rmtree(self.pages / LAST, ignore_errors=True)

    @property
    def _both(self) -> set[Path]:
        return {self.path, self.pages}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Around a change of the link: one process at a time."""
        _make_folder(self.path)
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def sweep(self, *, older_than: float = 60.0) -> None:
        """Removes the folders of generations that ended some time ago, in seconds."""
        if not (current := self.pointed_to()):
            return
        for child in [child for path in self._both for child in _within(path)]:
            if child.name != current and _is_older(child, older_than):
                if _NAME.fullmatch(child.name):
                    shutil.rmtree(child, ignore_errors=True)
                elif _LEFT_OVER.fullmatch(child.name):  # by somebody who was killed
                    _remove(child)
        if self.pages != self.path:  # a link of the time when both were one folder
            _remove(self.pages / "now")
        for page in (self.pages / LAST).glob("*/*"):
            if _is_older(page, _LONGEST_USE):
                _remove(page)


@dataclass(frozen=True)
class _Mark:
    """Of one who changes something."""

    path: Path
    descriptor: int
    following: str | None  # the generation that was built ahead, if nobody came before


class FileMarks:
    """Marks of the processes of one host, in files.

    Whoever changes something holds the lock of a file of its own in `writers/` until the change is
    committed. The system lets go of it when the process is killed: so a file that nobody holds is
    that of a writer of whom nobody knows whether its change was made. To which of them `latest`
    leads came last; there is nothing in these files, so that they want no room on a full disk.
    """

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._writers = folder.path / "writers"
        self._latest = folder.path / "latest"
        self._settled_at = 0.0
        self._complained_at = float("-inf")

    def current(self) -> str | None:
        try:
            name = self.folder.now()
        except OSError:
            return self._first()
        if name == CHANGING:
            self._settle_now_and_then()
            return None
        return name

    def renew(self, ended: str) -> None:
        with suppress(OSError), self.folder.locked():
            if self.folder.now() == ended:
                self._begin_generation()

    def begin_anew(self) -> None:
        """For a start: whatever was kept is not found again. Killed writers' marks stay."""
        with suppress(OSError), self.folder.locked():
            self.folder.forget_last()
            self._begin_generation_if_quiet()

    @contextmanager
    def change(self, ahead: Ahead | None = None) -> Iterator[None]:
        mark = self._begin(ahead)
        try:
            yield
        except BaseException:
            # Perhaps it was committed and only the answer was lost: as with a killed writer.
            if mark is not None:
                os.close(mark.descriptor)
            else:
                self._end(None)
            raise
        self._end(mark)

    def _first(self) -> str | None:
        try:
            with self.folder.locked():
                with suppress(OSError):
                    return None if (name := self.folder.now()) == CHANGING else name
                if self._is_quiet():
                    return self._begin_generation()
                # Somebody changes something, or was killed, and could not say so by the link.
                self.folder.point(CHANGING)
        except OSError:
            self._complain()
        return None

    def _complain(self) -> None:
        if time.monotonic() - self._complained_at > _COMPLAIN_EVERY:
            self._complained_at = time.monotonic()
            logger.warning(
                "No page is kept: %s cannot be written (MARKS_DIR).",
                self.folder.path,
                exc_info=True,
            )

    def _begin(self, ahead: Ahead | None) -> _Mark | None:
        path = self._writers / secrets.token_hex(8)
        descriptor, following = None, None
        try:
            with self.folder.locked():
                _make_folder(self._writers)
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                _link(str(self._latest), path.name)
                is_first = ahead is not None and self.folder.pointed_to() == ahead.of
                self.folder.point(CHANGING)
                following = ahead.name if ahead and is_first else None
        except OSError:
            # On a full disk a link can still be taken away, and without it nothing is kept. Where not
            # even that is possible, nothing is changed.
            logger.exception("A change could not be marked in %s (MARKS_DIR).", self.folder.path)
            try:
                self.folder.forget_where_to_point()
            except OSError:
                if descriptor is not None:
                    _remove(path)
                    os.close(descriptor)
                raise
        return None if descriptor is None else _Mark(path, descriptor, following)

    def _end(self, mark: _Mark | None) -> None:
        try:
            with self.folder.locked():
                following = None
                if mark is not None:
                    if self._is_latest(mark) and self.folder.pointed_to() == CHANGING:
                        following = mark.following
                    mark.path.unlink(missing_ok=True)
                if self._is_quiet():
                    self._begin_generation(following)
                elif mark is None:
                    # A reader may have begun one before the change was committed.
                    self.folder.point(CHANGING)
        except OSError:
            logger.exception("An end could not be marked in %s (MARKS_DIR).", self.folder.path)
            with suppress(OSError):  # it is made: to fail now would say that it is not
                self.folder.forget_where_to_point()
            if mark is not None:
                _remove(mark.path)
        finally:
            if mark is not None:
                os.close(mark.descriptor)

    def _is_latest(self, mark: _Mark) -> bool:
        with suppress(OSError):
            return os.readlink(self._latest) == mark.path.name
        return False

    def _settle_now_and_then(self) -> None:
        if time.monotonic() - self._settled_at < _SETTLE_EVERY:
            return
        self._settled_at = time.monotonic()
        with suppress(OSError), self.folder.locked():
            if self.folder.now() == CHANGING:
                for path in self._writers.iterdir():
                    _remove_if_dead(path)
                self._begin_generation_if_quiet()

    def _begin_generation_if_quiet(self) -> None:
        if self._is_quiet():
            self._begin_generation()

    def _is_quiet(self) -> bool:
        return not self._writers.exists() or not any(self._writers.iterdir())

    def _begin_generation(self, name: str | None = None) -> str:
        name = name or new_name()
        self.folder.point(name)
        return name


def new_name() -> str:
    """Of a generation."""
    return secrets.token_hex(8)


def _make_folder(path: Path) -> None:
    # Group and others may pass through: nginx follows the link, and reads nothing.
    path.mkdir(mode=0o755, parents=True, exist_ok=True)


def _link(path: str, target: str) -> None:
    """In the place of the one that was there, which is there until then."""
    temporary = f"{path}.{secrets.token_hex(4)}"
    os.symlink(target, temporary)
    os.replace(temporary, path)


def _within(path: Path) -> list[Path]:
    with suppress(OSError):
        return list(path.iterdir())
    return []


def _is_older(path: Path, seconds: float) -> bool:
    with suppress(OSError):  # gone meanwhile
        return time.time() - path.lstat().st_mtime > seconds
    return False


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _remove_if_dead(path: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - os.fstat(descriptor).st_mtime > GRACE:
                path.unlink()
        finally:
            os.close(descriptor)

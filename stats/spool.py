"""Spool files: one line a pageview, appended by one process, read and emptied by the drainer.

A line is in the kernel's hands as soon as `os.write` returns, so it outlives the process. The file
begins with a header of fixed size, the number of pageviews that could not be written, which is
changed in place: that works on a full disk too.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
import threading
import time
from json.encoder import encode_basestring_ascii as _quoted
from pathlib import Path
from typing import NamedTuple

from stats.models import RULE_LENGTH
from stats.pageviews import LONGEST_PAGE

logger = logging.getLogger(__name__)

SUFFIX = ".spool"
OPEN_FOR = 600.0  # seconds; then the process begins another file, so that this one can be deleted
FAILING_FOR = 10.0  # seconds; then the process lets go of a file that cannot grow
OPEN_AGAIN = 1.0  # seconds between two attempts to open a file on a full disk

_HEADER = b"lost %014d\n"
HEADER_SIZE = len(_HEADER % 0)
_CHUNK = 1 << 20  # bytes
_EARLIEST, _LATEST = 946_771_200_000, 4_102_444_800_000  # the years 2000 to 2100


def line_of(
    moment: int,
    visitor: int,
    visitor_before: int | None,
    page: str,
    about: str,
    is_replayed: bool,  # noqa: FBT001
) -> bytes:
    """JSON, written by hand: an encoder takes three times as long, on each page that is read. `about`
    is the rest of a pageview's texts, `quoted`."""
    before = "null" if visitor_before is None else visitor_before
    replayed = "true" if is_replayed else "false"
    # The newline in front keeps whole what follows a line that was cut off by a full disk.
    line = f"\n[{moment},{visitor},{before},{_quoted(page)},{about},{replayed}]\n"
    return line.encode("ascii")


def quoted(*texts: str) -> str:
    return ",".join(map(_quoted, texts))


class Pageview(NamedTuple):
    """What one line holds. `visitor` is the hash of the pageview's own day, `visitor_before` that
    of the day before, in the first 30 minutes of a day only."""

    moment: int
    visitor: int
    visitor_before: int | None
    page: str
    rule: str
    referrer: str
    device: str
    language: str
    is_replayed: bool = False

    def to_line(self) -> bytes:
        about = quoted(self.rule, self.referrer, self.device, self.language)
        numbers = self.moment, self.visitor, self.visitor_before
        return line_of(*numbers, self.page, about, self.is_replayed)

    @classmethod
    def from_line(cls, line: bytes) -> Pageview:
        """Raises ValueError for a line that is not whole or not ours."""
        try:
            pageview = cls(*json.loads(line))
        except (TypeError, RecursionError) as error:
            raise ValueError("not a pageview") from error
        if not pageview.is_sound():
            raise ValueError("not a pageview")
        return pageview

    def is_sound(self) -> bool:
        numbers = (self.moment, self.visitor, self.visitor_before or 0)
        texts = (self.page, self.rule, self.referrer, self.device, self.language)
        return (
            all(type(number) is int and abs(number) < 1 << 63 for number in numbers)
            and _EARLIEST < self.moment < _LATEST
            and all(isinstance(text, str) and _is_storable(text) for text in texts)
            and len(self.page) <= LONGEST_PAGE
            and len(self.rule) <= RULE_LENGTH
            and len(self.referrer) <= 100
            and max(len(self.device), len(self.language)) <= 10
        )


def _is_storable(text: str) -> bool:
    # Neither NUL nor half a character pair can be stored in a database.
    return "\0" not in text and text == text.encode("utf-8", "ignore").decode("utf-8")


class _OpenFile:
    """Closes itself when the last thread that writes to it lets go of it, and not before: a number
    closed too early might already belong to another file."""

    def __init__(self, folder: Path) -> None:
        name = f"{time.time_ns():020d}-{os.getpid()}-{secrets.token_hex(8)}{SUFFIX}"
        path = folder / name
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self.header_fd = os.open(path, flags, 0o600)
        self.fd = -1
        self.fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        self.pid = os.getpid()
        self.opened_at = time.monotonic()
        self.lost = 0
        self.failing_since: float | None = None
        # Held as long as the process lives; it tells the drainer that more may come.
        fcntl.flock(self.fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        if os.fstat(self.fd).st_nlink == 0:
            raise FileNotFoundError("the drainer deleted the file before it was locked")
        try:
            self.write_header(0)
        except OSError:
            path.unlink()
            raise

    def write_header(self, lost: int) -> None:
        os.pwrite(self.header_fd, _HEADER % lost, 0)
        self.lost = lost

    def is_usable(self) -> bool:
        now = time.monotonic()
        is_full = self.failing_since is not None and now - self.failing_since > FAILING_FOR
        return not is_full and now - self.opened_at < OPEN_FOR and self.pid == os.getpid()

    def write(self, line: bytes) -> None:
        try:
            is_whole = os.write(self.fd, line) == len(line)
        except OSError:
            self.failing_since = self.failing_since or time.monotonic()
            raise
        if not is_whole:
            self.failing_since = self.failing_since or time.monotonic()
            raise OSError("the disk is full")
        self.failing_since = None

    def __del__(self) -> None:
        for descriptor in (getattr(self, "fd", -1), getattr(self, "header_fd", -1)):
            if descriptor >= 0:
                os.close(descriptor)


class SpoolWriter:
    """Appends lines for one process, from any number of threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: _OpenFile | None = None
        self._unrecorded_losses = 0
        self._refused_at = float("-inf")
        self._lock = threading.Lock()  # for opening a file and for losses, not for a line

    def append(self, line: bytes) -> None:
        """Raises OSError when the line could not be written whole."""
        file = self._file
        if file is None or not file.is_usable():
            file = self._open()
        file.write(line)

    def _open(self) -> _OpenFile:
        with self._lock:
            if self._file is None or not self._file.is_usable():
                # Let go of first: the drainer deletes it and so makes room.
                self._file = None
                self._file = self._open_another()
            return self._file

    def _open_another(self) -> _OpenFile:
        now = time.monotonic()
        if now - self._refused_at < OPEN_AGAIN:
            raise OSError("the disk is full")
        self._refused_at = now  # unless it succeeds
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = _open_file(self.folder)
        self._refused_at = float("-inf")
        if self._unrecorded_losses:
            file.write_header(self._unrecorded_losses)
            self._unrecorded_losses = 0
        return file

    def note_loss(self) -> None:
        """Never raises: a visit that cannot be counted must not cost a page."""
        with self._lock:
            self._unrecorded_losses += 1
            file = self._file
            if file is None or file.pid != os.getpid():
                return
            try:
                file.write_header(file.lost + self._unrecorded_losses)
            except OSError:
                return
            self._unrecorded_losses = 0


def _open_file(folder: Path) -> _OpenFile:
    # The drainer may catch a file between its making and its locking, but hardly three in a row.
    for _attempt in range(3):
        try:
            return _OpenFile(folder)
        except (BlockingIOError, FileNotFoundError):
            continue
    return _OpenFile(folder)


class Chunk(NamedTuple):
    """Whole lines of a file; `is_all` if nothing behind them was there to be read."""

    lines: list[bytes]
    start: int
    end: int
    is_all: bool


class SpoolFile:
    """A spool file as the drainer sees it: `is_finished` once no process can write to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.is_finished = True
        except BlockingIOError:
            self.is_finished = False
        self.size = os.fstat(self._fd).st_size
        self.lost = self._read_lost()

    def __enter__(self) -> SpoolFile:
        return self

    def __exit__(self, *_exception: object) -> None:
        os.close(self._fd)

    @property
    def state(self) -> tuple[int, int, bool]:
        """Differs as soon as there is something new about the file."""
        return (self.size, self.lost, self.is_finished)

    def _read_lost(self) -> int:
        digits = os.pread(self._fd, HEADER_SIZE, 0)[5:].strip()
        return int(digits) if digits.isdigit() else 0

    def read(self, offset: int) -> Chunk:
        """Whole lines from the offset, a megabyte at most."""
        start = max(offset, HEADER_SIZE)
        content = os.pread(self._fd, _CHUNK, start)
        is_all = start + len(content) >= self.size
        end = content.rfind(b"\n") + 1
        if (is_all and self.is_finished) or (not is_all and not end):
            end = len(content)  # nobody will end this line any more
        return Chunk(content[:end].split(b"\n"), start, start + end, is_all)

    def blank(self, start: int, end: int) -> None:
        """Overwrites drained lines in place; lines appended meanwhile stand behind them."""
        for begin in range(max(start, HEADER_SIZE), end, _CHUNK):
            os.pwrite(self._fd, b"\n" * min(_CHUNK, end - begin), begin)

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)

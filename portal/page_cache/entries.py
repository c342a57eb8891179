"""Kept pages: the bytes of each in three codings, in files that all processes of a host share, and
those asked for lately in the memory of each process."""

from __future__ import annotations

import fcntl
import gzip
import json
import logging
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from threading import Lock, get_ident
from wsgiref.handlers import format_date_time

import brotli

from editing.asked import Asked, Question
from portal.page_cache.marks import LAST
from portal.page_cache.whole import lines_of

logger = logging.getLogger(__name__)

# A kept page is built anew after that many seconds: its visit figures are no older.
LIFE = 30.0

_MEMORY = 16 << 20  # bytes in one process
# Of one generation on one host: at most 256 × 40 pages, some 50 kB each.
_LARGEST_BUCKET = 40
_LOCKS = 256
_PATIENCE = 10.0  # seconds that one waits for another who builds the same page

Headers = list[tuple[str, str]]
Box = tuple[str, int, int]  # the language of the visit box, where it begins, and its bytes

# Best first. Level 5 of brotli takes 2 ms for a page of 60 kB, level 11 takes 100.
_CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, mode=brotli.MODE_TEXT, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
    "": lambda body: body,
}


@dataclass
class Entry:
    """One page. Its headers are those of every coding; the rest follows from the coding."""

    headers: Headers
    digest: str  # of the identity bytes: with the coding, the entity tag
    modified: float
    page: str | None  # the name under which it is counted as a pageview
    until: float
    instant: float  # the next one at which the clock may change it
    bodies: dict[str, bytes] = field(repr=False)
    # What it was built from; None where that is not wholly known, and it can only be built anew.
    questions: list[Question] | None = None
    box: Box | None = None

    @classmethod
    def of(cls, headers: Headers, body: bytes, *, page: str | None, instant: float) -> Entry:
        """Built from now on; the rest of its time is `LIFE`, or less if the clock may change it."""
        now = time.time()
        digest, bodies = _digest(body), _in_all_codings(body)
        return cls(headers, digest, now, page, min(now + LIFE, instant), instant, bodies)

    def rest_on(self, asked: Asked) -> None:
        """Notes what the page was built from."""
        if not asked.is_whole:
            return
        if asked.visit_box is not None:
            shown = asked.visit_box.encode()
            if self.bodies[""].count(shown) != 1:
                return
            self.box = asked.language, self.bodies[""].index(shown), len(shown)
        self.questions = asked.questions

    def gone_on(self, instant: float, box: str) -> Entry:
        """From now on for another `LIFE`, or until `instant`, with the visit box as it is now."""
        now = time.time()
        instant = min(self.instant, instant)
        entry = replace(self, instant=instant, until=min(now + LIFE, instant))
        if self.box is None:
            return entry
        language, start, length = self.box
        old, shown = self.bodies[""], box.encode()
        if old[start : start + length] == shown:
            return entry
        body = old[:start] + shown + old[start + length :]
        place = language, start, len(shown)
        bodies = _in_all_codings(body)
        return replace(entry, box=place, digest=_digest(body), bodies=bodies, modified=now)

    @property
    def size(self) -> int:
        return sum(map(len, self.bodies.values())) + _size_of_questions(self.questions or ())

    def tag(self, coding: str) -> str:
        return f'"{self.digest}-{coding}"' if coding else f'"{self.digest}"'

    @cached_property
    def headers_by_coding(self) -> dict[str, Headers]:
        return {coding: self._headers(coding) for coding in self.bodies}

    @cached_property
    def lines_by_coding(self) -> dict[str, bytes]:
        return {coding: lines_of(headers) for coding, headers in self.headers_by_coding.items()}

    def _headers(self, coding: str) -> Headers:
        headers = [
            *self.headers,
            ("ETag", self.tag(coding)),
            ("Last-Modified", format_date_time(int(self.modified))),
            ("Vary", "Accept-Encoding"),
            ("Content-Length", str(len(self.bodies[coding]))),
        ]
        return [*headers, ("Content-Encoding", coding)] if coding else headers

    def to_bytes(self) -> bytes:
        facts = {each.name: getattr(self, each.name) for each in fields(self)}
        del facts["bodies"]
        sizes = {coding: len(body) for coding, body in self.bodies.items()}
        head = json.dumps({"facts": facts, "sizes": sizes}).encode()
        return b"\n".join((head, b"".join(self.bodies.values())))

    @classmethod
    def from_bytes(cls, content: bytes) -> Entry:
        """Raises ValueError for what is not whole."""
        head, _newline, rest = content.partition(b"\n")
        known = json.loads(head)
        bodies, start = {}, 0
        for coding, size in known["sizes"].items():
            bodies[coding] = rest[start : start + size]
            start += size
        if start != len(rest):
            raise ValueError("a page that was cut off")
        facts = known["facts"]
        facts["headers"] = [(name, value) for name, value in facts["headers"]]
        return cls(**facts, bodies=bodies)


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=12).hexdigest()


def _in_all_codings(body: bytes) -> dict[str, bytes]:
    return {coding: compress(body) for coding, compress in _CODINGS.items()}


class Shelf:
    """The pages of this host."""

    def __init__(self, folder: Path, *, memory: int = _MEMORY) -> None:
        self.folder = folder
        self._largest = memory
        self._memory: OrderedDict[tuple[str, str], Entry] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, generation: str, key: str) -> Entry | None:
        """Also one whose time is over: whoever asks looks at it."""
        place = (generation, key)
        if (entry := self._memory.get(place)) is not None and entry.until > time.time():
            return entry
        with suppress(OSError, ValueError, KeyError, TypeError):
            entry = Entry.from_bytes(self._path(generation, key).read_bytes())
            self._remember(place, entry)
        return entry

    def last(self, key: str) -> Entry | None:
        """As it was put there last, under whatever generation."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            return Entry.from_bytes(self._path(LAST, key).read_bytes())
        return None

    def put(self, generation: str, key: str, entry: Entry) -> None:
        """What cannot be written, as on a full disk, is built again by whoever asks."""
        path, last = self._path(generation, key), self._path(LAST, key)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}")
        try:
            path.parent.mkdir(exist_ok=True)
            _make_room(path.parent)
            temporary.write_bytes(entry.to_bytes())
            if entry.questions is not None:
                # One file under two names: the first of them goes with its generation.
                last.parent.mkdir(parents=True, exist_ok=True)
                _make_room(last.parent)
                second = last.with_name(temporary.name)
                os.link(temporary, second)
                second.replace(last)
            temporary.replace(path)
        except FileNotFoundError:  # the generation has ended
            return
        except OSError:
            logger.warning("A page could not be kept", exc_info=True)
            with suppress(OSError):
                temporary.unlink()
            return
        self._remember((generation, key), entry)

    @contextmanager
    def building(self, key: str) -> Iterator[None]:
        """One at a time: whoever comes meanwhile finds the page made."""
        locks = self.folder / "locks"
        with suppress(OSError):
            locks.mkdir(parents=True, exist_ok=True)
        number = int.from_bytes(blake2b(key.encode(), digest_size=2).digest(), "big") % _LOCKS
        try:
            descriptor = os.open(locks / str(number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            yield
            return
        try:
            _wait_for(descriptor)
            yield
        finally:
            os.close(descriptor)

    def _path(self, generation: str, key: str) -> Path:
        name = blake2b(key.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
        return self.folder / generation / name[:2] / name[2:]

    def _remember(self, place: tuple[str, str], entry: Entry) -> None:
        with self._lock:
            if self._memory and next(iter(self._memory))[0] != place[0]:
                self._memory.clear()  # of a generation that has ended
                self._size = 0
            if (old := self._memory.pop(place, None)) is not None:
                self._size -= old.size
            self._memory[place] = entry
            self._size += entry.size
            while self._size > self._largest and len(self._memory) > 1:
                _place, oldest = self._memory.popitem(last=False)
                self._size -= oldest.size


def _size_of_questions(questions: Iterable[Question]) -> int:
    return sum(len(question[0]) + 100 for question in questions)


def _make_room(bucket: Path) -> None:
    names = os.listdir(bucket)
    if len(names) >= _LARGEST_BUCKET:
        # Any will do: which one was asked for last is not written down.
        (bucket / names[0]).unlink(missing_ok=True)


def _wait_for(descriptor: int) -> None:
    end = time.monotonic() + _PATIENCE
    pause = 0.001
    while time.monotonic() < end:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(pause)
            pause = min(pause * 1.5, 0.02)
        else:
            return

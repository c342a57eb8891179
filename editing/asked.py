"""What a page has asked the database, and in short what it was told.

A page follows from the answers it got, from the moment, and from the code. So as long as the clock
changes nothing, the same questions with the same answers are the same page, and to ask again costs a
fraction of building it.

The database's connection tells of every statement (`portal.page_cache.changes`), whoever sends it.
The clock among its values is known by having been asked for (`editing.written.now`), and asked again.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

# The SQL, whether the database keeps a plan of it, its values, and the digest of the rows: as JSON
# can carry them.
Question = tuple[str, bool, list[Any], str]

_NOW = {"clock": "now"}
_READS = re.compile(r"[\s(]*(?:SELECT|WITH)\b", re.IGNORECASE)
_WRITES = re.compile(r"\b(?:INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
# Whoever asked for more than this is a list for machines, and seldom asked for.
_MOST_ROWS = 1000
_MOST_ANSWERS = 20_000  # some megabytes in each process
# A moment so near to that of the asking may be the clock's, taken without a word to anybody.
_NEAR = timedelta(seconds=10)


@dataclass
class Asked:
    """By one page, or by a part that pages share."""

    clock: set[datetime] = field(default_factory=set)
    questions: list[Question] = field(default_factory=list)
    is_known: bool = True  # whether each statement is a question that can be asked again
    # What does not come from the database: the visit box as it stands in the page, if it is there.
    visit_box: str | None = None
    language: str = ""  # of the box

    @property
    def is_whole(self) -> bool:
        """Whether it is known, and can be asked again, what there was to ask; it was not nothing."""
        return self.is_known and bool(self.questions)

    def add(self, other: Asked) -> None:
        self.questions += other.questions
        self.is_known = self.is_known and other.is_known
        if other.visit_box is not None:
            self.visit_box, self.language = other.visit_box, other.language


_present: ContextVar[Asked | None] = ContextVar("asked", default=None)


@contextmanager
def noting() -> Iterator[Asked]:
    """What is asked meanwhile. Who notes a whole does not see what is noted of a part: it is to be
    added."""
    whole = _present.get()
    noted = Asked() if whole is None else Asked(clock=whole.clock)
    token = _present.set(noted)
    try:
        yield noted
    finally:
        _present.reset(token)


def note_visit_box(html: str, language: str, **_signal: Any) -> None:
    if (asked := _present.get()) is not None:
        asked.visit_box, asked.language = html, language


def present() -> Asked | None:
    """Of what is being built, if anybody wants to know."""
    return _present.get()


def note_clock(moment: datetime) -> None:
    if (asked := _present.get()) is not None:
        asked.clock.add(moment)


def note(
    asked: Asked, sql: str, is_planned: bool, values: Any, rows: Sequence[Any], ops: Any
) -> None:
    if len(rows) > _MOST_ROWS or isinstance(values, dict):
        asked.is_known = False
        return
    clock = {*asked.clock, *map(ops.adapt_datetimefield_value, asked.clock)}
    carried = [_NOW if _is_among(value, clock) else _carried(value) for value in values or ()]
    asked.is_known = asked.is_known and _UNKNOWN not in carried
    asked.questions.append((sql, is_planned, carried, digest_of(rows)))


def is_question(sql: str) -> bool:
    return _READS.match(sql) is not None and not _WRITES.search(sql)


def _is_among(value: Any, clock: set[Any]) -> bool:
    return isinstance(value, str | datetime) and value in clock


_UNKNOWN = "\0"


def _carried(value: Any) -> Any:
    if isinstance(value, datetime):
        return _UNKNOWN if _is_near(value) else {"moment": value.isoformat()}
    if isinstance(value, date):  # also today: no page outlives its day
        return {"day": value.isoformat()}
    if isinstance(value, str) and (moment := _moment_in(value)) and _is_near(moment):
        return _UNKNOWN
    return value if isinstance(value, int | str | float | None) else _UNKNOWN


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")


def _moment_in(text: str) -> datetime | None:
    """As SQLite has moments; what only looks like one is a text."""
    if _MOMENT.match(text):
        with suppress(ValueError):
            return datetime.fromisoformat(text)
    return None


def _is_near(moment: datetime) -> bool:
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return abs(timezone.now() - moment) < _NEAR


def digest_of(rows: Sequence[Any]) -> str:
    """The same in every process, for rows as the database gave them."""
    return blake2b(repr(rows).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


class Answers:
    """What the database says now, asked once for as long as nothing changes; for no longer than
    `lasts` seconds, because not everybody says that he changes something."""

    def __init__(self, lasts: float) -> None:
        self._lasts = lasts
        self._known: tuple[str, float, dict[bytes, str]] = ("", 0.0, {})

    def are_alike(self, questions: Sequence[Question], state: str) -> bool:
        """Whether all are answered as noted. `state` is the name under which nothing changes. Raises
        the database's errors."""
        name, begun, known = self._known
        is_over = time.monotonic() - begun > self._lasts or len(known) > _MOST_ANSWERS
        if name != state or is_over:
            known = {}
            self._known = state, time.monotonic(), known
        connection: Any = connections[DEFAULT_DB_ALIAS]
        for sql, is_planned, values, digest in questions:
            place = blake2b(f"{values}{sql}".encode("utf-8", "surrogatepass")).digest()
            if place not in known:
                known[place] = _ask(connection, sql, is_planned, values)
            if known[place] != digest:
                return False
        return True


def _ask(connection: Any, sql: str, is_planned: bool, values: Sequence[Any]) -> str:
    moment = connection.ops.adapt_datetimefield_value(timezone.now())
    sent = [_sent(value, moment) for value in values]
    with connection.cursor() as cursor:
        cursor.execute(connection.planned(sql, sent) if is_planned else sql, sent)
        return digest_of(list(cursor.fetchall()))


def _sent(value: Any, moment: Any) -> Any:
    match value:
        case {"clock": _}:
            return moment
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
    return value

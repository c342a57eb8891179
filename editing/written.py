"""Queries whose SQL is written once.

Django writes the SQL of a query anew each time it is asked. For the queries that stand on every
public page, which are always the same but for the moment, this costs several times what the database
needs for the answer. Here it is written once for each language, with marks where the moment and the
given values go; only they are filled in afterwards. The rows are read by Django as ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.utils import timezone
from django.utils.translation import get_language

from editing.asked import note_clock

Row = TypeVar("Row")
Given = int | str | datetime

# What no row ever has, and what therefore can be told from every other value in the SQL.
_MOMENT, _DAY = datetime(9871, 2, 3, 4, 5, 6, 789, tzinfo=UTC), date(9871, 2, 3)
_FIRST_NUMBER = 9_160_000_000_000_000

_is_writing: ContextVar[bool] = ContextVar("is_writing", default=False)


def now() -> datetime:
    """The moment of a query: every QuerySet that asks the clock asks it here."""
    return _MOMENT if _is_writing.get() else _told()


def _told() -> datetime:
    moment = timezone.now()
    note_clock(moment)
    return moment


def today() -> date:
    """The day in Viet Nam, likewise."""
    return _DAY if _is_writing.get() else timezone.localdate()


@contextmanager
def _writing() -> Iterator[None]:
    token = _is_writing.set(True)
    try:
        yield
    finally:
        _is_writing.reset(token)


def know(row: models.Model, relation: str, related: list[Any]) -> None:
    """`row.relation.all()` asks no more, as if it had been prefetched."""
    manager = getattr(row, relation)
    if (field := getattr(manager, "field", None)) is not None:  # the related ones point to the row
        for each in related:
            setattr(each, field.name, row)
    found = manager.all()
    found._result_cache, found._prefetch_done = related, True
    vars(row).setdefault("_prefetched_objects_cache", {})[relation] = found


@dataclass(frozen=True)
class _Text:
    """What was written, as Django's own compiler left it."""

    rows: models.QuerySet[Any]
    compiler: Any
    sql: str
    values: tuple[Any, ...]
    marks: dict[int, Any]  # which of the values are to be filled in
    converters: dict[int, Any]  # from what the database gives, by column


class Written(Generic[Row]):
    """`Written(build)(…)` is `list(build(…))`, faster.

    `build` takes keys, texts and moments, and may ask `now()` and `today()`, but must not decide
    anything by them: it runs once, with marks in their place. As many keys as there are may be given.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, Row]]) -> None:
        self._build = build
        self._texts: dict[tuple[Any, ...], _Text] = {}

    def __call__(self, *given: Given) -> list[Row]:
        connection = connections[DEFAULT_DB_ALIAS]
        marks = tuple(_mark_for(value, at) for at, value in enumerate(given))
        key = (connection.vendor, get_language(), marks)
        if (text := self._texts.get(key)) is None:
            text = self._texts[key] = self._write(marks)
        return _read(text, _filled(text, marks, given, connection.ops), connection)

    def _write(self, marks: tuple[Any, ...]) -> _Text:
        with _writing():
            rows = self._build(*marks)
            compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
            sql, values = compiler.as_sql()
        adapt = compiler.connection.ops
        known = {_adapted(mark, adapt) for mark in (_MOMENT, _DAY, *marks)}
        sql, values = _with_literals(sql, values, known)
        found = {at: value for at, value in enumerate(values) if _is_among(value, known)}
        columns = [column for column, *_as in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(columns)
        return _Text(rows, compiler, sql, tuple(values), found, converters)


def _mark_for(value: Given, at: int) -> Given:
    if isinstance(value, str):
        return f"\x01 {at}"
    return _FIRST_NUMBER + at if isinstance(value, int) else _MOMENT + timedelta(days=1 + at)


def _adapted(value: Any, adapt: Any) -> Any:
    """As it stands among the values of a query."""
    if isinstance(value, datetime):
        return adapt.adapt_datetimefield_value(value)
    return adapt.adapt_datefield_value(value) if isinstance(value, date) else value


def _is_among(value: Any, known: set[Any]) -> bool:
    return isinstance(value, Hashable) and value in known


def _with_literals(sql: str, values: Sequence[Any], known: set[Any]) -> tuple[str, list[Any]]:
    """What is always the same stands in the SQL itself.

    SQLite looks at a value beside it to see whether an index of a part of the table will do, and
    for that prepares the query anew each time.
    """
    waiting, left = iter(values), []

    def shown(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value = next(waiting)
        if not _is_among(value, known) and (literal := _literal(value)) is not None:
            return literal
        left.append(value)
        return "%s"

    return _PLACE.sub(shown, sql), left


_PLACE = re.compile("%[%s]")


def _literal(value: Any) -> str | None:
    """None for what has no plain one in every database."""
    if type(value) is int:
        return str(value)
    if isinstance(value, str) and "\0" not in value and "\\" not in value:
        return "'{}'".format(str(value).replace("'", "''").replace("%", "%%"))
    return None


def _filled(text: _Text, marks: Sequence[Any], given: Sequence[Any], adapt: Any) -> list[Any]:
    pairs = [
        (_MOMENT, _told()),
        (_DAY, timezone.localdate()),
        *zip(marks, given, strict=True),
    ]
    filled = {_adapted(mark, adapt): _adapted(value, adapt) for mark, value in pairs}
    values = list(text.values)
    for at, mark in text.marks.items():
        values[at] = filled[mark]
    return values


def _read(text: _Text, values: Sequence[Any], connection: Any) -> list[Any]:
    # A database that plans a query each time anew may keep the plan of this one.
    plan = getattr(connection, "planned", None)
    sql = plan(text.sql, values) if plan else text.sql
    compiler = copy(text.compiler)
    compiler.connection = connection
    compiler.as_sql = lambda *_args, **_kwargs: (sql, tuple(values))
    compiler.get_converters = lambda _columns: text.converters
    rows = text.rows._chain()  # type: ignore[attr-defined]
    rows.query.get_compiler = lambda *_args, **_kwargs: compiler
    return list(rows)

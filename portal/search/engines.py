"""The index in both databases: a table of keys and tokens that answers boolean questions, the
newest first, and never for longer than it may.

SQLite keeps it in FTS5, PostgreSQL in a GIN index over lists of tokens. Neither sees a reader's
text: what is asked consists of tokens.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import DatabaseError, connection, transaction

from portal.search.tokens import unpack

TABLE = "portal_searchindex"
# Far above what any question takes; it ends what nobody has thought of.
MOST_SECONDS = 1.0


class TookTooLong(Exception):
    """The database was stopped before it had the answer."""


@dataclass(frozen=True)
class All:
    parts: tuple[Any, ...]


@dataclass(frozen=True)
class OneOf:
    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Beginning:
    """A token that begins like this."""

    token: str


Condition = All | OneOf | Beginning | str


@dataclass(frozen=True)
class Question:
    """What to look for and not to have; `number` comes back with each of at most `limit` keys."""

    number: int
    condition: Condition
    limit: int
    without: tuple[Condition, ...] = ()


class Engine(Protocol):
    def add(self, rows: Sequence[tuple[int, set[str]]]) -> None: ...
    def remove(self, rows: Sequence[tuple[int, bytes]]) -> None: ...
    def ask(
        self, questions: Sequence[Question], lowest: int, highest: int
    ) -> list[tuple[Any, ...]]: ...


_COLUMNS = "d.key, d.kind, d.edition_id, d.attachment_id, d.page_id"


class SQLiteEngine:
    def add(self, rows: Sequence[tuple[int, set[str]]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} (rowid, tokens) VALUES (%s, %s)",
                [(key, " ".join(sorted(tokens))) for key, tokens in rows],
            )

    def remove(self, rows: Sequence[tuple[int, bytes]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} ({TABLE}, rowid, tokens) VALUES ('delete', %s, %s)",
                [(key, " ".join(unpack(packed))) for key, packed in rows],
            )

    def ask(
        self, questions: Sequence[Question], lowest: int, highest: int
    ) -> list[tuple[Any, ...]]:
        # The order of the joins is fixed: the index leads, newest first, and stops at the limit.
        arm = (
            f"SELECT * FROM (SELECT %s AS number, {_COLUMNS} FROM {TABLE} "
            f"CROSS JOIN portal_searchdocument d ON d.key = {TABLE}.rowid "
            f"WHERE {TABLE} MATCH %s AND {TABLE}.rowid BETWEEN %s AND %s "
            f"ORDER BY {TABLE}.rowid DESC LIMIT %s)"
        )
        values: list[Any] = []
        for each in questions:
            values += [each.number, _match(each), lowest, highest, each.limit]
        with _sqlite_limit(), connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join([arm] * len(questions)), values)
            return list(cursor.fetchall())


def _match(question: Question) -> str:
    wanted = _in_fts(question.condition)
    return " NOT ".join([wanted, *(_in_fts(each) for each in question.without)])


def _in_fts(condition: Condition) -> str:
    match condition:
        case All(parts):
            return f"({' AND '.join(_in_fts(part) for part in parts)})"
        case OneOf(parts):
            return f"({' OR '.join(_in_fts(part) for part in parts)})"
        case Beginning(token):
            return f'"{token}" *'
    return f'"{condition}"'


@contextmanager
def _sqlite_limit() -> Iterator[None]:
    connection.ensure_connection()
    raw = connection.connection
    end = time.monotonic() + MOST_SECONDS
    raw.set_progress_handler(lambda: time.monotonic() > end, 10_000)
    try:
        yield
    except DatabaseError as error:
        if "interrupted" in str(error):
            raise TookTooLong from error
        raise
    finally:
        raw.set_progress_handler(None, 0)


class PostgreSQLEngine:
    def add(self, rows: Sequence[tuple[int, set[str]]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} (key, tokens) VALUES (%s, array_to_tsvector(%s))",
                [(key, sorted(tokens)) for key, tokens in rows],
            )

    def remove(self, rows: Sequence[tuple[int, bytes]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {TABLE} WHERE key = ANY(%s)", [[key for key, _packed in rows]]
            )

    def ask(
        self, questions: Sequence[Question], lowest: int, highest: int
    ) -> list[tuple[Any, ...]]:
        # OFFSET 0 keeps the planner from walking the keys and reading every list on the way.
        arm = (
            f"(SELECT %s AS number, {_COLUMNS} FROM "
            f"(SELECT key FROM {TABLE} WHERE tokens @@ %s::tsquery OFFSET 0) i "
            "JOIN portal_searchdocument d ON d.key = i.key "
            "WHERE i.key BETWEEN %s AND %s ORDER BY i.key DESC LIMIT %s)"
        )
        values: list[Any] = [f"{int(MOST_SECONDS * 1000)}"]
        for each in questions:
            values += [each.number, _tsquery(each), lowest, highest, each.limit]
        settings = (
            "SET LOCAL statement_timeout = %s; SET LOCAL enable_seqscan = off; SET LOCAL jit = off;"
        )
        try:
            with transaction.atomic(savepoint=False), connection.cursor() as cursor:
                cursor.execute(settings + " UNION ALL ".join([arm] * len(questions)), values)
                return list(cursor.fetchall())
        except DatabaseError as error:
            if getattr(error.__cause__, "pgcode", "") == "57014":
                raise TookTooLong from error
            raise


def _tsquery(question: Question) -> str:
    wanted = _in_tsquery(question.condition)
    return " & ".join([wanted, *(f"!{_in_tsquery(each)}" for each in question.without)])


def _in_tsquery(condition: Condition) -> str:
    match condition:
        case All(parts):
            return f"({' & '.join(_in_tsquery(part) for part in parts)})"
        case OneOf(parts):
            return f"({' | '.join(_in_tsquery(part) for part in parts)})"
        case Beginning(token):
            return f"'{token}':*"
    return f"'{condition}'"


def engine() -> Engine:
    return PostgreSQLEngine() if connection.vendor == "postgresql" else SQLiteEngine()

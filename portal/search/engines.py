"""The index in both databases: a table of keys and tokens that answers boolean questions, the
newest first, and never for longer than it may.

SQLite keeps it in FTS5, PostgreSQL in a GIN index over lists of tokens. Neither sees a reader's
text: what is asked consists of tokens.

FTS5 walks from the newest text to the oldest and stops at the limit. GIN knows no order: of a common
word it would read every text. So PostgreSQL keeps the newest a second time in a small table, with
the key from which on it has all of them, and asks the large one only for what that does not have.
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
RECENT, FLOOR = "portal_searchrecent", "portal_searchfloor"
NEWEST = 4000  # documents that PostgreSQL keeps a second time
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
    ) -> list[tuple[int, int]]: ...
    def keep_recent(self) -> None: ...


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
    ) -> list[tuple[int, int]]:
        # The index gives the newest first by itself, and stops at the limit.
        arm = (
            f"SELECT * FROM (SELECT %s AS number, rowid FROM {TABLE} "
            f"WHERE {TABLE} MATCH %s AND {TABLE}.rowid BETWEEN %s AND %s "
            f"ORDER BY {TABLE}.rowid DESC LIMIT %s)"
        )
        values: list[Any] = []
        for each in questions:
            values += [each.number, _match(each), lowest, highest, each.limit]
        with _sqlite_limit(), connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join([arm] * len(questions)), values)
            return list(cursor.fetchall())

    def keep_recent(self) -> None:
        pass


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
        keys = [key for key, _tokens in rows]
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} (key, tokens) VALUES (%s, array_to_tsvector(%s))",
                [(key, sorted(tokens)) for key, tokens in rows],
            )
            # Shared: it waits for `keep_recent`, and that for all who are adding.
            cursor.execute(f"SELECT key FROM {FLOOR} FOR SHARE")
            cursor.execute(f"{_COPY} WHERE key = ANY(%s) AND key >= %s", [keys, *cursor.fetchone()])

    def remove(self, rows: Sequence[tuple[int, bytes]]) -> None:
        keys = [key for key, _packed in rows]
        with connection.cursor() as cursor:
            for table in (TABLE, RECENT):
                cursor.execute(f"DELETE FROM {table} WHERE key = ANY(%s)", [keys])

    def ask(
        self, questions: Sequence[Question], lowest: int, highest: int
    ) -> list[tuple[int, int]]:
        values: list[Any] = [f"{int(MOST_SECONDS * 1000)}"]
        for each in questions:
            wanted, size = _tsquery(each), each.limit
            values += [wanted, lowest, highest, size, wanted, size, lowest, highest, size]
            values += [each.number, size]
        arms = " UNION ALL ".join([_ARM] * len(questions))
        try:
            with transaction.atomic(savepoint=False), connection.cursor() as cursor:
                cursor.execute(_SETTINGS + arms, values)
                return list(cursor.fetchall())
        except DatabaseError as error:
            if getattr(error.__cause__, "pgcode", "") == "57014":
                raise TookTooLong from error
            raise

    def keep_recent(self) -> None:
        """The newest NEWEST once more; nothing is done until there are twice or half as many."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*), (SELECT key FROM {FLOOR}) FROM {RECENT}")
            count, floor = cursor.fetchone()
            if count <= 2 * NEWEST and (count >= NEWEST / 2 or floor == 0):
                return
            cursor.execute(f"SELECT key FROM {FLOOR} FOR UPDATE")
            (floor,) = cursor.fetchone()
            newest = f"SELECT key FROM {TABLE} ORDER BY key DESC LIMIT 1 OFFSET %s"
            cursor.execute(f"SELECT coalesce(({newest}), 0)", [NEWEST])
            (lowest,) = cursor.fetchone()
            cursor.execute(f"{_COPY} WHERE key >= %s AND key < %s", [lowest, floor])
            cursor.execute(f"DELETE FROM {RECENT} WHERE key < %s", [lowest])
            cursor.execute(f"UPDATE {FLOOR} SET key = %s", [lowest])


_COPY = f"INSERT INTO {RECENT} (key, tokens) SELECT key, tokens FROM {TABLE}"
_SETTINGS = (
    "SET LOCAL statement_timeout = %s; SET LOCAL enable_seqscan = off; SET LOCAL jit = off; "
)
# The large table is not touched where the small one has enough: its condition is decided first.
# OFFSET 0 keeps the planner from walking the keys and reading every list on the way.
_ARM = f"""(
WITH near AS MATERIALIZED (
    SELECT key FROM (SELECT key FROM {RECENT} WHERE tokens @@ %s::tsquery OFFSET 0) i
    WHERE key BETWEEN greatest(%s, (SELECT key FROM {FLOOR})) AND %s
    ORDER BY key DESC LIMIT %s
), far AS (
    SELECT key FROM (
        SELECT key FROM {TABLE}
        WHERE tokens @@ %s::tsquery AND (SELECT count(*) FROM near) < %s OFFSET 0
    ) i
    WHERE key BETWEEN %s AND least(%s, (SELECT key FROM {FLOOR}) - 1)
    ORDER BY key DESC LIMIT %s
)
SELECT %s AS number, key FROM (SELECT key FROM near UNION ALL SELECT key FROM far) found
ORDER BY key DESC LIMIT %s)"""


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

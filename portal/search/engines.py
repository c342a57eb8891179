"""The index in both databases: a table of keys and tokens that answers boolean questions, the
newest first, and never for longer than it may.

SQLite keeps it in FTS5, PostgreSQL in a GIN index over lists of tokens. Neither sees a reader's
text: what is asked consists of tokens.

FTS5 walks from the newest text to the oldest and stops at the limit. GIN knows no order: of a common
word it would read every text. So PostgreSQL keeps the newest a second time in a small table, with
the key from which on it has all of them, and asks the large one only for what that does not have.

Long lists are slow to walk on either. So the questions of one search go together, and a later one
is asked only where the answer to an earlier one leaves something to ask: see `Question`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from django.db import DatabaseError, connection, transaction
from django.db.models.expressions import RawSQL

from portal.search.tokens import unpack

TABLE = "portal_searchindex"
RECENT, FLOOR = "portal_searchrecent", "portal_searchfloor"
NEWEST = 16_000  # documents that PostgreSQL keeps a second time: most questions end there
COPIED_AT_ONCE = 1000  # of them: half a second
MOST_PIECES = 4  # of the index of SQLite
PAGES_A_STEP = 1000  # some hundredths of a second, in which nobody else can write
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
    """What to look for and not to have; `number` comes back with each of at most `limit` keys.

    The first of several is always asked, another one only where the first found more than `above`;
    with `above` None, where none before it found anything."""

    number: int
    condition: Condition
    limit: int
    without: tuple[Condition, ...] = ()
    above: int | None = 0

    def fits(self, tokens: Set[str]) -> bool:
        """Whether a text with these tokens is an answer: what the databases say, said here."""
        is_held, *are_not = self._tests
        return is_held(tokens) and not any(is_not(tokens) for is_not in are_not)

    @cached_property
    def _tests(self) -> list[Test]:
        return [test_of(each) for each in (self.condition, *self.without)]


Test = Callable[[Set[str]], bool]


def test_of(condition: Condition) -> Test:
    """What asks a thousand texts the same: whether their tokens fit."""
    match condition:
        case All(parts):
            wanted, rest = _sorted_out(parts)
            return lambda tokens: wanted <= tokens and all(is_held(tokens) for is_held in rest)
        case OneOf(parts):
            any_of, others = _sorted_out(parts)
            return lambda tokens: (
                not any_of.isdisjoint(tokens) or any(is_held(tokens) for is_held in others)
            )
        case Beginning(token):
            return lambda tokens: any(each.startswith(token) for each in tokens)
    return lambda tokens: condition in tokens


def _sorted_out(parts: Sequence[Condition]) -> tuple[frozenset[str], list[Test]]:
    plain = frozenset(part for part in parts if isinstance(part, str))
    return plain, [test_of(part) for part in parts if not isinstance(part, str)]


class Engine(Protocol):
    def add(self, rows: Sequence[tuple[int, set[str]]]) -> None: ...
    def remove(self, rows: Sequence[tuple[int, bytes]]) -> None: ...
    def ask(self, questions: Sequence[Question], highest: int) -> list[tuple[int, int]]: ...
    def as_value(self, keys: Sequence[int]) -> str:
        """Many keys as one value of a query."""

    def listed(self, value: str) -> RawSQL:
        """What `as_value` made of them, for `key__in`."""

    def words_listed(self, words: Iterable[str]) -> RawSQL:
        """For `word__in`: Django looks at each of a thousand values, which takes longer than the
        database needs for the answer."""

    def keep_quick(self) -> None:
        """Soon done; every minute."""

    def merge(self) -> None:
        """Takes its time, in short steps; every day, and after many texts."""


class SQLiteEngine:
    def add(self, rows: Sequence[tuple[int, set[str]]]) -> None:
        # In order: each step back would be written as a piece of its own.
        in_order = sorted(rows, key=lambda row: row[0])
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} (rowid, tokens) VALUES (%s, %s)",
                [(key, " ".join(sorted(tokens))) for key, tokens in in_order],
            )

    def remove(self, rows: Sequence[tuple[int, bytes]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} ({TABLE}, rowid, tokens) VALUES ('delete', %s, %s)",
                [(key, " ".join(unpack(packed))) for key, packed in rows],
            )

    def ask(self, questions: Sequence[Question], highest: int) -> list[tuple[int, int]]:
        # The index gives the newest first by itself, and stops at the limit. A condition beside the
        # question would be looked at for every text; within it, once.
        answers: list[str] = []
        values: list[Any] = []
        for at, each in enumerate(questions):
            answers.append(
                f"SELECT %s AS number, rowid AS key FROM {TABLE} "
                f"WHERE {TABLE} MATCH iif({_gate(each, at)}, %s, '{_NOTHING}') AND rowid <= %s "
                "ORDER BY rowid DESC LIMIT %s"
            )
            values += [each.number, _match(each), highest, each.limit]
        with _sqlite_limit(), connection.cursor() as cursor:
            cursor.execute(_together(answers), values)
            return list(cursor.fetchall())

    def as_value(self, keys: Sequence[int]) -> str:
        return json.dumps(keys)

    def listed(self, value: str) -> RawSQL:
        return RawSQL("SELECT value FROM json_each(%s)", [value])

    def words_listed(self, words: Iterable[str]) -> RawSQL:
        return self.listed(json.dumps(list(words)))

    def keep_quick(self) -> None:
        pass

    def merge(self) -> None:
        """Each save has added a piece to the index, and a question walks through every piece."""
        step = f"INSERT INTO {TABLE} ({TABLE}, rank) VALUES ('merge', %s)"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(DISTINCT segid) FROM {TABLE}_idx")
            if cursor.fetchone()[0] < MOST_PIECES:
                return
            before, after = -2, 0
            while after - before >= 2:  # less is no change, says the manual
                before = after
                cursor.execute(step, [-PAGES_A_STEP])
                cursor.execute("SELECT total_changes()")
                (after,) = cursor.fetchone()


_NOTHING = '""'


def _gate(question: Question, at: int) -> str:
    """In SQL, whether the question is asked; the answers are called a0, a1 and so on."""
    if at == 0:
        return "1 = 1"
    if question.above is not None:
        return f"(SELECT count(*) FROM a0) > {question.above:d}"
    return " AND ".join(f"NOT EXISTS (SELECT 1 FROM a{number})" for number in range(at))


def _together(answers: Sequence[str]) -> str:
    named = ", ".join(f"a{at} AS MATERIALIZED ({answer})" for at, answer in enumerate(answers))
    return f"WITH {named} " + " UNION ALL ".join(
        f"SELECT number, key FROM a{at}" for at in range(len(answers))
    )


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
            # Shared: it waits for `_keep_recent`, and that for all who are adding.
            cursor.execute(f"SELECT key FROM {FLOOR} FOR SHARE")
            cursor.execute(f"{_COPY} WHERE key = ANY(%s) AND key >= %s", [keys, *cursor.fetchone()])

    def remove(self, rows: Sequence[tuple[int, bytes]]) -> None:
        keys = [key for key, _packed in rows]
        with connection.cursor() as cursor:
            for table in (TABLE, RECENT):
                cursor.execute(f"DELETE FROM {table} WHERE key = ANY(%s)", [keys])

    def ask(self, questions: Sequence[Question], highest: int) -> list[tuple[int, int]]:
        values: list[Any] = [
            f"{int(MOST_SECONDS * 1000)}",
            [each.number for each in questions],
            [_tsquery(each) for each in questions],
            [each.limit for each in questions],
            [each.above for each in questions],
            highest,
        ]
        try:
            with connection.cursor() as cursor:
                cursor.execute(_ASK, values)
                return list(cursor.fetchall())
        except DatabaseError as error:
            if getattr(error.__cause__, "pgcode", "") == "57014":
                raise TookTooLong from error
            raise

    def as_value(self, keys: Sequence[int]) -> str:
        return f"{{{','.join(map(str, keys))}}}"

    def listed(self, value: str) -> RawSQL:
        return RawSQL("SELECT unnest(%s::bigint[])", [value])

    def words_listed(self, words: Iterable[str]) -> RawSQL:
        return RawSQL("SELECT unnest(%s::text[])", [list(words)])

    def keep_quick(self) -> None:
        self._keep_recent()
        with connection.cursor() as cursor:
            # What was written last stands in a list that every question reads to its end.
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [f"{TABLE}_tokens"])

    def merge(self) -> None:
        self.keep_quick()

    def _keep_recent(self) -> None:
        """The newest NEWEST once more; nothing is done until there are twice or half as many."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*), (SELECT key FROM {FLOOR}) FROM {RECENT}")
            count, floor = cursor.fetchone()
        if count > 2 * NEWEST or (count < NEWEST / 2 and floor > 0):
            while not self._has_moved_floor():
                pass

    def _has_moved_floor(self) -> bool:
        """One step, so that whoever adds a text does not wait long; whether it was the last."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT key FROM {FLOOR} FOR UPDATE")
            (floor,) = cursor.fetchone()
            cursor.execute(f"SELECT count(*) FROM {RECENT}")
            (count,) = cursor.fetchone()
            wanted = min(NEWEST, count + COPIED_AT_ONCE)
            newest = f"SELECT key FROM {TABLE} ORDER BY key DESC LIMIT 1 OFFSET %s"
            cursor.execute(f"SELECT coalesce(({newest}), 0)", [wanted])
            (lowest,) = cursor.fetchone()
            cursor.execute(f"{_COPY} WHERE key >= %s AND key < %s", [lowest, floor])
            cursor.execute(f"DELETE FROM {RECENT} WHERE key < %s", [lowest])
            cursor.execute(f"UPDATE {FLOOR} SET key = %s", [lowest])
        return bool(wanted == NEWEST or lowest == 0)


_COPY = f"INSERT INTO {RECENT} (key, tokens) SELECT key, tokens FROM {TABLE}"
# Together they are one transaction, so that the limit is gone with it.
_ASK = (
    "SET LOCAL statement_timeout = %s; "
    "SELECT number, key FROM portal_search(%s::int[], %s, %s::int[], %s::int[], %s)"
)


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

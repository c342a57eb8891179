from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from django.db.backends.postgresql import base

from portal.page_cache.changes import PLANNED, NoticesChanges


class DatabaseWrapper(NoticesChanges, base.DatabaseWrapper):
    """Django's own, that also says when it changes what pages show, and that has the server plan a
    query once for the many times it is asked."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._planned_by: Any = None  # the server's connection
        self._planned: dict[str, str] = {}
        self._texts: dict[str, str] = {}  # the other way round

    def _configure_connection(self, connection: Any) -> bool:
        """What the server takes for long it would compile first, and that takes longer than any question
        of a page: a quarter of a second for the box of notices, with 100,000 articles.

        And what it has planned it would plan anew five times, or for ever where it thinks that only
        the moment of the question tells how much there is to read: a millisecond on every page.
        To share a question out among processors takes longer than any of ours, too.
        """
        super()._configure_connection(connection)  # type: ignore[misc]
        with connection.cursor() as cursor:
            cursor.execute(
                "SET jit = off; SET max_parallel_workers_per_gather = 0; SET plan_cache_mode = force_generic_plan"
            )
        return True

    def planned(self, sql: str, values: Sequence[Any]) -> str:
        """What asks the same with the same values, for a query that is often asked: to plan it takes
        the server longer than to answer.

        Queries that are logged stay as they are, to be read. So does everything where a pooler gives
        each transaction another connection of the server: there Django wants
        DISABLE_SERVER_SIDE_CURSORS as well.
        """
        if self.queries_logged or self.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            return sql
        self.ensure_connection()
        if self._planned_by is not self.connection:
            self._planned_by, self._planned, self._texts = self.connection, {}, {}
        if sql not in self._planned:
            call = self._plan(f"{PLANNED}{len(self._planned)}", sql, values)
            self._planned[sql], self._texts[call] = call, sql
        return self._planned[sql]

    def written_as(self, sql: str) -> str:
        return self._texts.get(sql, sql)

    def rows_of(self, cursor: Any) -> list[Any]:
        rows: list[Any] = cursor.fetchall()
        if rows:
            cursor.scroll(0, mode="absolute")
        return rows

    def _plan(self, name: str, sql: str, values: Sequence[Any]) -> str:
        numbers = count(1)
        numbered = _PLACE.sub(lambda at: "%" if at[0] == "%%" else f"${next(numbers)}", sql)
        types = ", ".join(map(_type_of, values))
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(f"PREPARE {name}{f' ({types})' if types else ''} AS {numbered}")
        places = ", ".join(["%s"] * len(values))
        return f"EXECUTE {name}{f' ({places})' if places else ''}"


_PLACE = re.compile("%[%s]")


def _type_of(value: Any) -> str:
    if isinstance(value, datetime):
        return "timestamptz"
    if isinstance(value, date):
        return "date"
    # What a text is taken for stands in the query.
    return "bigint" if isinstance(value, int) else "unknown"

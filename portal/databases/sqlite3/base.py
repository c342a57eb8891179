from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

from portal.page_cache.changes import NoticesChanges


class Cursor(base.SQLiteCursorWrapper):
    """Fetches at once what a statement gives back of the rows it has written.

    SQLite commits such a statement only when the last row is fetched, and until then a change that
    is marked as made is not.
    """

    _given_back: Iterator[Any] | None = None

    def keep(self, rows: list[Any]) -> None:
        self._given_back = iter(rows)

    def execute(self, query: str, params: Any = None) -> Any:
        answer = super().execute(query, params)
        gives_back = "RETURNING" in query
        self._given_back = iter(super().fetchall()) if gives_back else None
        return answer

    def fetchone(self) -> Any:
        return super().fetchone() if self._given_back is None else next(self._given_back, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        if self._given_back is None:
            return super().fetchmany(size or self.arraysize)
        return [row for _number, row in zip(range(size or 1), self._given_back, strict=False)]

    def fetchall(self) -> list[Any]:
        return super().fetchall() if self._given_back is None else list(self._given_back)

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """Remembered: looking for marks in the long queries of a page takes half as long as SQLite
        needs to answer them."""
        if param_names is not None or len(query) > _LONGEST_REMEMBERED:
            return super().convert_query(query, param_names=param_names)  # type: ignore[misc, no-any-return]
        return _converted(query)


_LONGEST_REMEMBERED = 20_000  # above those of pages, below those that write a thousand rows


@lru_cache(maxsize=256)
def _converted(query: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", query)).replace("%%", "%")


class DatabaseWrapper(NoticesChanges, base.DatabaseWrapper):
    """Django's own, that also says when it changes what pages show.

    A connection is kept from one request to the next, as with PostgreSQL: a new one reads the whole
    schema and prepares every query again, which takes longer than the queries themselves.
    """

    _file: tuple[int, int] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        made = super().get_new_connection(conn_params)
        self._file = self._present_file()
        return made

    def is_usable(self) -> bool:
        """Not when another file has taken the place of the one that is open."""
        return self._file == self._present_file()

    def _present_file(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.settings_dict["NAME"])
        except OSError:  # it is gone, or was never a file
            return None
        return found.st_dev, found.st_ino

    def rows_of(self, cursor: Cursor) -> list[Any]:
        rows = cursor.fetchall()
        cursor.keep(rows)
        return rows

    def create_cursor(self, name: str | None = None) -> Cursor:
        return self.connection.cursor(factory=Cursor)  # type: ignore[no-any-return]

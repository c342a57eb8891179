from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.backends.sqlite3 import base

from portal.page_cache.changes import NoticesChanges


class Cursor(base.SQLiteCursorWrapper):
    """Fetches at once what a statement gives back of the rows it has written.

    SQLite commits such a statement only when the last row is fetched, and until then a change that
    is marked as made is not.
    """

    _given_back: Iterator[Any] | None = None

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


class DatabaseWrapper(NoticesChanges, base.DatabaseWrapper):
    """Django's own, that also says when it changes what pages show."""

    def create_cursor(self, name: str | None = None) -> Cursor:
        return self.connection.cursor(factory=Cursor)  # type: ignore[no-any-return]

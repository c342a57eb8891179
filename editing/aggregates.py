"""What Django's own aggregates lack on one of the two databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Func, JSONField


class JsonRows(Func):
    """All values of a subquery as one JSON array, in no order."""

    function = "JSONB_AGG"
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **extra)


def moment_of(text: str) -> datetime:
    """A moment in such rows: PostgreSQL writes the zone, SQLite means UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

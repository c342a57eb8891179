"""What Django's own aggregates lack on one of the two databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Func, JSONField, Subquery


class JsonRows(Func):
    """All values of a subquery as one JSON array, in no order."""

    function = "JSONB_AGG"
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **extra)


class JsonKeys(Subquery):
    """The keys that a subquery selects, by `values("pk")`, as one JSON array; null or empty where it
    has none."""

    template = "(SELECT JSONB_AGG(part.pk) FROM (%(subquery)s) part)"
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # What comes out of a subquery is a text again.
        template = "JSON((SELECT JSON_GROUP_ARRAY(part.pk) FROM (%(subquery)s) part))"
        return self.as_sql(compiler, connection, template, **extra)  # type: ignore[call-arg]


def moment_of(text: str) -> datetime:
    """A moment in such rows: PostgreSQL writes the zone, SQLite means UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

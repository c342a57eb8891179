"""How officials and units are reached, read in the same query as they are."""

from __future__ import annotations

from typing import Any

from django.db.models import F, JSONField, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from editing.aggregates import JsonRows


def rows_as_json(rows: QuerySet[Any], *fields: str, **owners: str) -> Subquery:
    """The rows that one of the owners has: `appointment="pk", post="post_id"`."""
    is_owned = Q()
    for owner, key in owners.items():
        is_owned |= Q(**{owner: OuterRef(key)})
    values = JSONObject(**{name: F(name) for name in ("pk", "position", "post_id", *fields)})
    found = rows.filter(is_owned).order_by()
    return Subquery(found.values(found=JsonRows(values)), output_field=JSONField())


def from_json(model: type[Model], values: list[dict[str, Any]] | None) -> list[Any]:
    """The rows again, in the order of staff; those of a person before those of the post."""
    ordered = sorted(
        values or [], key=lambda row: (bool(row["post_id"]), row["position"], row["pk"])
    )
    return [model(**row) for row in ordered]

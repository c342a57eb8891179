"""When the clock alone changes what readers see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Min, QuerySet


class Instant(NamedTuple):
    at: datetime
    takes_away: bool  # something must no longer be seen from then on


def next_instants(
    rows: QuerySet[Any], now: datetime, *, starts: str = "", ends: str = ""
) -> Iterator[Instant]:
    """The first after now at which one of the rows begins, and the first at which one ends."""
    for name, takes_away in ((starts, False), (ends, True)):
        if name:
            later = rows.filter(**{f"{name}__gt": now})
            at = later.order_by().aggregate(at=Min(name))["at"]
            if at is not None:
                yield Instant(at, takes_away)

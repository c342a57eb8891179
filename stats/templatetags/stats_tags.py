from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from stats import clock
from stats.box import Box, read

register = template.Library()

# Beyond this age "online now" would be untrue.
ONLINE_FOR = timedelta(minutes=10)


@register.inclusion_tag("stats/visit_box.html")
def visit_box() -> dict[str, Any]:
    """The figures of the visit box; asks no database."""
    return {"visits": visit_box_context(read())}


def visit_box_context(box: Box | None) -> dict[str, Any]:
    if box is None:
        return {"since": timezone.now().astimezone(clock.LOCAL).date()}
    if not box.total:
        return {"since": box.since}
    return {
        "rows": _rows(box),
        "total": box.total,
        "since": box.since,
        "as_of": box.as_of,
        "is_of_today": _age(box) < timedelta(hours=12),
    }


def _rows(box: Box) -> list[tuple[str, int]]:
    online = [(_("Online now"), box.online)] if _age(box) < ONLINE_FOR else []
    return [
        *online,
        (_("Today"), box.today),
        (_("This week"), box.week),
        (_("This month"), box.month),
    ]


def _age(box: Box) -> timedelta:
    # A replayed day is always now.
    return timedelta(0) if settings.STATS_CLOCK_HEADER else timezone.now() - box.as_of

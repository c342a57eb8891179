"""What templates of pages may call (`portal.templating`)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stats import beacon, clock
from stats.box import Box, read, shown

# Beyond this age "online now" would be untrue.
ONLINE_FOR = timedelta(minutes=10)


def visit_box() -> SafeString:
    """The figures of the visit box; asks no database."""
    html = visit_box_now()
    shown.send(None, html=html, language=get_language() or "")
    return html


def visit_box_now() -> SafeString:
    return render_to_string("stats/visit_box.html", {"visits": visit_box_context(read())})


def visit_beacon(request: HttpRequest | None) -> SafeString:
    """By which the page reports its own view, where a cache answers pages; nothing elsewhere."""
    return render_to_string("stats/beacon.html", beacon.context_for(request) if request else {})


def visit_box_context(box: Box | None) -> dict[str, Any]:
    if box is None:
        return {"since": timezone.now().astimezone(clock.LOCAL).date()}
    if not box.total:
        return {"since": box.since}
    return {
        "rows": _rows(box),
        "total": box.total,
        "since": box.since,
        "as_of": as_of(box),
    }


def shown_now(box: Box | None) -> dict[str, Any]:
    """The same as texts in the reader's language, by the names that the box's figures carry."""
    if box is None or not box.total:
        return {}
    rows = [*_rows(box), ("total", "", box.total)]
    return {"as_of": as_of(box), "figures": {name: intcomma(figure) for name, _l, figure in rows}}


def as_of(box: Box) -> str:
    """“as of 12:05”, with the day where it is not today's."""
    shape = "H:i" if _age(box) < timedelta(hours=12) else "H:i d/m/Y"
    moment = date_format(box.as_of.astimezone(clock.LOCAL), shape)
    return _("as of %(time)s") % {"time": moment}


def _rows(box: Box) -> list[tuple[str, str, int]]:
    online = [("online", _("Online now"), box.online)] if _age(box) < ONLINE_FOR else []
    return [
        *online,
        ("today", _("Today"), box.today),
        ("week", _("This week"), box.week),
        ("month", _("This month"), box.month),
    ]


def _age(box: Box) -> timedelta:
    # A replayed day is always now.
    return timedelta(0) if settings.STATS_CLOCK_HEADER else timezone.now() - box.as_of


FUNCTIONS = {"visit_beacon": visit_beacon, "visit_box": visit_box}

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stats import box, charts, clock, figures
from stats.page_parts import shown_now

Hide = Callable[[list[tuple[str, int]]], list[tuple[str, int]]]

USUAL_RANGE = 30  # days
LONGEST_RANGE = 366  # days
A_YEAR = 365  # days


class RangeError(ValueError):
    """The days asked for cannot be answered; the text is for the reader."""


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    today = clock.as_date(clock.day_number(figures.now()))
    days = figures.days(today - timedelta(days=A_YEAR - 1), today)
    counted = next((number for number, day in enumerate(days) if day.pageviews), len(days))
    shown = days[counted:]
    context = {
        "box": box.read(),
        "days": shown[::-1],
        "chart": charts.visits_by_day(shown),
        "badge": _badge(box.read()),
        "site_url": settings.SITE_URL,
    }
    return render(request, "stats/overview.html", context)


@require_safe
@cache_control(no_store=True)
def now_json(request: HttpRequest) -> HttpResponse:
    """What a page that lies in a cache asks for, to show the figures of this minute; no database."""
    return JsonResponse(shown_now(box.read()), json_dumps_params=_READABLE)


@require_safe
@cache_control(public=True, max_age=300)
def badge(request: HttpRequest) -> HttpResponse:
    """The total as a picture for other sites; its words are in the picture, too."""
    response = render(request, "stats/badge.svg", _badge(box.read()), content_type="image/svg+xml")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _badge(now: box.Box | None) -> dict[str, str | int]:
    label, figure = _("Visits"), intcomma(now.total if now else 0)
    label_width, figure_width = 20 + 7 * len(label), 20 + 8 * len(figure)
    return {
        "label": label,
        "figure": figure,
        "label_width": label_width,
        "figure_width": figure_width,
        "width": label_width + figure_width,
    }


@require_safe
@cache_control(no_cache=True)
def data_json(request: HttpRequest, hide_removed: Hide = list) -> HttpResponse:
    """`hide_removed` puts pages that are no longer public under one name."""
    moment = figures.now(request)
    try:
        first, last = _range(request.GET, clock.as_date(clock.day_number(moment)))
    except RangeError as error:
        return JsonResponse({"error": str(error)}, status=400, json_dumps_params=_READABLE)
    answer = figures.everything(first, last, moment, hide_removed)
    return JsonResponse(answer, json_dumps_params=_READABLE)


_READABLE = {"ensure_ascii": False}


@require_safe
@cache_control(no_cache=True)
def data_csv(request: HttpRequest) -> HttpResponse:
    """The days as a table; the first line names the columns."""
    today = clock.as_date(clock.day_number(figures.now(request)))
    try:
        first, last = _range(request.GET, today)
    except RangeError as error:
        return HttpResponse(f"{error}\n", status=400, content_type="text/plain; charset=utf-8")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{first:%Y-%m-%d}_{last:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(_COLUMNS)
    for day in figures.days(first, last):
        writer.writerow([getattr(day, column) for column in _COLUMNS])
    return response


_COLUMNS = [
    "day",
    "pageviews",
    "visitors",
    "visits",
    "suspected_pageviews",
    "suspected_visitors",
    "suspected_visits",
]


def _range(query: Mapping[str, str], today: date) -> tuple[date, date]:
    """The days from `tu` to `den`, both included; raises RangeError."""
    last = _day(query, "den") or today
    first = _day(query, "tu") or last - timedelta(days=USUAL_RANGE - 1)
    if first > last:
        raise RangeError(_("The first day (tu) is after the last day (den)."))
    if (last - first).days >= LONGEST_RANGE:
        raise RangeError(_("Ask for %(days)s days at most.") % {"days": LONGEST_RANGE})
    return first, last


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 2000 <= day.year <= 2100:
        raise RangeError(
            _("“%(name)s” must be a day such as 2026-11-02, from 2000 to 2100.") % {"name": name}
        )
    return day

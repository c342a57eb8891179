"""The figures, read from the sums. Days and hours are those of Vietnam."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min, Q, Sum
from django.http import HttpRequest

from stats import clock
from stats.models import (
    CounterOffset,
    CounterState,
    DayPage,
    DayTotal,
    HourTotal,
    VisitInterval,
)
from stats.robots import PERSON, is_suspect
from stats.visits import ONLINE


@dataclass(frozen=True)
class Day:
    """People's figures of a day, suspects included, and the suspects' own."""

    day: date
    pageviews: int = 0
    visitors: int = 0
    visits: int = 0
    suspected_pageviews: int = 0
    suspected_visitors: int = 0
    suspected_visits: int = 0


@dataclass(frozen=True)
class Totals:
    """Visits, all of them: today, since Monday, since the first of the month, since ever."""

    today: int
    week: int
    month: int
    total: int  # with what earlier counters had
    offset: int
    since: date


def now(request: HttpRequest | None = None) -> int:
    """The time figures are asked for; while days are replayed, that of the replay."""
    replayed = clock.replayed_time(request) if request else None
    if replayed is None and settings.STATS_CLOCK_HEADER:
        replayed = CounterState.load().replay_clock
    return clock.wall() if replayed is None else replayed


def online(moment: int) -> int:
    """Visitors with a pageview in the five minutes before.

    The hash of the day in which those minutes begin saw all of them: it is used for the first
    30 minutes of the next day as well.
    """
    begin = moment - ONLINE
    salt_day = clock.as_date(clock.day_number(begin))
    seen = VisitInterval.objects.filter(rule=PERSON, day=salt_day, last__gt=begin)
    return seen.filter(first__lte=moment).values("visitor").distinct().count()


def totals(moment: int) -> Totals:
    today = clock.as_date(clock.day_number(moment))
    monday = today - timedelta(days=today.weekday())
    sums = DayTotal.objects.filter(rule=PERSON).aggregate(
        today=_visits_since(today, today),
        week=_visits_since(monday, today),
        month=_visits_since(today.replace(day=1), today),
        total=Sum("visits", default=0),
        since=Min("day", filter=Q(pageviews__gt=0)),
    )
    offset = offsets()
    since = sums["since"] or _began_on()
    periods = {name: sums[name] for name in ("today", "week", "month")}
    return Totals(**periods, total=sums["total"] + offset, offset=offset, since=since)


def _visits_since(first: date, last: date) -> Sum:
    return Sum("visits", filter=Q(day__range=(first, last)), default=0)


def _began_on() -> date:
    """Where nothing has been counted yet: the day on which the counter was first started."""
    return CounterState.load().started_at.astimezone(clock.LOCAL).date()


def offsets() -> int:
    figure: int = CounterOffset.objects.aggregate(figure=Sum("figure", default=0))["figure"]
    return figure


def days(first: date, last: date) -> list[Day]:
    """Every day of the range, both ends included."""
    found: dict[date, Counter[str]] = {}
    rows = DayTotal.objects.filter(_shown(), day__range=(first, last))
    for day, rule, *figures in rows.values_list("day", "rule", *_FIGURES):
        prefix = "suspected_" if is_suspect(rule) else ""
        sums = {f"{prefix}{name}": figure for name, figure in zip(_FIGURES, figures, strict=True)}
        found.setdefault(day, Counter()).update(sums)
    return [Day(day, **found.get(day, Counter())) for day in _each_day(first, last)]


_FIGURES = ("pageviews", "visitors", "visits")


def _shown() -> Q:
    return Q(rule=PERSON) | Q(rule__startswith="suspect:")


def _each_day(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def hours(first: date, last: date) -> list[tuple[datetime, int]]:
    """Every hour of the range in local time, with its pageviews."""
    start = _midnight(first)
    end = _midnight(last + timedelta(days=1))
    rows = HourTotal.objects.filter(rule=PERSON, start__gte=start, start__lt=end)
    found = dict(rows.values_list("start", "pageviews"))
    count = (end - start) // timedelta(hours=1)
    every_hour = [start + timedelta(hours=number) for number in range(count)]
    return [(hour, found.get(hour, 0)) for hour in every_hour]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.LOCAL)


def pages(first: date, last: date) -> list[tuple[str, int]]:
    """Pages and their pageviews, the most viewed first."""
    rows = DayPage.objects.filter(rule=PERSON, day__range=(first, last))
    sums = rows.values_list("page").annotate(sum=Sum("pageviews")).filter(sum__gt=0)
    return list(sums.order_by("-sum", "page"))


def everything(first: date, last: date, moment: int) -> dict[str, Any]:
    """What `du-lieu.json` answers."""
    sums = totals(moment)
    return {
        "since": sums.since.isoformat(),
        "offset": sums.offset,
        "total_visits": sums.total,
        "online": online(moment),
        "days": [_as_json(day) for day in days(first, last)],
        "hours": [
            {"start": start.isoformat(), "pageviews": count} for start, count in hours(first, last)
        ],
        "pages": [{"page": page, "pageviews": count} for page, count in pages(first, last)],
    }


def _as_json(day: Day) -> dict[str, Any]:
    return {
        "date": day.day.isoformat(),
        "pageviews": day.pageviews,
        "visitors": day.visitors,
        "visits": day.visits,
        "suspected": {
            "pageviews": day.suspected_pageviews,
            "visitors": day.suspected_visitors,
            "visits": day.suspected_visits,
        },
    }

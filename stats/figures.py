"""The figures, read from the sums. Days and hours are those of Vietnam."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Min, Q, Sum
from django.http import HttpRequest

from stats import classes, clock
from stats.models import (
    CounterOffset,
    CounterState,
    DayPage,
    DayShare,
    DayTotal,
    HourTotal,
    TakenFor,
    VisitInterval,
)
from stats.robots import PERSON
from stats.visits import ONLINE

# What staff decided about rules, for callers that ask for several figures; else it is looked up.
Decided = list[classes.Span] | None


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


def online(moment: int, decided: Decided = None) -> int:
    """Visitors with a pageview in the five minutes before.

    The hash of the day in which those minutes begin saw all of them: it is used for the first
    30 minutes of the next day as well.
    """
    begin = moment - ONLINE
    salt_day = clock.as_date(clock.day_number(begin))
    decided = classes.spans() if decided is None else decided
    weight = {rule: classes.weight(rule, salt_day, decided) for rule in _rules(decided)}
    seen = VisitInterval.objects.filter(day=salt_day, last__gt=begin, first__lte=moment)
    people = seen.filter(rule__in=[rule for rule in weight if weight[rule] > 0])
    robots = seen.filter(rule__in=[rule for rule in weight if weight[rule] < 0])
    if any(weight[rule] < 0 for rule in weight):
        people = people.exclude(visitor__in=robots.values("visitor"))
    return people.values("visitor").distinct().count()


def _rules(decided: list[classes.Span]) -> set[str]:
    return {PERSON, *(span.rule for span in decided)}


def totals(moment: int, decided: Decided = None) -> Totals:
    today = clock.as_date(clock.day_number(moment))
    monday = today - timedelta(days=today.weekday())
    decided = classes.spans() if decided is None else decided
    rows = DayTotal.objects.filter(classes.relevant(decided))
    sums = rows.annotate(counted=F("visits") * classes.weights(decided)).aggregate(
        today=_visits_since(today, today),
        week=_visits_since(monday, today),
        month=_visits_since(today.replace(day=1), today),
        total=Sum("counted", default=0),
        since=Min("day", filter=Q(rule=PERSON, pageviews__gt=0)),
    )
    offset = offsets()
    since = sums["since"] or _began_on()
    periods = {name: sums[name] for name in ("today", "week", "month")}
    return Totals(**periods, total=sums["total"] + offset, offset=offset, since=since)


def _visits_since(first: date, last: date) -> Sum:
    return Sum("counted", filter=Q(day__range=(first, last)), default=0)


def _began_on() -> date:
    """Where nothing has been counted yet: the day on which the counter was first started."""
    return CounterState.load().started_at.astimezone(clock.LOCAL).date()


def offsets() -> int:
    figure: int = CounterOffset.objects.aggregate(figure=Sum("figure", default=0))["figure"]
    return figure


def days(first: date, last: date, decided: Decided = None) -> list[Day]:
    """Every day of the range, both ends included."""
    decided = classes.spans() if decided is None else decided
    found: defaultdict[date, Counter[str]] = defaultdict(Counter)
    rows = DayTotal.objects.filter(day__range=(first, last)).exclude(**_NOTHING)
    for day, rule, *figures in rows.values_list("day", "rule", *_FIGURES):
        sums = dict(zip(_FIGURES, figures, strict=True))
        weight = classes.weight(rule, day, decided)
        is_suspected = rule != PERSON and (
            classes.taken_for(rule, day, decided) == TakenFor.SUSPECT
        )
        for name, figure in sums.items():
            found[day][name] += weight * figure
            found[day][f"suspected_{name}"] += is_suspected * figure
    return [Day(day, **found.get(day, Counter())) for day in _each_day(first, last)]


_FIGURES = ("pageviews", "visitors", "visits")
_NOTHING = dict.fromkeys(_FIGURES, 0)


def _each_day(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def hours(first: date, last: date, decided: Decided = None) -> list[tuple[datetime, int]]:
    """Every hour of the range in local time, with its pageviews."""
    start = _midnight(first)
    end = _midnight(last + timedelta(days=1))
    decided = classes.spans() if decided is None else decided
    rows = HourTotal.objects.filter(classes.relevant(decided), start__gte=start, start__lt=end)
    weighed = F("pageviews") * classes.weights(decided, "start")
    found = dict(rows.order_by().values_list("start").annotate(sum=Sum(weighed)))
    count = (end - start) // timedelta(hours=1)
    every_hour = [start + timedelta(hours=number) for number in range(count)]
    return [(hour, found.get(hour, 0)) for hour in every_hour]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.LOCAL)


def pages(first: date, last: date, decided: Decided = None) -> list[tuple[str, int]]:
    """Pages and their pageviews, the most viewed first."""
    return shares(DayPage, "page", first, last, decided)


def shares(
    model: type[DayShare], name: str, first: date, last: date, decided: Decided = None
) -> list[tuple[str, int]]:
    """What people's pageviews have in common, such as the referring site; the most first."""
    decided = classes.spans() if decided is None else decided
    rows = model._default_manager.filter(classes.relevant(decided), day__range=(first, last))
    weighed = F("pageviews") * classes.weights(decided)
    sums = rows.values_list(name).annotate(sum=Sum(weighed)).filter(sum__gt=0)
    return list(sums.order_by("-sum", name))


def views_of(addresses: Collection[str], first: date = date.min, last: date = date.max) -> int:
    """People's pageviews of these pages together."""
    decided = classes.spans()
    rows = DayPage.objects.filter(classes.relevant(decided), page__in=addresses)
    sums = rows.filter(day__range=(first, last)).aggregate(
        sum=Sum(F("pageviews") * classes.weights(decided), default=0)
    )
    return int(sums["sum"])


@dataclass(frozen=True)
class RuleFigures:
    rule: str
    taken_for: str  # on the last day
    pageviews: int
    visits: int


def rules(first: date, last: date) -> list[RuleFigures]:
    """Robots and suspects by rule, the most active first."""
    decided = classes.spans()
    rows = DayTotal.objects.filter(day__range=(first, last)).exclude(rule=PERSON)
    sums = rows.values("rule").annotate(views=Sum("pageviews"), begun=Sum("visits"))
    return [
        RuleFigures(
            rule=row["rule"],
            taken_for=classes.taken_for(row["rule"], last, decided),
            pageviews=row["views"],
            visits=row["begun"],
        )
        for row in sums.filter(views__gt=0).order_by("-views", "rule")
    ]


def everything(
    first: date,
    last: date,
    moment: int,
    hide_removed: Callable[[list[tuple[str, int]]], list[tuple[str, int]]] = list,
) -> dict[str, Any]:
    """What `du-lieu.json` answers."""
    decided = classes.spans()
    sums = totals(moment, decided)
    return {
        "since": sums.since.isoformat(),
        "offset": sums.offset,
        "total_visits": sums.total,
        "online": online(moment, decided),
        "days": [_as_json(day) for day in days(first, last, decided)],
        "hours": [
            {"start": start.isoformat(), "pageviews": count}
            for start, count in hours(first, last, decided)
        ],
        "pages": [
            {"page": page, "pageviews": count}
            for page, count in hide_removed(pages(first, last, decided))
        ],
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

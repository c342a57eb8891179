"""Adds pageviews to the sums. To be called inside the transaction that remembers how far was read,
with `CounterState` locked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, TypeVar, cast

from django.db import connection, models
from django.db.models import Count

from stats import clock, visits
from stats.models import (
    DayDevice,
    DayLanguage,
    DayPage,
    DayReferrer,
    DayTotal,
    HourTotal,
    VisitInterval,
)
from stats.robots import rules_counted
from stats.spool import Pageview
from stats.visits import Interval

# Anybody can invent referring sites; beyond so many a day and rule they are counted as one.
MOST_SITES = 300
OTHER_SITES = "…"

_ROWS_AT_ONCE = 100
_VISITORS_AT_ONCE = 300

Item = TypeVar("Item")
Sums = Mapping[tuple[Any, ...], tuple[int, ...]]
Who = tuple[int, int, str]  # day number of the salt, hash, rule


def add(pageviews: Iterable[Pageview]) -> None:
    """Pageviews in any order, each exactly once."""
    views = [(view, rule) for view in pageviews for rule in rules_counted(view.rule)]
    _add(views, _record_visits(views))


def add_sums(
    pageviews: Iterable[Pageview], visits_of: Mapping[tuple[str, date], tuple[int, int]]
) -> None:
    """The same for pageviews whose (visitors, visits) by rule and day are known already."""
    _add([(view, rule) for view in pageviews for rule in rules_counted(view.rule)], visits_of)


def _add(
    views: list[tuple[Pageview, str]], visits_of: Mapping[tuple[str, date], tuple[int, int]]
) -> None:
    days = [(rule, clock.as_date(clock.day_number(view.moment))) for view, rule in views]
    hours = Counter((rule, clock.hour_of(view.moment)) for view, rule in views)
    _add_counts(HourTotal, "start", hours)
    both = list(zip(views, days, strict=True))
    _add_counts(DayPage, "page", Counter((*day, view.page) for (view, _r), day in both))
    _add_counts(DayDevice, "device", Counter((*day, view.device) for (view, _r), day in both))
    _add_counts(DayLanguage, "language", Counter((*day, view.language) for (view, _r), day in both))
    sites = Counter((*day, view.referrer) for (view, _r), day in both if view.referrer)
    _add_counts(DayReferrer, "site", _limited(sites))
    _add_to_day_totals(Counter(days), visits_of)


def _add_counts(model: type[models.Model], last_key: str, counts: Counter[Any]) -> None:
    keys = ("rule", last_key) if model is HourTotal else ("rule", "day", last_key)
    add_up(model, keys, ("pageviews",), {key: (count,) for key, count in counts.items()})


def _add_to_day_totals(
    pageviews: Counter[tuple[str, date]], visits_of: Mapping[tuple[str, date], tuple[int, int]]
) -> None:
    sums = {key: (pageviews[key], *visits_of.get(key, (0, 0))) for key in {*pageviews, *visits_of}}
    add_up(DayTotal, ("rule", "day"), ("pageviews", "visitors", "visits"), sums)


def add_up(
    model: type[models.Model], keys: tuple[str, ...], fields: tuple[str, ...], sums: Sums
) -> None:
    """Adds to the rows with these keys, and makes those that are missing, in the order of the keys.

    `bulk_create(update_conflicts=True)` would replace the sums.
    """
    changed = {key: values for key, values in sums.items() if any(values)}
    for rows in _in_parts(sorted(changed.items()), _ROWS_AT_ONCE):
        parameters = [
            cast(models.Field, model._meta.get_field(name)).get_db_prep_save(value, connection)
            for key, values in rows
            for name, value in zip((*keys, *fields), (*key, *values), strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(_add_up_statement(model, keys, fields, len(rows)), parameters)


def _add_up_statement(
    model: type[models.Model], keys: tuple[str, ...], fields: tuple[str, ...], rows: int
) -> str:
    # Only names of our own models stand in the text; every value is a parameter.
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = [quote(name) for name in (*keys, *fields)]
    row = f"({', '.join(['%s'] * len(columns))})"
    sums = [f"{name} = {table}.{name} + excluded.{name}" for name in columns[len(keys) :]]
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * rows)} "  # noqa: S608
        f"ON CONFLICT ({', '.join(columns[: len(keys)])}) DO UPDATE SET {', '.join(sums)}"
    )


def _in_parts(items: list[Item], size: int) -> Iterator[list[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _limited(counts: Counter[tuple[str, date, str]]) -> Counter[tuple[str, date, str]]:
    """The same counts, with new sites as one where a day has its fill of them."""
    if not counts:
        return counts
    days, sites = {key[1] for key in counts}, {key[2] for key in counts}
    rows = DayReferrer.objects.filter(day__in=days).order_by()
    known = set(rows.filter(site__in=sites).values_list("rule", "day", "site"))
    full = rows.values_list("rule", "day").annotate(Count("pk"))
    filled = Counter({(rule, day): count for rule, day, count in full})
    limited: Counter[tuple[str, date, str]] = Counter()
    for (rule, day, site), count in sorted(counts.items()):
        is_new = (rule, day, site) not in known
        has_room = filled[rule, day] < MOST_SITES
        filled[rule, day] += is_new and has_room
        limited[rule, day, site if has_room or not is_new else OTHER_SITES] += count
    return limited


def _record_visits(
    views: Iterable[tuple[Pageview, str]],
) -> dict[tuple[str, date], tuple[int, int]]:
    """Stores the intervals anew; gives the differences in (visitors, visits) by rule and day."""
    moments: defaultdict[Who, list[int]] = defaultdict(list)
    for view, rule in views:
        day = clock.day_number(view.moment)
        moments[day, view.visitor, rule].append(view.moment)
        if view.visitor_before is not None:
            moments[day - 1, view.visitor_before, rule].append(view.moment)
    before = _load_intervals(moments)
    after = {who: visits.with_moments(before[who], moments[who]) for who in moments}
    _save_intervals(before, after)
    return _differences(before, after)


def _load_intervals(wanted: Iterable[Who]) -> defaultdict[Who, list[Interval]]:
    stored: defaultdict[Who, list[Interval]] = defaultdict(list)
    by_day: defaultdict[int, list[int]] = defaultdict(list)
    for day, visitor in sorted({(day, visitor) for day, visitor, _rule in wanted}):
        by_day[day].append(visitor)
    for day, visitors in by_day.items():
        for some in _in_parts(visitors, _VISITORS_AT_ONCE):
            rows = VisitInterval.objects.filter(day=clock.as_date(day), visitor__in=some)
            for visitor, rule, first, last in rows.values_list("visitor", "rule", "first", "last"):
                stored[day, visitor, rule].append(Interval(first, last))
    return stored


def _save_intervals(
    before: Mapping[Who, list[Interval]], after: Mapping[Who, list[Interval]]
) -> None:
    new, gone = [], []
    for (day, visitor, rule), intervals in after.items():
        old = set(before[day, visitor, rule])
        key = {"day": clock.as_date(day), "visitor": visitor, "rule": rule}
        new += [VisitInterval(**key, **piece._asdict()) for piece in intervals if piece not in old]
        vanished = {piece.first for piece in old} - {piece.first for piece in intervals}
        gone += [models.Q(**key, first=first) for first in vanished]
    for some in _in_parts(gone, _ROWS_AT_ONCE):
        VisitInterval.objects.filter(reduce(or_, some)).delete()
    VisitInterval.objects.bulk_create(
        new,
        batch_size=_VISITORS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["day", "visitor", "rule", "first"],
        update_fields=["last"],
    )


def _differences(
    before: Mapping[Who, list[Interval]], after: Mapping[Who, list[Interval]]
) -> dict[tuple[str, date], tuple[int, int]]:
    visitors: Counter[tuple[str, date]] = Counter()
    begun: Counter[tuple[str, date]] = Counter()
    for who, intervals in after.items():
        day, _visitor, rule = who
        old, new = visits.figures(day, before[who]), visits.figures(day, intervals)
        today, tomorrow = (rule, clock.as_date(day)), (rule, clock.as_date(day + 1))
        visitors[today] += new.visitors - old.visitors
        begun[today] += new.visits - old.visits
        begun[tomorrow] += new.visits_next_day - old.visits_next_day
    return {key: (visitors[key], begun[key]) for key in {*visitors, *begun}}

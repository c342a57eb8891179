"""When an office is open: hours of the week, public holidays by law, and what staff know better.

All hours are by the clock of Viet Nam, which has no summer time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from django.db.models import F, JSONField, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import get_language, gettext

from contacts.models import OpeningHours, SpecialDay, Unit, Weekday
from editing import written
from editing.aggregates import JsonRows
from editing.written import Written

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_LOOK_AHEAD = 30  # days; Tết closes offices for less
_NAMES = {"vi": "vi", "en": "en_US"}

Span = tuple[time, time]


@lru_cache(maxsize=32)
def _holidays(year: int, language: str) -> tuple[Mapping[date, str], frozenset[date]]:
    """The public holidays of a year, and the Saturdays worked in exchange for a day off."""
    calendar = holidays.country_holidays("VN", years=year, language=_NAMES.get(language, "en_US"))
    return dict(calendar), frozenset(calendar.weekend_workdays)


def is_working_day(day: date) -> bool:
    """By law, without the special days of the agency."""
    off, worked = _holidays(day.year, "vi")
    return day in worked or (day.weekday() < 5 and day not in off)


@dataclass(frozen=True)
class OfficeState:
    is_open: bool
    reopens_at: datetime | None = None  # None while open, or when nothing is known of later days
    holiday: str = ""  # why it is closed all day


class Timetable:
    """The hours of one office. Asks no database itself."""

    def __init__(self, rows: Iterable[OpeningHours], special_days: Iterable[SpecialDay]) -> None:
        self.rows = sorted(rows, key=lambda row: (row.first_weekday, row.opens))
        self.special = {row.day: row for row in special_days}

    def __bool__(self) -> bool:
        return bool(self.rows)

    def spans_of_weekday(self, weekday: int) -> list[Span]:
        rows = [row for row in self.rows if row.first_weekday <= weekday <= row.last_weekday]
        return sorted((row.opens, row.closes) for row in rows)

    def spans_on(self, day: date) -> list[Span]:
        if special := self.special.get(day):
            return self.spans_of_weekday(0) if special.is_working_day else []
        off, worked = _holidays(day.year, "vi")
        if day in worked:
            return self.spans_of_weekday(0)
        return [] if day in off else self.spans_of_weekday(day.weekday())

    def holiday_on(self, day: date) -> str:
        """What is celebrated on a day without work, in the reader's language."""
        if special := self.special.get(day):
            return "" if special.is_working_day else special.name
        return _holidays(day.year, get_language() or "vi")[0].get(day, "")

    def state(self, now: datetime | None = None) -> OfficeState:
        local = (now or timezone.now()).astimezone(VIETNAM)
        clock = local.time()
        if any(opens <= clock < closes for opens, closes in self.spans_on(local.date())):
            return OfficeState(is_open=True)
        return OfficeState(
            is_open=False,
            reopens_at=self._next_opening(local),
            holiday=self.holiday_on(local.date()),
        )

    def _next_opening(self, local: datetime) -> datetime | None:
        for ahead in range(_LOOK_AHEAD):
            day = local.date() + timedelta(days=ahead)
            for opens, _closes in self.spans_on(day):
                opening = datetime.combine(day, opens, tzinfo=VIETNAM)
                if opening > local:
                    return opening
        return None

    @property
    def week(self) -> list[tuple[str, list[Span]]]:
        """Weekdays with the same hours together: [("Monday – Friday", [(7:30, 11:30), …]), …]."""
        days = [(day, self.spans_of_weekday(day)) for day in range(7)]
        groups = [list(rows) for _key, rows in groupby(days, key=lambda row: row[1])]
        return [(_days(rows[0][0], rows[-1][0]), rows[0][1]) for rows in groups if rows[0][1]]

    def as_text(self) -> str:
        """“Monday – Friday: 7:30–11:30, 13:30–17:00”, in the language that is active."""
        return "; ".join(f"{days}: {', '.join(map(span_text, spans))}" for days, spans in self.week)


def span_text(span: Span) -> str:
    return "–".join(time_format(each, "G:i") for each in span)


def _days(first: int, last: int) -> str:
    names = Weekday(first).label, Weekday(last).label
    if first == last:
        return str(names[0])
    return gettext("%(first)s – %(last)s") % {"first": names[0], "last": names[1]}


def timetable_of(unit: Unit | None, units: Iterable[Unit] = ()) -> Timetable:
    """The hours of a unit, or of the nearest one above it that has some. Two queries; `units` are
    those that need not be asked for again."""
    by_unit: dict[int, list[OpeningHours]] = {}
    for row in OpeningHours.objects.all() if unit else []:
        by_unit.setdefault(row.unit_id, []).append(row)
    known = {each.pk: each for each in units}
    rows: list[OpeningHours] = []
    seen: set[int] = set()
    while unit is not None and not rows and unit.pk not in seen:
        seen.add(unit.pk)
        rows = by_unit.get(unit.pk, [])
        unit = known.get(unit.parent_id or 0) or (unit.parent if not rows else None)
    return Timetable(rows, _special_days() if rows else [])


def agency_timetable() -> Timetable:
    """The hours of the agency itself, and the special days ahead, in one query."""
    rows = _agency_hours()
    found = rows[0].special if rows else None  # type: ignore[attr-defined]
    return Timetable(rows, [_special_day(values) for values in found or []])


@Written
def _agency_hours() -> QuerySet[OpeningHours]:
    hours = OpeningHours.objects.filter(unit__parent=None)
    return hours.annotate(special=_special_as_json())


def _special_days() -> QuerySet[SpecialDay]:
    today = timezone.localdate()
    until = today + timedelta(days=_LOOK_AHEAD)
    return SpecialDay.objects.filter(day__gte=today, day__lte=until)


def _special_as_json() -> Subquery:
    values = JSONObject(day=F("day"), name=F("name"), is_working_day=F("is_working_day"))
    ahead = SpecialDay.objects.filter(day__gte=written.today())
    found = ahead.order_by().values(found=JsonRows(values))
    return Subquery(found, output_field=JSONField())


def _special_day(values: dict[str, Any]) -> SpecialDay:
    # SQLite has no truth values of its own.
    day, is_working = date.fromisoformat(values["day"]), bool(values["is_working_day"])
    return SpecialDay(**{**values, "day": day, "is_working_day": is_working})

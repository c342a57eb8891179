"""Charts as SVG attributes: public pages carry no inline style and need no script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from stats.figures import Day

WIDTH = 1095  # three units for each of 365 days
HEIGHT = 200
WEEKDAYS = [
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
]
_STEP = 3
_GAP = 1


@dataclass(frozen=True)
class BarChart:
    """Bars as one path, in a box of WIDTH × HEIGHT units with its origin at the top left."""

    path: str
    highest: int
    highest_day: date
    first_day: date
    last_day: date
    width: int = WIDTH
    height: int = HEIGHT


def visits_by_day(days: list[Day]) -> BarChart | None:
    """None while there is nothing to show."""
    busiest = max(days, key=lambda day: day.visits, default=None)
    if busiest is None or not busiest.visits:
        return None
    step = max(_STEP, min(WIDTH // len(days), 40))
    bars = [
        _bar(number * step, step - _GAP, round(day.visits * HEIGHT / busiest.visits))
        for number, day in enumerate(days)
        if day.visits
    ]
    return BarChart("".join(bars), busiest.visits, busiest.day, days[0].day, days[-1].day)


def _bar(left: int, width: int, height: int) -> str:
    return f"M{left} {HEIGHT}v-{max(1, height)}h{width}V{HEIGHT}z"


@dataclass(frozen=True)
class HeatMap:
    """Pageviews of each hour of the week, from Monday; cells are (left, top, level 0 to 5)."""

    rows: list[tuple[str, list[int]]]
    cells: list[tuple[int, int, int]]
    busiest: tuple[str, int, int]  # day, hour, pageviews
    width: int = 24 * 10
    height: int = 7 * 10


def hours_of_week(hours: list[tuple[datetime, int]]) -> HeatMap | None:
    """None while there is nothing to show. The hours are local."""
    counts = [[0] * 24 for _day in range(7)]
    for start, count in hours:
        counts[start.weekday()][start.hour] += count
    most = max(map(max, counts))
    if not most:
        return None
    cells = [
        (hour * 10, day * 10, -(-5 * counts[day][hour] // most))
        for day in range(7)
        for hour in range(24)
    ]
    names = [str(name) for name in WEEKDAYS]
    day, hour = next((d, h) for d in range(7) for h in range(24) if counts[d][h] == most)
    return HeatMap(list(zip(names, counts, strict=True)), cells, (names[day], hour, most))

"""Charts as SVG attributes: public pages carry no inline style and need no script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stats.figures import Day

WIDTH = 1095  # three units for each of 365 days
HEIGHT = 200
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

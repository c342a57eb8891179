"""Which backups have done their duty."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils import timezone

DAYS, WEEKS, MONTHS = 7, 5, 12

_PERIODS: tuple[tuple[int, Callable[[datetime], object]], ...] = (
    (DAYS, lambda moment: moment.date()),
    (WEEKS, lambda moment: moment.isocalendar()[:2]),
    (MONTHS, lambda moment: (moment.year, moment.month)),
)


def superseded(moments: Iterable[datetime]) -> set[datetime]:
    """All but the latest of each of the last days, weeks and months that have one at all."""
    newest_first = sorted(moments, reverse=True)
    kept: set[datetime] = set()
    for number, period_of in _PERIODS:
        latest: dict[object, datetime] = {}
        for moment in newest_first:
            latest.setdefault(period_of(timezone.localtime(moment)), moment)
        kept.update(list(latest.values())[:number])
    return set(newest_first) - kept

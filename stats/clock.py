"""The time of the counter: whole milliseconds since 1970 (UTC), and days of Vietnam.

Whole numbers, because a gap of exactly 1800 s must still be the same visit. Vietnam has no summer
time, so a local day always has 24 hours and begins at 17:00 UTC.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone

from django.conf import settings
from django.http import HttpRequest

LOCAL = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_LOCAL_AHEAD = 7 * HOUR
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_ORDINAL = date(1970, 1, 1).toordinal()

# A replayed time outside these years is taken for a mistake.
_EARLIEST = datetime(2000, 1, 2, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def wall() -> int:
    return time.time_ns() // 1_000_000


def milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def local_time(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, LOCAL)


def day_number(moment: int) -> int:
    """The local day of a moment, in days since 1970-01-01; 00:00:00.000 begins the new day."""
    return (moment + _LOCAL_AHEAD) // DAY


def start_of(day: int) -> int:
    return day * DAY - _LOCAL_AHEAD


def since_midnight(moment: int) -> int:
    return (moment + _LOCAL_AHEAD) % DAY


def as_date(day: int) -> date:
    return date.fromordinal(day + _FIRST_ORDINAL)


def as_number(day: date) -> int:
    return day.toordinal() - _FIRST_ORDINAL


def hour_of(moment: int) -> datetime:
    """The start, in UTC, of the hour of a moment."""
    return datetime.fromtimestamp(moment // HOUR * HOUR // 1000, UTC)


def replayed_time(request: HttpRequest) -> int | None:
    """What the clock header of a replayed day says, from a trusted proxy; else None."""
    if not getattr(request, "is_from_trusted_proxy", False):
        return None
    name = settings.STATS_CLOCK_HEADER
    if not name:
        return None
    try:
        moment = datetime.fromisoformat(request.META.get(name, ""))
        is_possible = _EARLIEST < moment < _LATEST
    except (ValueError, TypeError):  # no time, or one without a zone
        return None
    return milliseconds(moment) if is_possible else None

"""How the counter itself is: what waits, what was lost, and whether it has fallen silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Max, Sum
from django.utils import timezone

from stats import box, clock
from stats.models import CounterState, HourTotal, SpoolOffset
from stats.robots import PERSON
from stats.spool import HEADER_SIZE, SUFFIX

LONGEST_LAG = timedelta(minutes=2)
LOSS_IS_NEWS = timedelta(days=7)
LONGEST_SILENCE = timedelta(hours=24)
BUSY = 140  # pageviews in the week before it; with fewer, a day without readers is no sign


@dataclass(frozen=True)
class Health:
    """Of this host's spool; losses and silence are those of the whole portal."""

    waiting: int  # bytes in the spool that are not in the sums yet
    drained_at: datetime | None
    lost: int
    lost_at: datetime | None
    unreadable: int
    silent_since: datetime | None  # set only when the silence is odd

    @property
    def lag(self) -> timedelta:
        """How long what waits has been waiting, at most."""
        if not self.waiting:
            return timedelta(0)
        return timezone.now() - self.drained_at if self.drained_at else timedelta.max

    @property
    def problems(self) -> list[str]:
        is_news = self.lost_at is not None and timezone.now() - self.lost_at < LOSS_IS_NEWS
        checks = {
            "visits_waiting": self.lag > LONGEST_LAG,
            "visits_lost": is_news,
            "visits_stopped": self.silent_since is not None,
        }
        return [name for name, is_wrong in checks.items() if is_wrong]


def look() -> Health:
    """Three queries, on two small tables and one index."""
    state = CounterState.load()
    return Health(
        waiting=_waiting(Path(settings.STATS_SPOOL_DIR)),
        drained_at=_drained_at(),
        lost=state.lost_lines,
        lost_at=state.lost_at,
        unreadable=state.unreadable_lines,
        silent_since=_silent_since(),
    )


def _drained_at() -> datetime | None:
    """The drainer renews the box file in each of its rounds, or every few seconds."""
    try:
        moment = box.path().stat().st_mtime
    except OSError:
        return None
    return datetime.fromtimestamp(moment, clock.LOCAL)


def _waiting(folder: Path) -> int:
    sizes = {}
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            sizes[path.name] = path.stat().st_size
        except FileNotFoundError:  # drained and deleted meanwhile
            continue
    rows = SpoolOffset.objects.filter(name__in=sorted(sizes)[:500])
    offsets = dict(rows.values_list("name", "offset"))
    return sum(
        max(0, size - max(HEADER_SIZE, offsets.get(name, 0))) for name, size in sizes.items()
    )


def _silent_since() -> datetime | None:
    """The end of the last hour with a reader, if it is long ago on a portal that has readers."""
    if settings.STATS_CLOCK_HEADER:  # replayed days are always long ago
        return None
    hours = HourTotal.objects.filter(rule=PERSON, pageviews__gt=0)
    last: datetime | None = hours.aggregate(last=Max("start"))["last"]
    if last is None:
        return None
    end = last + timedelta(hours=1)
    if timezone.now() - end < LONGEST_SILENCE:
        return None
    week = hours.filter(start__gt=last - timedelta(days=7))
    seen = week.aggregate(seen=Sum("pageviews", default=0))["seen"]
    return end if seen >= BUSY else None

"""The box figures, in a small file that the drainer renews: pages read it, never the database."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.dispatch import Signal

from stats import clock, figures

# Sent with `html` and `language` when a page shows the box: it is not as lasting as the rest of it.
shown = Signal()


@dataclass(frozen=True)
class Box:
    """Visits, except `online`, which is visitors; `total` contains what earlier counters had."""

    online: int
    today: int
    week: int
    month: int
    total: int
    offset: int
    since: date
    as_of: datetime


_last_read: tuple[tuple[int, int], Box] | None = None


def path() -> Path:
    return Path(settings.VAR_DIR) / "visits.json"


def write(moment: int) -> None:
    sums = figures.totals(moment)
    box = Box(
        online=figures.online(moment),
        today=sums.today,
        week=sums.week,
        month=sums.month,
        total=sums.total,
        offset=sums.offset,
        since=sums.since,
        as_of=clock.local_time(moment),
    )
    draft = path().with_name(f"visits.json.{os.getpid()}")
    draft.write_text(json.dumps(asdict(box), default=lambda value: value.isoformat()))
    draft.replace(path())


def read() -> Box | None:
    """None until the drainer has run, or while the file cannot be read: a page never fails."""
    global _last_read
    try:
        status = path().stat()
        stamp = (status.st_ino, status.st_mtime_ns)
        if _last_read is None or _last_read[0] != stamp:
            _last_read = (stamp, _parse(json.loads(path().read_bytes())))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return _last_read[1]


def _parse(values: dict[str, Any]) -> Box:
    since = date.fromisoformat(values.pop("since"))
    as_of = datetime.fromisoformat(values.pop("as_of"))
    return Box(**values, since=since, as_of=as_of)

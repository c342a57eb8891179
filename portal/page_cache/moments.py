"""The next instants at which the clock alone changes a page."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import contacts.instants
import news.instants
from editing.instants import Instant, next_instants
from portal.models import Agency, Emergency
from portal.page_cache.places import folder, marks

_FILE = "moments"


class Moments(NamedTuple):
    """In seconds since 1970 (UTC)."""

    next: float  # something appears, ends, opens or closes
    end: float  # something must no longer be seen, not even while the database is gone


def moments_of(generation: str) -> Moments | None:
    """None until somebody has worked them out; whoever changed something does so at once."""
    return _read(folder().pages / generation / _FILE)


def work_out(generation: str) -> Moments:
    """Asks the database, and leaves the answer for all processes of this host."""
    is_first = _turn.acquire(timeout=_PATIENCE)
    try:
        return moments_of(generation) or _work_out(generation)
    finally:
        if is_first:
            _turn.release()


# When a generation begins, all readers need them at once. A database that does not answer holds up
# each by itself, not all in a row.
_turn = Lock()
_PATIENCE = 0.5  # seconds


def _work_out(generation: str) -> Moments:
    found = _ask(datetime.fromtimestamp(time.time(), UTC))
    path = folder().pages / generation
    temporary = path / f"{_FILE}.{os.getpid()}"
    with suppress(OSError):
        path.mkdir(exist_ok=True)
        temporary.write_text(json.dumps(found))
        temporary.replace(path / _FILE)
    return found


def look_after() -> None:
    """For the runner and for whoever has changed something: readers need not wait for it."""
    generation = marks().current()
    if generation is None:
        return
    known = moments_of(generation)
    if known is None:
        work_out(generation)
    elif known.next <= time.time():
        go_on_from(generation)


def go_on_from(generation: str) -> str | None:
    """Ends a generation whose time is over, and gives the next one.

    Raises a database's error, and leaves what is kept as it is, while the database is gone.
    """
    _ask(datetime.fromtimestamp(time.time(), UTC))
    marks().renew(generation)
    following = marks().current()
    if following is not None and moments_of(following) is None:
        work_out(following)
    return following


def _read(path: Path) -> Moments | None:
    try:
        return _read_once(str(path))
    except (OSError, ValueError, TypeError):
        return None


@lru_cache(maxsize=4)
def _read_once(path: str) -> Moments:
    # A generation's file never changes; what is not there yet raises, and is not remembered.
    return Moments(*json.loads(Path(path).read_text()))


def _ask(now: datetime) -> Moments:
    found = list(_instants(now))
    at = [instant.at.timestamp() for instant in found]
    ends = [instant.at.timestamp() for instant in found if instant.takes_away]
    return Moments(min(at), min(ends, default=float("inf")))


def _instants(now: datetime) -> Iterator[Instant]:
    yield from news.instants.instants(now)
    yield from contacts.instants.instants(now)
    yield from next_instants(Emergency.objects.all(), now, starts="starts_at", ends="ends_at")
    yield from next_instants(
        Agency.objects.all(), now, starts="maintenance_from", ends="maintenance_until"
    )

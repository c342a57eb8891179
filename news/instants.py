"""When the clock alone changes what readers see of the news."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from editing.instants import Instant, next_instants
from news.models import Edition, FrontStory
from news.models.articles import State


def instants(now: datetime) -> Iterator[Instant]:
    """The next publications, replacements and ends: those by which `EditionQuerySet` decides."""
    approved = Edition.objects.filter(state=State.APPROVED)
    yield from next_instants(approved, now, starts="live_from", ends="live_until")
    yield from next_instants(approved, now, ends="ends_at")
    yield from next_instants(FrontStory.objects.all(), now, starts="starts_at")
    yield from next_instants(FrontStory.objects.all(), now, starts="ends_at")

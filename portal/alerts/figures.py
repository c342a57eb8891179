"""How many subscribers each topic has, and how the queue stands; no addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils import timezone

from portal.alerts.models import Alert, Topic


@dataclass(frozen=True)
class Queue:
    waiting: int
    tried: int
    oldest: datetime | None
    doubtful: int
    given_up: int


def queue() -> Queue:
    now = timezone.now()
    waiting = Alert.objects.due(now)
    numbers = waiting.aggregate(
        all=Count("pk"), tried=Count("pk", filter=Q(tries__gt=0)), oldest=Min("made_at")
    )
    return Queue(
        numbers["all"],
        numbers["tried"],
        numbers["oldest"],
        Alert.objects.doubtful(now).count(),
        Alert.objects.filter(is_given_up=True).count(),
    )


def numbers_by_topic() -> list[tuple[str, int]]:
    rows = Topic.objects.exclude(subscription__confirmed_at=None)
    counted = rows.values_list("kind", "category", "page").annotate(number=Count("pk"))
    known = {
        (row.kind, row.category_id, row.page_id): row
        for row in rows.select_related("category", "page")
    }
    return sorted(
        ((_name(known[kind, category, page]), number) for kind, category, page, number in counted),
        key=lambda each: (-each[1], each[0]),
    )


def _name(topic: Topic) -> str:
    target = topic.category or topic.page
    return f"{topic.get_kind_display()}: {target}" if target else str(topic.get_kind_display())

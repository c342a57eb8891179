"""What is new, as alerts in the queue. Whoever looks twice finds nothing more."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from contacts.directory import last_changed
from contacts.hotline import hotline_officials
from news.models import Article, Edition
from news.workflow import undo_window
from portal.alerts.models import (
    GIVE_UP,
    Alert,
    AlertState,
    Announced,
    Subscription,
    TopicKind,
)
from portal.models import Page

# A date of its own that lies further back makes an article an old one.
BACK_DATED = timedelta(days=1)


def gather(now: datetime | None = None) -> None:
    now = now or timezone.now()
    for edition in _new_articles(now):
        _announce_article(edition, now)
    _look_at_hotline_and_pages(now)


def _new_articles(now: datetime) -> list[Edition]:
    """Live for the first time, past the time in which it can be taken back, and not told of yet.

    An article has one mail in its life: later editions, minor or not, are no news.
    """
    settled = now - undo_window()
    rows = Edition.objects.live(now).listed(now).current(now)
    return list(
        rows.filter(
            Q(published_at=None) | Q(published_at__lte=settled),
            article__first_published_at__lte=settled,
            article__first_published_at__gt=now - GIVE_UP,
            article__announced=None,
            listed_at__gt=F("article__first_published_at") - BACK_DATED,
        ).select_related("article", "category")
    )


@transaction.atomic
def _announce_article(edition: Edition, now: datetime) -> None:
    _row, is_new = Announced.objects.get_or_create(
        article_id=edition.article_id, defaults={"at": now}
    )
    if is_new:
        _tell(_wanting(edition), now, f"article:{edition.article_id}", article=edition.article)


def _wanting(edition: Edition) -> Any:
    board = TopicKind.NOTICES if edition.is_notice else TopicKind.NEWS
    categories = [edition.category_id, edition.category.parent_id]
    wanted = Q(topics__kind=board) | Q(topics__category__in=[key for key in categories if key])
    rows = Subscription.objects.confirmed().filter(wanted, language=edition.language)
    # Who asked only now has not asked for what stood there already.
    return rows.filter(confirmed_at__lte=edition.live_from)


def _tell(
    subscribers: Any,
    now: datetime,
    subject: str,
    *,
    article: Article | None = None,
    page: Page | None = None,
) -> None:
    keys = subscribers.values_list("pk", flat=True).distinct()
    alerts = [
        Alert(subscription_id=key, subject=subject, article=article, page=page, due_at=now)
        for key in keys
    ]
    Alert.objects.bulk_create(alerts, ignore_conflicts=True, batch_size=500)


@transaction.atomic
def _look_at_hotline_and_pages(now: datetime) -> None:
    state, is_first = AlertState.objects.get_or_create(
        pk=1, defaults={"hotline": _hotline(), "pages_until": now}
    )
    if is_first:
        return
    settled = now - undo_window()
    _look_at_hotline(state, now, settled)
    for page in Page.objects.public().filter(
        changed_at__gt=state.pages_until, changed_at__lte=settled
    ):
        asking = Subscription.objects.confirmed().filter(topics__page=page)
        _tell(asking, now, f"page:{page.pk}:{page.version}", page=page)
    state.pages_until = max(state.pages_until, settled)
    state.save()


def _look_at_hotline(state: AlertState, now: datetime, settled: datetime) -> None:
    current, changed = _hotline(), last_changed()
    if current == state.hotline or (changed is not None and changed > settled):
        return
    state.hotline = current
    asking = Subscription.objects.confirmed().filter(topics__kind=TopicKind.HOTLINE)
    _tell(asking, now, f"hotline:{now:%Y%m%d%H%M%S}")


def _hotline() -> str:
    """Of what a caller needs; that somebody has confirmed it is no change."""
    with translation.override(settings.LANGUAGE_CODE):
        lines = [official.as_text for official in hotline_officials()]
    return hashlib.sha256("\n\n".join(lines).encode()).hexdigest()

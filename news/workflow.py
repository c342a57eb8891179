"""The steps in the life of an edition: one function each, one transaction each.

Whatever calls them (a button, a command, a test), a step that the rules forbid raises
`StepRefused`, whose text is for the person who tried.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from editing.models import User
from news.models import Article, Edition, State

# What may still become public.
WAITING = (State.DRAFT, State.SUBMITTED, State.RETURNED)


class StepRefused(ValidationError):
    """The rules do not allow this step now."""


@transaction.atomic
def approve(edition: Edition, *, by: User | None, live_from: datetime | None = None) -> Edition:
    """Publishes an edition now, or from a given instant on, in place of the one before.

    The article's first publication is that instant, unless it has one already.
    """
    article = Article.objects.select_for_update().get(pk=edition.article_id)
    start = live_from or timezone.now()
    _may_be_approved(article, edition, start)
    if article.first_published_at is None:
        article.set_first_published_at(start)
    _end_the_one_before(article, start)
    edition.article = article
    edition.state, edition.live_from, edition.live_until = State.APPROVED, start, None
    edition.approved_by = by
    edition.save()
    return edition


def _may_be_approved(article: Article, edition: Edition, start: datetime) -> None:
    # Asked of the database, not of the instance: another may have been faster.
    if not article.editions.filter(pk=edition.pk, state__in=WAITING).exists():
        raise StepRefused(_("This edition has been published or withdrawn already."))
    if article.trashed_at is not None:
        raise StepRefused(_("The article is in the trash: restore it first."))
    if article.editions.filter(state=State.APPROVED, live_from__gte=start).exists():
        raise StepRefused(_("A later edition is scheduled already: cancel that one first."))


def _end_the_one_before(article: Article, start: datetime) -> None:
    open_ended = Q(live_until=None) | Q(live_until__gt=start)
    article.editions.filter(open_ended, state=State.APPROVED, live_from__lt=start).update(
        live_until=start
    )


@transaction.atomic
def edit_anew(edition: Edition, *, by: User | None) -> Edition:
    """A new draft with all that this edition holds; the one that is waiting, if there is one."""
    article = Article.objects.select_for_update().get(pk=edition.article_id)
    if waiting := article.editions.filter(state__in=WAITING).first():
        return waiting
    return _copy(edition, article, by)


def _copy(edition: Edition, article: Article, by: User | None) -> Edition:
    draft = Edition.objects.get(pk=edition.pk)
    draft.pk, draft._state.adding, draft.article = None, True, article
    draft.state, draft.live_from, draft.live_until = State.DRAFT, None, None
    draft.change_note, draft.edited_by, draft.approved_by = "", by, None
    draft.save()
    draft.tags.set(edition.tags.all())
    for related in (edition.photos, edition.attachments):
        for row in related.all():
            row.pk, row._state.adding, row.edition = None, True, draft
            row.save()
    return draft


@transaction.atomic
def move_to_trash(article: Article, *, by: User | None) -> None:
    """Out of every public place at once; nothing is deleted."""
    Article.objects.filter(pk=article.pk, trashed_at=None).update(
        trashed_at=timezone.now(), trashed_by=by
    )


@transaction.atomic
def restore_from_trash(article: Article) -> None:
    """Back for staff. What was public waits for approval again, so nothing reappears unseen."""
    live = Edition.objects.filter(article=article, state=State.APPROVED)
    for edition in live.filter(Q(live_until=None) | Q(live_until__gt=timezone.now())):
        edition.state, edition.live_from, edition.live_until = State.DRAFT, None, None
        edition.save()
    Article.objects.filter(pk=article.pk).update(trashed_at=None, trashed_by=None)

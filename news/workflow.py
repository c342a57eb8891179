"""The steps in the life of an edition: one function each, one transaction each.

Whatever calls them (a button, a command, a test), a step that the rules forbid raises
`StepRefused`, whose text is for the person who tried, or PermissionDenied where the right for it is
missing. `by` is None for the system itself, which has every right.

Every step locks the article first. SQLite has no row locks, but lets only one transaction write at
a time, and a step is a writing transaction from its first statement on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from editing.models import Action, Periods, User
from editing.notifying import take_back
from editing.trail import record
from news import telling
from news.approvals import is_approved_by_link
from news.checks import must_fix
from news.models import WAITING, Article, Edition, Review, State, Withdrawal
from news.months import recount_article
from news.rights import may_approve, require, require_change

PUBLISH, URGENTLY = "news.publish_edition", "news.publish_urgently"
DELETE = "news.delete_edition"


class StepRefused(ValidationError):
    """The rules do not allow this step now."""


def _locked(edition: Edition, *, seen: int | None = None) -> Edition:
    """The edition as it is in the database, it and its article locked until the transaction ends.

    `seen` is the version that the caller looked at; another one is refused.
    """
    Article.objects.select_for_update().get(pk=edition.article_id)
    # The edition too: a form locks it while it is saved.
    rows = Edition.objects.select_for_update(of=("self",))
    row = rows.select_related("article", "category").get(pk=edition.pk)
    if seen is not None and row.version != seen:
        raise StepRefused(_("The text was changed after you opened this page: read it again."))
    return row


def _refuse_unless(condition: bool, text: str) -> None:
    if not condition:
        raise StepRefused(text)


# Towards the public


@transaction.atomic
def submit(edition: Edition, *, by: User | None) -> Edition:
    row = _locked(edition)
    require_change(by, row)
    _refuse_unless(row.article.trashed_at is None, _in_trash())
    _refuse_unless(
        row.state in (State.DRAFT, State.RETURNED), _("Only a draft can be sent for approval.")
    )
    _refuse_what_must_be_fixed(row)
    row.state, row.submitted_at, row.submitted_by = State.SUBMITTED, timezone.now(), by
    row.save(update_fields=["state", "submitted_at", "submitted_by"])
    record(Action.SUBMITTED, row, by=by)
    telling.of_submitting(row, by=by)
    return row


@transaction.atomic
def send_back(edition: Edition, *, by: User | None, remark: str) -> Edition:
    """Returns a submitted edition to its writer, with what is to be changed."""
    row = _locked(edition)
    require(by, PUBLISH, row)
    _refuse_unless(row.state == State.SUBMITTED, _("Only a submitted text can be returned."))
    _refuse_unless(bool(remark.strip()), _("Write what is to be changed."))
    row.state = State.RETURNED
    row.save(update_fields=["state"])
    row.remarks.create(author=by, text=remark.strip())
    record(Action.RETURNED, row, by=by, note=remark.strip())
    telling.of_returning(row, by=by)
    return row


@transaction.atomic
def approve(
    edition: Edition,
    *,
    by: User | None,
    live_from: datetime | None = None,
    seen: int | None = None,
) -> Edition:
    """Publishes an edition now, or from a given instant on, in place of the one before.

    The article's first publication is that instant, unless it has one already. Returns the edition
    as it is then; the one that was given is brought to the same state.
    """
    row = _locked(edition, seen=seen)
    require(by, PUBLISH, row)
    if by is not None:
        _refuse_unless(
            live_from is None or live_from >= timezone.now(),
            _("Nothing can be on the site since a time that is over."),
        )
        _refuse_unless(has_second_pair_of_eyes(row, by), _needs_another_person())
        _refuse_what_must_be_fixed(row)
    # By a proven link, the second pair of eyes was the leader's, and the trail names him.
    second = by if by is not None and may_approve(by, row) else None
    _publish(row, by=by, live_from=live_from, approved_by=second)
    is_later = row.live_from is not None and row.live_from > timezone.now()
    record(Action.SCHEDULED if is_later else Action.APPROVED, row, by=by)
    telling.of_approving(row, by=by)
    edition.refresh_from_db()
    return edition


@transaction.atomic
def publish_urgently(
    edition: Edition, *, by: User | None, reason: str, seen: int | None = None
) -> Edition:
    """Publishes before anybody else has seen it; it owes an approval from then on."""
    row = _locked(edition, seen=seen)
    require(by, URGENTLY, row)
    _refuse_unless(
        row.category.review == Review.AFTERWARDS,
        _("This category asks for approval before publication."),
    )
    _refuse_unless(bool(reason.strip()), _("Write why it cannot wait."))
    _refuse_what_must_be_fixed(row)
    row.urgent_reason = reason.strip()[:300]
    _publish(row, by=by, live_from=None, approved_by=None)
    record(Action.PUBLISHED_URGENTLY, row, by=by, note=row.urgent_reason)
    telling.of_publishing_unreviewed(row, by=by)
    edition.refresh_from_db()
    return edition


@transaction.atomic
def approve_afterwards(edition: Edition, *, by: User, seen: int | None = None) -> Edition:
    """Settles what an urgent publication owes."""
    row = _locked(edition, seen=seen)
    require(by, PUBLISH, row)
    _refuse_unless(
        row.state == State.APPROVED and row.owes_approval, _("This edition owes no approval.")
    )
    is_other = may_approve(by, row) and row.published_by_id != by.pk
    _refuse_unless(is_other, _needs_another_person())
    row.approved_by = by
    row.save(update_fields=["approved_by"])
    record(Action.APPROVED_AFTERWARDS, row, by=by)
    return row


def has_second_pair_of_eyes(row: Edition, by: User) -> bool:
    """Whether the rule of the category is kept when he approves it now."""
    if row.category.review == Review.OFF:
        return True
    return may_approve(by, row) or is_approved_by_link(row)


def _needs_another_person() -> str:
    return _("You have edited this text, so another person must approve it.")


def _in_trash() -> str:
    return _("The article is in the trash: restore it first.")


def _refuse_what_must_be_fixed(row: Edition) -> None:
    if wrong := must_fix(row):
        raise StepRefused([str(finding.text) for finding in wrong])


def _publish(
    row: Edition, *, by: User | None, live_from: datetime | None, approved_by: User | None
) -> None:
    start = live_from or timezone.now()
    _refuse_unless(row.state in WAITING, _("This edition has been published or withdrawn already."))
    _refuse_unless(row.article.trashed_at is None, _in_trash())
    later = row.article.editions.filter(state=State.APPROVED, live_from__gte=start)
    _refuse_unless(
        not later.exists(), _("A later edition is scheduled already: cancel that one first.")
    )
    if row.article.first_published_at is None:
        row.article.set_first_published_at(start)
    _editions_live_at(row.article, start).update(live_until=start)
    row.state, row.live_from, row.live_until = State.APPROVED, start, None
    row.published_at, row.published_by, row.approved_by = timezone.now(), by, approved_by
    row.save()


def _editions_live_at(article: Article, moment: datetime):  # type: ignore[no-untyped-def]
    open_ended = Q(live_until=None) | Q(live_until__gt=moment)
    return article.editions.filter(open_ended, state=State.APPROVED, live_from__lt=moment)


# Back again


@transaction.atomic
def cancel_schedule(edition: Edition, *, by: User | None) -> Edition:
    """Takes an edition that is not live yet back to where it waited for approval."""
    row = _locked(edition)
    require(by, PUBLISH, row)
    is_scheduled = row.state == State.APPROVED and row.live_from and row.live_from > timezone.now()
    _refuse_unless(bool(is_scheduled), _("This edition is not scheduled."))
    _take_out(row, State.SUBMITTED)
    record(Action.UNSCHEDULED, row, by=by)
    return row


@transaction.atomic
def undo(edition: Edition, *, by: User | None) -> Edition:
    """Takes back a publication of a few minutes ago: the edition before is live again, the new one
    is a draft, and what would have been mailed is not."""
    row = _locked(edition)
    if by is not None and row.published_by_id != by.pk:
        require(by, PUBLISH, row)
    _refuse_unless(can_be_undone(row), _("It is too late to take this publication back."))
    _take_out(row, State.DRAFT)
    record(Action.UNDONE, row, by=by)
    take_back(row)
    return row


def can_be_undone(edition: Edition) -> bool:
    if not edition.is_live() or edition.published_at is None:
        return False
    return timezone.now() < edition.published_at + undo_window()


def undo_window() -> timedelta:
    return Periods.load().undo


def _take_out(row: Edition, state: State) -> None:
    """Off the timeline: the edition that it has ended goes on until where this one would have
    ended; the article may be new again."""
    start, end = row.live_from, row.live_until
    _put_back(row, state)
    others = row.article.editions.filter(state=State.APPROVED)
    others.filter(live_until=start).update(live_until=end)
    recount_article(row.article)
    if row.article.first_published_at == start and not others.exists():
        row.article.set_first_published_at(None)


def _put_back(row: Edition, state: State) -> None:
    """What was approved waits again; beside a newer draft it stays in the history alone."""
    has_draft = row.article.editions.filter(state__in=WAITING).exists()
    row.state = State.WITHDRAWN if has_draft else state
    row.live_from, row.live_until = None, None
    row.published_at, row.published_by, row.approved_by = None, None, None
    row.urgent_reason = ""
    row.save()


@transaction.atomic
def withdraw(
    edition: Edition,
    *,
    by: User | None,
    reason: str,
    note: str,
    merged_into: Article | None = None,
) -> Edition:
    """Takes a live article off the site, with an explanation that readers see.

    `reason` is a Withdrawal; a merged article leads to `merged_into`.
    """
    row = _locked(edition)
    require(by, PUBLISH, row)
    _refuse_unless(row.is_live(), _("Only what is on the site can be withdrawn."))
    scheduled = row.article.editions.filter(state=State.APPROVED, live_from__gt=timezone.now())
    _refuse_unless(
        not scheduled.exists(), _("A later edition is scheduled already: cancel that one first.")
    )
    _refuse_unless(reason in Withdrawal.values, _("Choose a reason."))
    _refuse_unless(bool(note.strip()), _("Write an explanation for readers."))
    if reason == Withdrawal.MERGED:
        _check_target(row, merged_into)
    row.state, row.live_until = State.WITHDRAWN, timezone.now()
    row.withdrawal, row.withdrawal_note = reason, note.strip()[:300]
    row.withdrawn_at, row.withdrawn_by, row.merged_into = row.live_until, by, merged_into
    row.save()
    record(Action.WITHDRAWN, row, by=by, note=row.withdrawal_note)
    take_back(row)
    return row


def _check_target(row: Edition, target: Article | None) -> None:
    is_other = target is not None and target.pk != row.article_id
    is_live = is_other and Edition.objects.live().filter(article=target).exists()
    _refuse_unless(is_live, _("Choose the published article that readers are led to."))


@transaction.atomic
def archive(edition: Edition, *, by: User | None) -> None:
    """Out of lists, boxes and feeds; its address, the months and search still have it."""
    row = _locked(edition)
    require(by, PUBLISH, row)
    if Article.objects.filter(pk=row.article_id, archived_at=None).update(
        archived_at=timezone.now()
    ):
        record(Action.ARCHIVED, row, by=by)


@transaction.atomic
def unarchive(edition: Edition, *, by: User | None) -> None:
    row = _locked(edition)
    require(by, PUBLISH, row)
    if Article.objects.filter(pk=row.article_id).exclude(archived_at=None).update(archived_at=None):
        record(Action.UNARCHIVED, row, by=by)


# New editions


@transaction.atomic
def edit_anew(edition: Edition, *, by: User | None) -> Edition:
    """A new draft with all that this edition holds; the one that is waiting, if there is one."""
    row = _locked(edition)
    require_change(by, row)
    if waiting := row.article.editions.filter(state__in=WAITING).first():
        return waiting
    draft = copy_edition(row, by)
    record(Action.REWRITTEN, draft, by=by)
    return draft


@transaction.atomic
def restore_edition(edition: Edition, *, by: User | None) -> Edition:
    """An earlier edition as a new draft; history stays as it was."""
    row = _locked(edition)
    require_change(by, row)
    _refuse_unless(
        not row.article.editions.filter(state__in=WAITING).exists(),
        _("This article has a draft already: publish that one or put its text aside first."),
    )
    draft = copy_edition(row, by)
    record(Action.RESTORED, draft, by=by)
    return draft


def copy_edition(edition: Edition, by: User | None, article: Article | None = None) -> Edition:
    """A new draft of the same article, or of another one: its translation."""
    draft = Edition.objects.get(pk=edition.pk)
    draft.pk, draft._state.adding, draft.article = None, True, article or edition.article
    if article is not None:
        draft.slug = ""
    draft.state, draft.live_from, draft.live_until = State.DRAFT, None, None
    draft.version, draft.change_note, draft.is_minor = 1, "", False
    draft.edited_by, draft.approved_by, draft.urgent_reason = by, None, ""
    draft.submitted_at, draft.submitted_by = None, None
    draft.published_at, draft.published_by = None, None
    draft.withdrawal, draft.withdrawal_note, draft.merged_into = "", "", None
    draft.withdrawn_at, draft.withdrawn_by = None, None
    draft.save()
    draft.tags.set(edition.tags.all())
    # What is related to an article is in its language.
    draft.related.set(edition.related.filter(language=draft.article.language))
    for related in (edition.photos, edition.attachments):
        for row in related.all():
            row.pk, row._state.adding, row.edition = None, True, draft
            row.save()
    return draft


# Trash


@transaction.atomic
def move_to_trash(article: Article, *, by: User | None) -> None:
    """Out of every public place at once; nothing is deleted."""
    edition = _newest(article)
    require(by, DELETE, edition)
    if Article.objects.filter(pk=article.pk, trashed_at=None).update(
        trashed_at=timezone.now(), trashed_by=by
    ):
        record(Action.TRASHED, edition, by=by)
        recount_article(edition.article)
        take_back(edition)


@transaction.atomic
def restore_from_trash(article: Article, *, by: User | None) -> None:
    """Back for staff. What was public waits for approval again, so nothing reappears unseen."""
    edition = _newest(article)
    require(by, DELETE, edition)
    article = edition.article
    gone_at = article.trashed_at or timezone.now()
    approved = article.editions.filter(state=State.APPROVED)
    for scheduled in approved.filter(live_from__gte=gone_at):
        _put_back(scheduled, State.DRAFT)
    for live in _editions_live_at(article, gone_at):
        Edition.objects.filter(pk=live.pk).update(live_until=gone_at)
        if not article.editions.filter(state__in=WAITING).exists():
            copy_edition(live, by)
    Article.objects.filter(pk=article.pk).update(trashed_at=None, trashed_by=None)
    recount_article(article)
    record(Action.RESTORED, edition, by=by)


@transaction.atomic
def destroy(article: Article, *, by: User) -> None:
    """Deletes an article of the trash for good. The audit trail keeps its name."""
    edition = _newest(article)
    require(by, "news.empty_trash", edition)
    _refuse_unless(article.trashed_at is not None, _("Only what lies in the trash can be deleted."))
    record(Action.DESTROYED, edition, by=by)
    article.delete()


def _newest(article: Article) -> Edition:
    Article.objects.select_for_update().get(pk=article.pk)
    return article.editions.select_related("article", "category").latest("pk")

"""The steps as staff see them: the name on the button, when it is offered, what it asks for and what
it changes for readers. What a step does, and whether it may, stands in `news.workflow`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from editing.models import User
from editing.widgets import Searched
from news import workflow
from news.models import WAITING, Article, Edition, Review, State, Withdrawal
from news.rights import may, may_approve, may_change

Text = str | Promise


class StepForm(forms.Form):
    """Carries the version that was looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


_DAY_AND_TIME = (gettext_lazy("Publish on the day"), gettext_lazy("Publish at the time"))


class WhenForm(StepForm):
    live_from = forms.SplitDateTimeField(
        label=gettext_lazy("Publish at"),
        widget=AdminSplitDateTime,
        help_text=gettext_lazy("Day and time in Viet Nam. Example: 30/11/2026 and 08:00"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Each of its two inputs needs a name of its own.
        for part, name in zip(self.fields["live_from"].widget.widgets, _DAY_AND_TIME, strict=True):
            part.attrs["aria-label"] = name

    def clean_live_from(self) -> Any:
        moment = self.cleaned_data["live_from"]
        if moment <= timezone.now():
            raise forms.ValidationError(
                _("This time is over. To publish at once, use the other button.")
            )
        return moment


class RemarkForm(StepForm):
    remark = forms.CharField(
        label=gettext_lazy("What is to be changed"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


class ReasonForm(StepForm):
    reason = forms.CharField(
        label=gettext_lazy("Why it cannot wait"),
        max_length=300,
        help_text=gettext_lazy("Example: “Storm warning, ports close at 14:00.”"),
    )


class WithdrawForm(StepForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=Withdrawal, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("Explanation for readers"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("They read it at the address of the article."),
    )
    merged_into = forms.ModelChoiceField(
        label=gettext_lazy("Article that readers are led to"),
        queryset=Article.objects.kept(),
        required=False,
        widget=Searched(Edition._meta.get_field("merged_into"), admin.site),
        help_text=gettext_lazy("For a merged article only: type words of its title and choose."),
    )


@dataclass(frozen=True)
class Step:
    name: str
    label: Text
    is_offered: Callable[[Edition, User], bool]
    run: Callable[[Edition, User, dict[str, Any]], Any]
    effect: Callable[[Edition], list[str]]
    form: type[StepForm] = StepForm
    permission: str = "news.publish_edition"
    done: Text = gettext_lazy("Done.")
    is_grave: bool = False


def _waits(edition: Edition) -> bool:
    return edition.state in WAITING and edition.article.trashed_at is None


def _is_on_site(edition: Edition) -> bool:
    return edition.article.trashed_at is None and edition.is_live()


def _may_publish(edition: Edition, user: User) -> bool:
    return may(user, workflow.PUBLISH, edition)


def _can_approve(edition: Edition, user: User) -> bool:
    if not (_waits(edition) and _may_publish(edition, user)):
        return False
    return workflow.has_second_pair_of_eyes(edition, user)


def _place(edition: Edition) -> list[str]:
    lines = [
        _("It will stand at the top of “%(category)s” and on the home page at once.")
        % {"category": edition.category.name}
    ]
    if edition.article.editions.live().exists():
        lines = [_("It takes the place of the edition that is on the site now; its date stays.")]
    return [*lines, _("Address: %s") % edition.get_absolute_url()]


def _after_publishing(edition: Edition) -> list[str]:
    minutes = int(workflow.undo_window().total_seconds() // 60)
    return [
        *_place(edition),
        _("For %s minutes it can be taken back; mails wait so long.") % minutes,
    ]


STEPS = [
    Step(
        "submit",
        gettext_lazy("Send for approval"),
        lambda edition, user: (
            _waits(edition) and edition.state != State.SUBMITTED and may_change(user, edition)
        ),
        lambda edition, user, data: workflow.submit(edition, by=user),
        lambda edition: [_("Nothing changes on the site. Those who may approve are told.")],
        permission="news.change_edition",
        done=gettext_lazy("Sent for approval."),
    ),
    Step(
        "approve",
        gettext_lazy("Approve and publish"),
        _can_approve,
        lambda edition, user, data: workflow.approve(edition, by=user, seen=data["seen"]),
        _after_publishing,
        done=gettext_lazy("Published"),
    ),
    Step(
        "schedule",
        gettext_lazy("Approve and schedule"),
        _can_approve,
        lambda edition, user, data: workflow.approve(
            edition, by=user, seen=data["seen"], live_from=data["live_from"]
        ),
        lambda edition: [_("It appears by itself at that second.")],
        form=WhenForm,
        done=gettext_lazy("Scheduled."),
    ),
    Step(
        "return",
        gettext_lazy("Return it"),
        lambda edition, user: edition.state == State.SUBMITTED and _can_approve(edition, user),
        lambda edition, user, data: workflow.send_back(edition, by=user, remark=data["remark"]),
        lambda edition: [_("Nothing changes on the site. The writer is told what you write here.")],
        form=RemarkForm,
        done=gettext_lazy("Returned to the writer."),
    ),
    Step(
        "urgent",
        gettext_lazy("Publish now, approve later"),
        lambda edition, user: (
            _waits(edition)
            and edition.category.review == Review.AFTERWARDS
            and may(user, workflow.URGENTLY, edition)
        ),
        lambda edition, user, data: workflow.publish_urgently(
            edition, by=user, reason=data["reason"], seen=data["seen"]
        ),
        lambda edition: [
            *_after_publishing(edition),
            _("It stands on the desk as “Published, not approved” until another person approves it."),
        ],
        form=ReasonForm,
        permission="news.publish_urgently",
        done=gettext_lazy("Published; it still has to be approved."),
    ),
    Step(
        "afterwards",
        gettext_lazy("Approve afterwards"),
        lambda edition, user: (
            edition.owes_approval
            and _is_on_site(edition)
            and _may_publish(edition, user)
            and may_approve(user, edition)
            and edition.published_by_id != user.pk
        ),
        lambda edition, user, data: workflow.approve_afterwards(
            edition, by=user, seen=data["seen"]
        ),
        lambda edition: [_("Nothing changes on the site; the debt is settled.")],
        done=gettext_lazy("Approved."),
    ),
    Step(
        "unschedule",
        gettext_lazy("Cancel the scheduled time"),
        lambda edition, user: _is_scheduled(edition) and _may_publish(edition, user),
        lambda edition, user, data: workflow.cancel_schedule(edition, by=user),
        lambda edition: [_("It will not appear; it waits for approval again.")],
        done=gettext_lazy("The time is cancelled."),
    ),
    Step(
        "undo",
        gettext_lazy("Undo"),
        lambda edition, user: (
            workflow.can_be_undone(edition)
            and (edition.published_by_id == user.pk or _may_publish(edition, user))
        ),
        lambda edition, user, data: workflow.undo(edition, by=user),
        lambda edition: [
            _("The edition before it is on the site again, if there was one."),
            _("This one becomes a draft; nothing of it is lost. Mails about it are not sent."),
        ],
        permission="news.change_edition",
        done=gettext_lazy("Taken back; it is a draft again."),
    ),
    Step(
        "edit",
        gettext_lazy("Edit: a new edition, while this one stays public"),
        lambda edition, user: (
            not _waits(edition) and edition.article.trashed_at is None and may_change(user, edition)
        ),
        lambda edition, user, data: workflow.edit_anew(edition, by=user),
        lambda edition: [_("Nothing changes on the site until the new edition is published.")],
        permission="news.change_edition",
        done=gettext_lazy("This is the new edition; the old one stays public meanwhile."),
    ),
    Step(
        "withdraw",
        gettext_lazy("Withdraw …"),
        lambda edition, user: _is_on_site(edition) and _may_publish(edition, user),
        lambda edition, user, data: workflow.withdraw(
            edition,
            by=user,
            reason=data["reason"],
            note=data["note"],
            merged_into=data["merged_into"],
        ),
        lambda edition: [
            _("It leaves every list, box, feed and search at once."),
            _("Published in error: its address shows your explanation only."),
            _("Merged: its address leads to the other article."),
            _("No longer valid: it can still be read, under a banner with your explanation."),
        ],
        form=WithdrawForm,
        done=gettext_lazy("Withdrawn."),
        is_grave=True,
    ),
    Step(
        "archive",
        gettext_lazy("Archive"),
        lambda edition, user: (
            _is_on_site(edition)
            and not edition.article.is_archived
            and _may_publish(edition, user)
        ),
        lambda edition, user, data: workflow.archive(edition, by=user),
        lambda edition: [
            _("It leaves the home page, lists, boxes and feeds."),
            _("Its address, the months of the archive and search still have it, marked as archived."),
        ],
        done=gettext_lazy("Archived."),
    ),
    Step(
        "unarchive",
        gettext_lazy("Take out of the archive"),
        lambda edition, user: edition.article.is_archived and _may_publish(edition, user),
        lambda edition, user, data: workflow.unarchive(edition, by=user),
        lambda edition: [_("It stands in its lists again, at its own date.")],
        done=gettext_lazy("It is out of the archive."),
    ),
    Step(
        "trash",
        gettext_lazy("Move to the trash"),
        lambda edition, user: (
            edition.article.trashed_at is None and may(user, workflow.DELETE, edition)
        ),
        lambda edition, user, data: workflow.move_to_trash(edition.article, by=user),
        lambda edition: [_("It leaves the site at once and can be restored.")],
        permission="news.delete_edition",
        done=gettext_lazy("It is in the trash. It can be restored there."),
        is_grave=True,
    ),
    Step(
        "restore",
        gettext_lazy("Restore from the trash"),
        lambda edition, user: (
            edition.article.trashed_at is not None and may(user, workflow.DELETE, edition)
        ),
        lambda edition, user, data: workflow.restore_from_trash(edition.article, by=user),
        lambda edition: [_("It comes back as a draft; nothing appears on the site by itself.")],
        permission="news.delete_edition",
        done=gettext_lazy("It is back, as a draft."),
    ),
    Step(
        "destroy",
        gettext_lazy("Delete for good"),
        lambda edition, user: (
            edition.article.trashed_at is not None and may(user, "news.empty_trash", edition)
        ),
        lambda edition, user, data: workflow.destroy(edition.article, by=user),
        lambda edition: [
            _("The article and all its editions are deleted. This cannot be taken back."),
            _("The audit trail keeps its title and who deleted it."),
        ],
        permission="news.empty_trash",
        done=gettext_lazy("Deleted for good."),
        is_grave=True,
    ),
]  # fmt: skip
BY_NAME = {step.name: step for step in STEPS}

# What stands together on the page before publishing.
PUBLISHING = ("approve", "schedule", "return", "urgent", "submit")


def _is_scheduled(edition: Edition) -> bool:
    is_later = edition.live_from is not None and edition.live_from > timezone.now()
    return edition.state == State.APPROVED and is_later and edition.article.trashed_at is None


def offered(edition: Edition, user: User) -> list[Step]:
    return [step for step in STEPS if step.is_offered(edition, user)]


def why_not(edition: Edition, user: User, step: Step) -> Text:
    """Why a step that he has the right for is not open to him now."""
    if step.name in ("approve", "schedule", "afterwards") and not may_approve(user, edition):
        return gettext_lazy("You have edited this text, so another person must approve it.")
    if step.permission == "news.change_edition" and not may_change(user, edition):
        return gettext_lazy("Only its writers and editors can change this text.")
    return gettext_lazy("This step is not possible now: the text is in another state.")


def next_link(edition: Edition, user: User) -> tuple[Text, str]:
    """What a list offers for a row, without asking the database: label and address."""
    form = reverse("admin:news_edition_change", args=[edition.pk])
    can_publish = user.has_perm("news.publish_edition")
    state = state_of(edition)[0]
    if state == "submitted" and can_publish:
        return gettext_lazy("Look at it and approve"), _step_url(edition, "publish")
    if state in ("draft", "returned"):
        return gettext_lazy("Go on writing"), form
    if state == "debt" and can_publish:
        return gettext_lazy("Approve afterwards"), _step_url(edition, "afterwards")
    if state in ("live", "ended") and user.has_perm("news.change_edition"):
        return gettext_lazy("Change it"), _step_url(edition, "edit")
    if state == "trash" and user.has_perm("news.delete_edition"):
        return gettext_lazy("Restore"), _step_url(edition, "restore")
    return gettext_lazy("Open"), form


def _step_url(edition: Edition, name: str) -> str:
    return reverse("admin:news_edition_step", args=[edition.pk, name])


def state_of(edition: Edition) -> tuple[str, Text]:
    """A word for the stylesheet and the words for the reader."""
    now = timezone.now()
    if edition.article.trashed_at is not None:
        return "trash", gettext_lazy("In trash")
    if edition.state == State.WITHDRAWN and edition.withdrawal:
        return "withdrawn", f"{_('Withdrawn')}: {edition.get_withdrawal_display()}"
    if edition.state != State.APPROVED:
        return edition.state, State(edition.state).label
    if edition.live_from and edition.live_from > now:
        return "scheduled", gettext_lazy("Scheduled")
    if edition.is_over(now):
        return "superseded", gettext_lazy("Replaced by a new edition")
    if edition.owes_approval:
        return "debt", gettext_lazy("Published, not approved")
    if edition.article.is_archived:
        return "archived", gettext_lazy("Archived")
    return (
        ("ended", gettext_lazy("Ended"))
        if edition.is_ended
        else ("live", gettext_lazy("Published"))
    )

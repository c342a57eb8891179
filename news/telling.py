"""Whom a step concerns, and what he is told. What readers could not see yet is mailed at once; what
has just been published, only when it can no longer be taken back."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from editing.models import Periods, User
from editing.notifying import holders_of, notify
from news.models import Edition, Remark
from news.rights import may_approve, may_work_in


def path_of(edition: Edition) -> str:
    return reverse("admin:news_edition_change", args=[edition.pk])


def of_submitting(edition: Edition, *, by: User | None) -> None:
    text = format_lazy(_("{who} asks for approval: {title}"), who=by or "", title=edition.title)
    notify(_approvers(edition), text, about=edition, path=path_of(edition), by=by)


def of_returning(edition: Edition, *, by: User | None) -> None:
    text = format_lazy(_("{who} returned: {title}"), who=by or "", title=edition.title)
    notify(_writers(edition), text, about=edition, path=path_of(edition), by=by)


def of_approving(edition: Edition, *, by: User | None) -> None:
    text = format_lazy(_("{who} approved: {title}"), who=by or "", title=edition.title)
    _after_the_window(_writers(edition), text, edition, by=by)


def of_publishing_unreviewed(edition: Edition, *, by: User | None) -> None:
    text = format_lazy(
        _("{who} published before approval, please look at it: {title}"),
        who=by or "",
        title=edition.title,
    )
    _after_the_window(_approvers(edition), text, edition, by=by)


def of_mentioning(remark: Remark, users: Iterable[User]) -> None:
    text = format_lazy(
        _("{who} mentions you in a remark on: {title}"), who=remark.who, title=remark.edition.title
    )
    path = path_of(remark.edition)
    notify(users, text, about=remark.edition, path=path, by=remark.author)


def of_opinion(edition: Edition, name: str, *, approves: bool) -> None:
    text = (
        _("{who} approved through the link: {title}")
        if approves
        else _("{who} left a remark through the link: {title}")
    )
    shown = format_lazy(text, who=name, title=edition.title)
    notify(_writers(edition), shown, about=edition, path=path_of(edition))


def _after_the_window(
    users: Iterable[User], text: object, edition: Edition, *, by: User | None
) -> None:
    due_at = timezone.now() + Periods.load().undo
    notify(users, text, about=edition, path=path_of(edition), by=by, due_at=due_at)  # type: ignore[arg-type]


def _writers(edition: Edition) -> list[User]:
    return list({*edition.editors.all(), *filter(None, [edition.submitted_by])})


def _approvers(edition: Edition) -> list[User]:
    return [
        user
        for user in holders_of("news.publish_edition")
        if may_approve(user, edition) and may_work_in(user, edition.category)
    ]

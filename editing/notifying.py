"""Tells staff what concerns them; what is told in error can be taken back until it is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Model, Q
from django.utils import timezone, translation
from django.utils.functional import Promise

from editing.models import Notification, User


def notify(
    users: Iterable[User],
    text: str | Promise,
    *,
    about: Model,
    path: str,
    by: User | None = None,
    due_at: datetime | None = None,
) -> None:
    """A notification for each of them, in the language of each; nobody is told what he did.

    `text` is lazy where it should be translated.
    """
    rows = []
    for user in {user.pk: user for user in users if user.is_active}.values():
        if by is not None and user.pk == by.pk:
            continue
        with translation.override(user.language):
            rows.append(
                Notification(
                    user=user,
                    text=str(text)[:400],
                    path=path,
                    subject=_subject(about),
                    due_at=due_at or timezone.now(),
                )
            )
    Notification.objects.bulk_create(rows)


def take_back(about: Model) -> None:
    """Removes what has been said about a row and is not due yet."""
    Notification.objects.filter(subject=_subject(about), due_at__gt=timezone.now()).delete()


def _subject(row: Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


def holders_of(permission: str) -> list[User]:
    """Active staff with a right such as “news.publish_edition”."""
    app, _dot, codename = permission.partition(".")
    of_a_group = Q(
        groups__permissions__codename=codename, groups__permissions__content_type__app_label=app
    )
    own = Q(user_permissions__codename=codename, user_permissions__content_type__app_label=app)
    users = User.objects.filter(of_a_group | own | Q(is_superuser=True))
    return list(users.filter(is_active=True, is_staff=True).distinct())

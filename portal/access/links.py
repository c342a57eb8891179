"""Links that let one person in once: invited, or without password or second factor.

Whoever administers accounts makes them, for others only; the secret is shown once and is nowhere
kept, and a newer link ends the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from editing.models import Action, OneTimeLink, User
from editing.models.access import digest, new_secret
from editing.notifying import notify
from editing.trail import record
from portal.access import computers, duty, passwords

LINK_LIVES = timedelta(days=3)


@dataclass(frozen=True)
class Purpose:
    name: str
    label: object
    sets_password: bool
    removes_second_factor: bool


PURPOSES = {
    each.name: each
    for each in (
        Purpose("password", gettext_lazy("set a password"), True, False),
        Purpose("factor", gettext_lazy("begin anew with the second factor"), False, True),
        Purpose("both", gettext_lazy("set a password and begin anew with the second factor"), True, True),
    )
}  # fmt: skip


_MADE = gettext_lazy(
    "A one-time link into your account was made. If you did not ask for it, tell an administrator."
)


class Used(Exception):
    """Somebody was quicker, or its time is up."""


def make(user: User, purpose: Purpose, *, by: User | None) -> str:
    """The address to hand over; it is not shown again."""
    secret = new_secret()
    with transaction.atomic():
        OneTimeLink.objects.open().filter(user=user).delete()
        OneTimeLink.objects.create(
            user=user,
            key=digest(secret),
            sets_password=purpose.sets_password,
            removes_second_factor=purpose.removes_second_factor,
            expires_at=timezone.now() + LINK_LIVES,
        )
        record(Action.INVITED, user, by=by, note=str(purpose.label))
        notify([user], _MADE, about=user, path=reverse("account"), by=by)
    return f"{settings.SITE_URL}{reverse('one_time_link', args=[secret])}"


def find(secret: str) -> OneTimeLink | None:
    rows = OneTimeLink.objects.open().select_related("user")
    return rows.filter(key=digest(secret)).first()


@transaction.atomic
def use(link: OneTimeLink, *, password: str = "") -> None:
    """Does what the link is for. Raises Used if it is over."""
    if not OneTimeLink.objects.open().filter(pk=link.pk).update(used_at=timezone.now()):
        raise Used
    user = link.user
    record(Action.LINK_USED, user, by=user)
    if link.sets_password:
        user.set_password(password)
        user.save(update_fields=["password"])
        passwords.was_set(None, user, by=user)
    if link.removes_second_factor:
        remove_second_factor(user, by=user)
    duty.deadline(user)  # the days of grace begin


def remove_second_factor(user: User, *, by: User | None) -> None:
    if Authenticator.objects.filter(user=user).delete()[0]:
        record(Action.FACTOR_REMOVED, user, by=by)
    computers.revoke_all(user)
    duty.set_deadline(user, timezone.now())


def mail(user: User, address: str) -> None:
    """Raises what the mail server raises."""
    with translation.override(user.language):
        subject = _("Your access to the staff pages")
        body = _(
            "Open this link within three days; it works once:\n\n%s\n\n"
            "If you expect no such message, tell an administrator."
        )
        send_mail(subject, body % address + "\n", None, [user.email])

"""Who needs a second factor, and until when he may work without it."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editing.models import User
from editing.notifying import notify

GRACE = timedelta(days=7)
_BEGUN = _("Your rights ask for a second factor: set it up within seven days.")
# Who publishes, or decides over accounts.
_RIGHTS = ("news.publish_edition", "editing.change_user")

# What stays open when the second factor is overdue: the way to it, and the way out.
WITHOUT_SECOND_FACTOR = {
    *("account", "mfa_index", "account_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn"),
    *("mfa_view_recovery_codes", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    *("password_change", "password_change_done", "logout", "jsi18n"),
}


def is_due_from(user: User) -> bool:
    """Whether his rights ask for a second factor, be it there or not."""
    return settings.REQUIRE_TWO_FACTOR and any(user.has_perm(right) for right in _RIGHTS)


def has_second_factor(user: User) -> bool:
    factors = Authenticator.objects.filter(user=user)
    return factors.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def deadline(user: User) -> datetime | None:
    """When he must have set it up; None where nothing is owed. Whoever owes it for the first time
    has `GRACE` from now on: that is from the use of his invitation, or within the hour in which a
    right was given that asks for it (`begin_for_all`), whether or not he signs in."""
    if not is_due_from(user) or has_second_factor(user):
        return None
    if user.second_factor_due is None:
        set_deadline(user, timezone.now() + GRACE)
    return user.second_factor_due


def begin_for_all() -> int:
    """Lets the grace begin for everybody who owes it and has a way in; gives their number. Without it
    the days of an account that nobody uses would begin with whoever guesses its password."""
    waiting = User.objects.filter(is_active=True, is_staff=True, second_factor_due=None)
    begun = [user for user in waiting if user.has_usable_password() and deadline(user)]
    for user in begun:
        notify([user], _BEGUN, about=user, path=reverse("account"))
    return len(begun)


def set_deadline(user: User, moment: datetime) -> None:
    user.second_factor_due = moment
    user.save(update_fields=["second_factor_due"])


def is_overdue(user: User) -> bool:
    until = deadline(user)
    return until is not None and until <= timezone.now()


def days_left(user: User) -> int | None:
    """Whole days, the last one counted as one; None where nothing is owed."""
    until = deadline(user)
    if until is None:
        return None
    return max(0, -((timezone.now() - until) // timedelta(days=1)))

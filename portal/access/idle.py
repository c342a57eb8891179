"""Accounts that nobody uses are switched off; their owners are told before."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editing.models import Action, Periods, User
from editing.notifying import holders_of, notify
from editing.trail import record

WARNED_BEFORE = timedelta(days=14)
ADMINISTERS = "editing.change_user"

_WARNING = _(
    "Your account has not been used for long and will be switched off in fourteen days: "
    "sign in to keep it."
)
_TOLD = _("The account “%s” was not used for long and has been switched off.")


def look_after_idle_accounts() -> int:
    """Warns, and switches off whoever was warned in time. Gives the number switched off."""
    now = timezone.now()
    idle_since = now - Periods.load().idle_account
    for user in _unused_since(idle_since + WARNED_BEFORE).filter(_not_warned()):
        user.warned_idle_at = now
        user.save(update_fields=["warned_idle_at"])
        notify([user], _WARNING, about=user, path=reverse("account"))
    warned = _unused_since(idle_since).filter(warned_idle_at__lte=now - WARNED_BEFORE)
    return sum(_switch_off(user) for user in warned)


def _unused_since(moment: datetime) -> QuerySet[User]:
    users = User.objects.annotate(used_at=Coalesce("last_login", "date_joined"))
    return users.filter(is_active=True, used_at__lt=moment).order_by("used_at", "pk")


def _not_warned() -> Q:
    """Never, or before he last signed in."""
    return Q(warned_idle_at=None) | Q(warned_idle_at__lt=F("used_at"))


def _switch_off(user: User) -> bool:
    if is_last_administrator(user):
        return False
    # Past `portal.access.commands`, which would note it a second time.
    User.objects.filter(pk=user.pk).update(is_active=False)
    record(Action.SWITCHED_OFF, user, by=None)
    notify(holders_of(ADMINISTERS), _TOLD % user, about=user, path=_form_of(user))
    return True


def is_last_administrator(user: User) -> bool:
    """Whether nobody else could switch accounts on again, or, for one with all rights, his."""
    others = [each for each in holders_of(ADMINISTERS) if each.pk != user.pk]
    if user.is_superuser:
        return not any(each.is_superuser for each in others)
    return user.has_perm(ADMINISTERS) and not others


def _form_of(user: User) -> str:
    return reverse("admin:editing_user_change", args=[user.pk])

"""What a new password brings with it."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from editing.models import Action, User
from editing.trail import record
from portal.access import computers


def was_set(request: HttpRequest | None, user: User, *, by: User | None, note: str = "") -> None:
    """Every other session has ended with the old password, by Django; trust ends here."""
    record(Action.PASSWORD_SET, user, by=by, note=note)
    computers.revoke_all(user)
    if request is not None and request.user == user:
        UserSession.objects.create_from_request(request)

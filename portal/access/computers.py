"""Browsers that are not asked for the second factor for thirty days.

The cookie holds a random secret for each account that trusts this browser, the database what is
needed to recognise it: taking a row away revokes it. allauth's own cookie cannot be revoked alone.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from editing.models import Action, TrustedComputer, User
from editing.models.access import TRUSTED_FOR, digest, new_secret
from editing.trail import record

# Of accounts that one browser is trusted for.
_MOST = 5
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")

_BROWSERS = ("Edg", "Coc_Coc", "OPR", "Firefox", "Chrome", "Safari")
_NAMES = {"Edg": "Edge", "Coc_Coc": "Cốc Cốc", "OPR": "Opera"}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


def name_of(user_agent: str) -> str:
    """A browser as its owner would call it: “Firefox, Windows”."""
    browser = next((each for each in _BROWSERS if each in user_agent), "")
    system = next((each for each in _SYSTEMS if each in user_agent), "")
    known = [_NAMES.get(each, each) for each in (browser, system) if each]
    return ", ".join(known) or _("Unknown browser")


def is_trusted(request: HttpRequest, user: User) -> bool:
    return TrustedComputer.objects.known_by(user, _secrets(request)) is not None


def trust(request: HttpRequest, user: User, response: HttpResponse) -> None:
    # A new secret each time: one that somebody else has put here opens nothing.
    secret, now = new_secret(), timezone.now()
    name = name_of(request.META.get("HTTP_USER_AGENT", ""))[:80]
    computer = TrustedComputer.objects.create(
        user=user, key=digest(secret), name=name, expires_at=now + TRUSTED_FOR
    )
    record(Action.COMPUTER_TRUSTED, user, by=user, note=computer.name)
    response.set_cookie(
        settings.TRUSTED_COOKIE_NAME,
        ".".join([secret, *_secrets(request)][:_MOST]),
        max_age=TRUSTED_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def revoke(computer: TrustedComputer, *, by: User) -> None:
    record(Action.COMPUTER_REVOKED, computer.user, by=by, note=computer.name)
    computer.delete()


def revoke_all(user: User) -> None:
    """With a new password, or another second factor, trust begins anew."""
    TrustedComputer.objects.filter(user=user).delete()


def _secrets(request: HttpRequest) -> list[str]:
    value = request.COOKIES.get(settings.TRUSTED_COOKIE_NAME, "")
    return _SECRET.findall(value)[:_MOST]

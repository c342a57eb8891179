"""Secrets of second factors as the database keeps them: sealed with a key that is made from SECRET_KEY
and stands in no backup. Whoever reads the database, or a backup, has no codes."""

from __future__ import annotations

import base64

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

_MARK = "sealed:"


class Unreadable(ValidationError):
    """SECRET_KEY is another one than when the secret was set up."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The secrets of second factors cannot be read on this server. "
                "Another administrator can make a one-time link for you."
            ),
            code="unreadable",
        )


def seal(text: str) -> str:
    return _MARK + _box().encrypt(text.encode()).decode()


def unseal(text: str) -> str:
    """What was kept before secrets were sealed is given as it is. Raises Unreadable."""
    if not text.startswith(_MARK):
        return text
    try:
        return _box().decrypt(text.removeprefix(_MARK)).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    digest = salted_hmac("portal.access.sealed", "", secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)


# Where an authenticator keeps them.
SECRETS = ("secret", "seed")


def count_unreadable() -> int:
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    rows = Authenticator.objects.filter(type__in=kinds).values_list("data", flat=True)
    return sum(not _can_be_read(data) for data in rows)


def _can_be_read(data: dict[str, str]) -> bool:
    try:
        for name in SECRETS:
            unseal(data.get(name, ""))
    except Unreadable:
        return False
    return True

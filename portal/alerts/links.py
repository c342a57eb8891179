"""The addresses that only the receiver of a mail knows."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from portal.alerts.models import CONFIRM_WITHIN, Subscription

_signer = signing.Signer(salt="portal.alerts", sep=".")
_once = signing.TimestampSigner(salt="portal.alerts.confirm", sep=".")


def token_of(row: Subscription) -> str:
    return _signer.sign(row.secret)


def confirming_token_of(row: Subscription) -> str:
    return _once.sign(row.secret)


def find(token: str) -> Subscription | None:
    """The confirmed subscription of this token."""
    try:
        secret = _signer.unsign(token)
    except signing.BadSignature:
        return None
    return Subscription.objects.confirmed().filter(secret=secret).first()


def find_to_confirm(token: str) -> Subscription | None:
    """The one that this token confirms: once, and not for long."""
    try:
        secret = _once.unsign(token, max_age=CONFIRM_WITHIN)
    except signing.BadSignature:
        return None
    return Subscription.objects.filter(confirmed_at=None, secret=secret).first()


def url_of(name: str, row: Subscription, token: str) -> str:
    with translation.override(row.language):
        return settings.SITE_URL + reverse(f"alerts:{name}", args=[token])

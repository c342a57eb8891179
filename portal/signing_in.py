"""Who signs in, and who tries to: noted in the audit trail, and slowed down.

A pair of account and network is locked for a while after a few failures, so that whoever guesses at
an account from elsewhere does not lock its owner out; a network that guesses at many accounts is
locked for all of them, and an account guessed at from many networks answers each of them less often.
Accounts and networks stand in the cache as keyed hashes, for minutes.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import timedelta

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from editing.models import Action, User
from editing.trail import record

LOCKED_FOR = timedelta(minutes=15)
FAILURES_OF_PAIR = 5
FAILURES_OF_NETWORK = 30
# With many networks at hand, an attacker gets this many tries in fifteen minutes, and then the pair's
# limit is one failure.
FAILURES_OF_ACCOUNT = 50


class StaffLoginForm(AdminAuthenticationForm):
    """Its first field is called `login` in the page, which outside checks rely on."""

    def add_prefix(self, field_name: str) -> str:
        return super().add_prefix("login" if field_name == "username" else field_name)

    def clean(self) -> dict[str, object]:
        name = str(self.cleaned_data.get("username") or "")
        if self.request is None or not (name and self.cleaned_data.get("password")):
            return super().clean()
        attempt = Attempt(self.request, name)
        if attempt.is_locked():
            # The password is not even looked at.
            raise ValidationError(
                _(
                    "Signing in is locked for %(minutes)d minutes after too many wrong passwords. "
                    "Another administrator can give you a new password."
                ),
                code="locked",
                params={"minutes": LOCKED_FOR.seconds // 60},
            )
        try:
            cleaned = super().clean()
        except ValidationError:
            attempt.failed()
            raise
        attempt.succeeded()
        user = self.get_user()
        record(Action.SIGNED_IN, user, by=user)
        return cleaned


class Attempt:
    def __init__(self, request: HttpRequest, name: str) -> None:
        account = name.strip().casefold()[:150]
        network = _network(request.META.get("REMOTE_ADDR", ""))
        self._account, self._name = _key("account", account), account
        self._network = _key("network", network)
        self._pair = _key("pair", f"{account}\n{network}")

    def is_locked(self) -> bool:
        pair, network, account = (int(cache.get(key, 0)) for key in self._keys())
        of_pair = 1 if account >= FAILURES_OF_ACCOUNT else FAILURES_OF_PAIR
        return pair >= of_pair or network >= FAILURES_OF_NETWORK

    def failed(self) -> None:
        for key in self._keys():
            cache.add(key, 0, LOCKED_FOR.seconds)
            try:
                cache.incr(key)
            except ValueError:  # it ran out between the two
                cache.set(key, 1, LOCKED_FOR.seconds)
        # Once in a while for each account that exists: the trail is no place to fill up.
        if cache.add(f"{self._account}:noted", True, LOCKED_FOR.seconds):
            user = User.objects.filter(username__iexact=self._name).first()
            if user is not None:
                record(Action.SIGN_IN_FAILED, user, by=None)

    def succeeded(self) -> None:
        cache.delete(self._pair)

    def _keys(self) -> Iterator[str]:
        yield from (self._pair, self._network, self._account)


def _key(kind: str, text: str) -> str:
    return f"sign-in:{kind}:{salted_hmac('portal.signing_in', text).hexdigest()}"


def _network(address: str) -> str:
    """The network that one attacker may have whole: a /64 of IPv6, one address of IPv4."""
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return ""
    bits = 64 if client.version == 6 else 32
    return str(ipaddress.ip_network((client, bits), strict=False))

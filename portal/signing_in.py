"""Who signs in, and who tries to: noted in the audit trail, and slowed down.

A pair of account and network is locked for a while after a few failures, so that whoever guesses at
an account from elsewhere does not lock its owner out; a network that guesses at many accounts is
locked for all of them, and an account guessed at from many networks answers each of them less often.
Accounts and networks stand in the cache as keyed hashes, for minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from editing.models import Action, User
from editing.notifying import notify
from editing.public_forms import network_of
from editing.trail import record

LOCKED_FOR = timedelta(minutes=15)
FAILURES_OF_PAIR = 5
FAILURES_OF_NETWORK = 30
# With many networks at hand, an attacker gets this many tries in fifteen minutes, and then the pair's
# limit is one failure.
FAILURES_OF_ACCOUNT = 50
# Three of a million codes are right at a time: a thousand tries a day would find one in a year, and
# the owner hears of the first ten.
FAILURES_OF_SECOND_STEP = 10
SOMEBODY_KNOWS = _(
    "Somebody who knows your password has tried wrong codes. If it was not you, change the password."
)


class StaffLoginForm(AdminAuthenticationForm):
    """Its first field is called `login` in the page, which outside checks rely on."""

    def add_prefix(self, field_name: str) -> str:
        return super().add_prefix("login" if field_name == "username" else field_name)

    def clean(self) -> dict[str, object]:
        name = str(self.cleaned_data.get("username") or "")
        if self.request is None or not (name and self.cleaned_data.get("password")):
            return super().clean()
        attempt = Attempt(self.request, name)
        attempt.refuse_if_locked()  # the password is not even looked at
        try:
            cleaned = super().clean()
        except ValidationError:
            attempt.failed()
            raise
        attempt.succeeded()
        return cleaned


class StaffLogin(LoginView):
    """The only way into the staff pages; allauth asks for the second factor where there is one."""

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        # Whoever has just typed his password need not type it again to set up a second factor.
        record_authentication(self.request, user, method="password", reauthenticated=True)
        login = Login(user=user, redirect_url=self.get_success_url())
        response: HttpResponse = perform_login(self.request, login)
        return response


class Attempt:
    """To sign in with a password."""

    step = ""
    refusal = _(
        "Signing in is locked for %(minutes)d minutes after too many wrong passwords. "
        "Another administrator can make a one-time link for you."
    )

    def __init__(self, request: HttpRequest, name: str) -> None:
        account = f"{self.step}{name.strip().casefold()[:150]}"
        network = network_of(request.META.get("REMOTE_ADDR", ""))
        self._account, self._name = _key("account", account), name.strip()[:150]
        self._network = _key("network", network)
        self._pair = _key("pair", f"{account}\n{network}")

    def is_locked(self) -> bool:
        pair, network, account = (int(cache.get(key, 0)) for key in self._keys())
        of_pair = 1 if account >= FAILURES_OF_ACCOUNT else FAILURES_OF_PAIR
        return pair >= of_pair or network >= FAILURES_OF_NETWORK

    def refuse_if_locked(self) -> None:
        if self.is_locked():
            minutes = LOCKED_FOR.seconds // 60
            raise ValidationError(self.refusal, code="locked", params={"minutes": minutes})

    def failed(self) -> None:
        for key in self._keys():
            cache.add(key, 0, LOCKED_FOR.seconds)
            try:
                cache.incr(key)
            except ValueError:  # it ran out between the two
                cache.set(key, 1, LOCKED_FOR.seconds)
        self._note()

    def _note(self) -> None:
        # Once in a while for each account that exists: the trail is no place to fill up.
        if cache.add(f"{self._account}:noted", True, LOCKED_FOR.seconds):
            user = User.objects.filter(username__iexact=self._name).first()
            if user is not None:
                record(Action.SIGN_IN_FAILED, user, by=None)

    def succeeded(self) -> None:
        cache.delete(self._pair)

    def _keys(self) -> Iterator[str]:
        yield from (self._pair, self._network, self._account)


class SecondAttempt(Attempt):
    """To prove the second factor. Whoever tries has the password already, so what is guessed wrong
    closes this step for everybody, and the owner is told; a trusted computer needs no code, and a
    passkey has a counter of its own."""

    refusal = _(
        "This step is locked for %(minutes)d minutes after too many wrong codes. "
        "Another administrator can make a one-time link for you."
    )

    def __init__(self, request: HttpRequest, name: str, kind: str = "code") -> None:
        self.step = f"{kind}\n"
        super().__init__(request, name)

    def is_locked(self) -> bool:
        return super().is_locked() or int(cache.get(self._account, 0)) >= FAILURES_OF_SECOND_STEP

    def _note(self) -> None:
        user = User.objects.filter(username=self._name).first()
        if user is None:
            return
        record(Action.SECOND_STEP_FAILED, user, by=None)
        if int(cache.get(self._account, 0)) == FAILURES_OF_SECOND_STEP:
            notify([user], SOMEBODY_KNOWS, about=user, path=reverse("account"))


def _key(kind: str, text: str) -> str:
    return f"sign-in:{kind}:{salted_hmac('portal.signing_in', text).hexdigest()}"

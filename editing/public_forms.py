"""Forms that anybody may send, without an account and without a cookie.

A form is taken when the browser says that it comes from a page of this site, when it carries the stamp
of a page that the portal has made lately, when the field that no person sees is empty, and when its
network has not sent too many. Whatever is refused comes back with all that was typed:

    form = RatingForm(request, subject=str(article.pk))
    if request.method == "POST" and form.is_valid(): …
    return render(request, "….html", {"form": form}, status=form.status)

The view is `csrf_exempt`, because Django's own token needs a cookie. The template has
`{% include "components/form_guard.html" %}` inside the form, and `components/form_field.html` for each
field. What is kept about a sender is a keyed hash in the memory of this process, for a day at most.
"""

from __future__ import annotations

import ipaddress
import secrets
import time
from collections import deque
from datetime import date, timedelta
from threading import Lock
from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

TRAP, STAMP = "website", "stamp"


class Throttle:
    """At most so many in so long, for one sender.

    Each worker counts for itself, so that nothing about a reader is written down anywhere; with
    several workers the true limit is a few times as high, which is enough against a flood.
    """

    MOST_SENDERS = 20_000  # remembered at once; the oldest is forgotten first
    _all: ClassVar[list[Throttle]] = []

    def __init__(self, most: int, within: timedelta) -> None:
        self._most, self._within = most, within.total_seconds()
        self._lock = Lock()
        self.forget()
        self._all.append(self)

    @classmethod
    def forget_all(cls) -> None:
        for throttle in cls._all:
            throttle.forget()

    def forget(self) -> None:
        self._day, self._salt = 0, b""
        self._taken: dict[str, deque[float]] = {}

    def takes(self, sender: str) -> bool:
        """Counts this one, if it is within the limit."""
        now = time.time()
        with self._lock:
            self._begin_day(int(now // 86400))
            key = salted_hmac("editing.public_forms", sender, secret=self._salt).hexdigest()
            moments = self._taken.pop(key, deque())
            while moments and moments[0] <= now - self._within:
                moments.popleft()
            if is_free := len(moments) < self._most:
                moments.append(now)
            self._taken[key] = moments
            if len(self._taken) > self.MOST_SENDERS:
                del self._taken[next(iter(self._taken))]
        return is_free

    def _begin_day(self, day: int) -> None:
        """A new salt every day: yesterday's hashes can be compared with nothing any more."""
        if day != self._day:
            self._day, self._salt, self._taken = day, secrets.token_bytes(32), {}


class Stamp:
    """Proof that the portal has made the page that a form stands in, on this day or the day before.

    It names the day of the agency: at midnight every kept page ends in any case, so that a page from
    a cache has the very stamp that a new one has.
    """

    LIFE = timedelta(days=1)  # after the day it was made on

    def __init__(self, purpose: str) -> None:
        self._signer = signing.Signer(salt=f"editing.public_forms:{purpose}", sep=".")

    def fresh(self) -> str:
        return self._signer.sign(timezone.localdate().isoformat())

    def is_good(self, given: str) -> bool:
        try:
            made_on = date.fromisoformat(self._signer.unsign(given))
        except (signing.BadSignature, ValueError):
            return False
        return made_on <= timezone.localdate() <= made_on + self.LIFE


class PublicForm(forms.Form):
    """A form of a public page. `purpose` names the kind of form, `subject` what it is about; a page's
    stamp is good for that kind and subject alone."""

    purpose: ClassVar[str]
    throttles: ClassVar[tuple[Throttle, ...]] = ()

    def __init__(self, request: HttpRequest, *, subject: str = "", **kwargs: Any) -> None:
        self.request = request
        self._stamp = Stamp(f"{self.purpose}:{subject}")
        if request.method == "POST":
            kwargs |= {"data": request.POST, "files": request.FILES}
        super().__init__(**kwargs)

    @property
    def stamp(self) -> str:
        """Always a new one: the page that comes back can be sent at once."""
        return self._stamp.fresh()

    @property
    def status(self) -> int:
        """Of the page that shows the form."""
        if not self.is_bound or self.is_valid():
            return 200
        codes = {error.code for error in self.errors.as_data().get(NON_FIELD_ERRORS, [])}
        return 403 if "elsewhere" in codes else 429 if "too_many" in codes else 400

    def full_clean(self) -> None:
        """Who sends it is asked first, and too many only of what would be taken otherwise."""
        super().full_clean()
        if not self.is_bound:
            return
        try:
            self._refuse_strangers()
            if not self.errors:
                self._refuse_floods()
        except ValidationError as error:
            self.add_error(None, error)

    def _refuse_strangers(self) -> None:
        if not is_same_origin(self.request):
            raise ValidationError(
                _("This form was sent from another site. Send it again from this page."),
                code="elsewhere",
            )
        if not self._stamp.is_good(str(self.data.get(STAMP, ""))[:200]):
            raise ValidationError(
                _("This page was open for a long time. Nothing is lost: send it once more."),
                code="stale",
            )
        if self.data.get(TRAP):
            raise ValidationError(
                _("A field that must stay empty was filled in. Send it once more."), code="trap"
            )

    def _refuse_floods(self) -> None:
        sender = network_of(self.request.META.get("REMOTE_ADDR", ""))
        if not all(throttle.takes(sender) for throttle in self.throttles):
            raise ValidationError(
                _("Too much was sent from your network. Nothing is lost: try again later."),
                code="too_many",
            )


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site has sent it."""
    site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "")
    own = f"{request.scheme}://{request.get_host()}"
    if site:
        return site == "same-origin" and origin in ("", "null", own)
    return constant_time_compare(origin, own)


def network_of(address: str) -> str:
    """What one sender may have whole: a /64 of IPv6, one address of IPv4."""
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return ""
    bits = 64 if client.version == 6 else 32
    return str(ipaddress.ip_network((client, bits), strict=False))

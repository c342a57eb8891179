"""The pages of alerts. Nothing happens on a GET: mail programs open every link beforehand."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from editing.public_forms import is_same_origin
from portal.alerts import links
from portal.alerts.forms import SubscribeForm, TopicsForm, mails_to_address
from portal.alerts.models import Subscription

View = Callable[..., HttpResponse]


def _form_page(view: View) -> View:
    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(view))


def _private(view: View) -> View:
    """The address is the secret: kept in no cache, in no index, told to no other site."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    guarded.counts_visits = False  # type: ignore[attr-defined]
    return guarded


@_form_page
def subscribe(request: HttpRequest) -> HttpResponse:
    """The answer is the same for an address that is known and for one that is not."""
    asked = request.GET.getlist("topic")[:1]
    form = SubscribeForm(request, initial={"topics": asked or ["news", "notices"]})
    if request.method == "POST" and settings.HAS_MAIL_SERVER and form.is_valid():
        _ask(form)
        return HttpResponseRedirect(reverse("alerts:subscribe") + "?sent=1")
    context = {
        "form": form,
        "is_sent": "sent" in request.GET and request.method != "POST",
        "can_mail": settings.HAS_MAIL_SERVER,
    }
    return render(request, "alerts/subscribe.html", context, status=form.status)


@transaction.atomic
def _ask(form: SubscribeForm) -> None:
    email = form.cleaned_data["email"].strip().lower()
    if not mails_to_address.takes(email):
        return
    row = Subscription.objects.create(
        email=email,
        language=get_language() or settings.LANGUAGE_CODE,
        rhythm=form.cleaned_data["rhythm"],
    )
    form.write_topics(row)


@_form_page
@_private
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    row = links.find_to_confirm(token)
    if row is None:
        return render(request, "alerts/over.html", status=410)
    if request.method == "POST" and is_same_origin(request):
        _confirm(row)
        return HttpResponseRedirect(
            reverse("alerts:manage", args=[links.token_of(row)]) + "?done=confirmed"
        )
    return render(request, "alerts/confirm.html", {"row": row})


@transaction.atomic
def _confirm(row: Subscription) -> None:
    """What was asked for last holds; an address has one subscription."""
    Subscription.objects.filter(email=row.email).exclude(pk=row.pk).delete()
    now = timezone.now()
    # Who wants them collected waits for the next morning.
    asked = Subscription.objects.filter(pk=row.pk, confirmed_at=None)
    asked.update(confirmed_at=now, digest_at=now)


@_form_page
@_private
def manage(request: HttpRequest, token: str) -> HttpResponse:
    row = links.find(token)
    if row is None:
        return render(request, "alerts/over.html", status=410)
    chosen = [topic.key for topic in row.topics.all()]
    form = TopicsForm(request, subject=row.secret, initial={"topics": chosen, "rhythm": row.rhythm})
    if request.method == "POST" and form.is_valid():
        _change(row, form)
        return HttpResponseRedirect(request.path + "?done=saved")
    done = request.GET.get("done", "") if request.method != "POST" else ""
    context: dict[str, Any] = {"form": form, "row": row, "token": token, "done": done}
    return render(request, "alerts/manage.html", context, status=form.status)


@transaction.atomic
def _change(row: Subscription, form: TopicsForm) -> None:
    Subscription.objects.filter(pk=row.pk).update(rhythm=form.cleaned_data["rhythm"])
    form.write_topics(row)


@_form_page
@_private
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """One POST, from the button here or from the receiver's mail service (RFC 8058), which carries no
    Origin. Whoever holds the link may; a second time is answered like the first."""
    row = links.find(token)
    if request.method == "POST":
        if row is not None:
            row.delete()
        return render(request, "alerts/unsubscribed.html")
    if row is None:
        return render(request, "alerts/unsubscribed.html")
    return render(request, "alerts/unsubscribe.html", {"row": row, "token": token})

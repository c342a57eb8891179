from __future__ import annotations

import ipaddress
import json
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from editing.codes import qr_in_page
from editing.models import Action, OneTimeLink, TrustedComputer, User
from editing.trail import record
from portal.access import computers, duty, links
from portal.access.forms import NewPasswordForm, PasswordAgainForm
from portal.access.pages import StaffRequest
from portal.access.sealed import Unreadable


class SecondStepView(AuthenticateView):
    template_name = "admin/access/second_step.html"

    def form_valid(self, form: Any) -> HttpResponse:
        user = self.stage.login.user
        response: HttpResponse = super().form_valid(form)
        if "trust" in self.request.POST:
            computers.trust(self.request, user, response)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        factors = Authenticator.objects.filter(user=self.stage.login.user)
        return context | {
            "title": _("Second factor"),
            "options": _options(context),
            "has_passkey": factors.filter(type=Authenticator.Type.WEBAUTHN).exists(),
        }


def _options(context: dict[str, Any]) -> str:
    """What a browser is asked for, as `static/staff/passkey.js` reads it."""
    (asked,) = context["js_data"].values()
    return json.dumps(asked, cls=DjangoJSONEncoder)


@require_http_methods(["GET", "HEAD", "POST"])
def one_time_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Opening the link does nothing, so that a chat program may look at it."""
    link = links.find(secret)
    if link is None:
        return _link_page(request, None, None)
    form: Any = _link_form(request, link)
    if request.method != "POST" or not form.is_valid():
        return _link_page(request, link, form)
    try:
        links.use(link, password=form.cleaned_data.get("new_password1", ""))
    except links.Used:
        return _link_page(request, None, None)
    user = link.user
    record_authentication(request, user, method="password", reauthenticated=True)
    answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=reverse("account")))
    return answer


def _link_form(request: HttpRequest, link: OneTimeLink) -> Any:
    data = request.POST if request.method == "POST" else None
    form = NewPasswordForm if link.sets_password else PasswordAgainForm
    return form(user=link.user, data=data)


def _link_page(request: HttpRequest, link: OneTimeLink | None, form: Any) -> HttpResponse:
    rules = password_validators_help_texts() if link and link.sets_password else []
    title = _("Set your password") if rules else _("Begin anew with the second factor")
    context = {"link": link, "form": form, "rules": rules}
    context["title"] = title if link else _("This link is over")
    status = 200 if link else 410
    page = TemplateResponse(request, "admin/access/link.html", context, status=status)
    # Its address goes to no other site; without any referrer a browser would hide its own origin too.
    page.headers["Referrer-Policy"] = "same-origin"
    return page


@require_safe
def own_account(request: StaffRequest) -> HttpResponse:
    context = {**account_of(request.user), "title": _("My account"), "is_own": True}
    context |= {
        "days_left": duty.days_left(request.user),
        "is_due": duty.is_due_from(request.user),
        "passkeys_possible": passkeys_are_possible(request),
        "this_session": request.session.session_key,
    }
    return TemplateResponse(request, "admin/access/account.html", context)


def account_of(user: User) -> dict[str, Any]:
    """Factors, trusted computers and sessions of a member of staff, for him or an administrator."""
    factors = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    codes = next((row for row in factors if row.type == Authenticator.Type.RECOVERY_CODES), None)
    sessions = UserSession.objects.purge_and_list(user)
    return {
        "app": next((row for row in factors if row.type == Authenticator.Type.TOTP), None),
        "passkeys": [row for row in factors if row.type == Authenticator.Type.WEBAUTHN],
        "codes_left": _codes_left(codes) if codes else None,
        "computers": list(TrustedComputer.objects.valid().filter(user=user)),
        "sessions": [
            (session, computers.name_of(session.user_agent))
            for session in sorted(sessions, key=lambda row: row.created_at, reverse=True)
        ],
    }


def _codes_left(codes: Authenticator) -> int:
    try:
        return len(codes.wrap().get_unused_codes())
    except Unreadable:
        return 0


def passkeys_are_possible(request: HttpRequest) -> bool:
    """A passkey belongs to a name, and an address is none."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return True
    return False


class AppView(ActivateTOTPView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        adapter = get_adapter()
        return context | {
            "title": _("App with codes"),
            "secret": " ".join(groups),
            "code": qr_in_page(adapter.build_totp_url(self.request.user, secret)),
        }


class NewPasskeyView(AddWebAuthnView):
    template_name = "admin/access/passkey.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not passkeys_are_possible(request):
            messages.error(request, _("Passkeys need a name: open the portal as http://localhost."))
            return redirect("account")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # allauth's own leaves out the form that was sent.
        context = {**super().get_context_data(**kwargs), **kwargs}
        return context | {"title": _("New passkey"), "options": _options(context)}


class RemovePasskeyView(RemoveWebAuthnView):
    template_name = "admin/access/remove.html"


class PasskeyAgainView(ReauthenticateWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"options": _options(context)}

    def form_invalid(self, form: Any) -> HttpResponse:
        for message in form.errors.get("credential", []):
            messages.error(self.request, message)
        return redirect(self.request.get_full_path())


@require_POST
def revoke_computer(request: StaffRequest, pk: int) -> HttpResponse:
    computer = get_object_or_404(TrustedComputer, pk=pk, user=request.user)
    computers.revoke(computer, by=request.user)
    messages.success(request, _("That computer is asked for the second factor again."))
    return redirect("account")


@require_POST
def end_session(request: StaffRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    end(session, by=request.user)
    messages.success(request, _("That session has ended."))
    return redirect(f"{reverse('account')}#sessions")


def end(session: UserSession, *, by: User) -> None:
    record(Action.SESSION_ENDED, session.user, by=by, note=computers.name_of(session.user_agent))
    session.end()

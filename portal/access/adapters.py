"""What allauth asks of the portal. Nobody signs up, confirms a mail or resets a password through it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from editing.models import Action, User
from editing.trail import record
from portal.access.sealed import seal, unseal
from portal.models import Agency

# What is said after a step, by the name of allauth's own text for it.
_SAID = {
    "mfa/messages/totp_activated.txt": gettext_lazy("The app is set up."),
    "mfa/messages/totp_deactivated.txt": gettext_lazy("The app was removed."),
    "mfa/messages/webauthn_added.txt": gettext_lazy("The key was added."),
    "mfa/messages/webauthn_removed.txt": gettext_lazy("The key was removed."),
    "mfa/messages/recovery_codes_generated.txt": gettext_lazy(
        "New recovery codes are there: print them now."
    ),
}
_WAYS = {
    "reauthenticate": gettext_lazy("Use the password"),
    "mfa_reauthenticate": gettext_lazy("Use a code"),
    "mfa_reauthenticate:webauthn": gettext_lazy("Use a passkey"),
}
FACTORS = {
    Authenticator.Type.TOTP: gettext_lazy("app with codes"),
    Authenticator.Type.WEBAUTHN: gettext_lazy("passkey"),
    Authenticator.Type.RECOVERY_CODES: gettext_lazy("recovery codes"),
}


class StaffAccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_password": gettext_lazy("The password is wrong."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        # `ClientAddressMiddleware` has decided; a socket peer has no address.
        return request.META.get("REMOTE_ADDR") or "127.0.0.1"

    def get_login_stages(self) -> list[str]:
        return ["portal.access.stages.SecondStep"]

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        if not (user.is_active and user.is_staff):
            raise PermissionDenied

    def login(self, request: HttpRequest, user: Any) -> None:
        ways = _proofs(request, user)
        super().login(request, user)
        record(Action.SIGNED_IN, user, by=user, note=ways)

    def is_safe_url(self, url: str | None) -> bool:
        """Within the portal alone, whatever other names it answers to."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        ways = super().get_reauthentication_methods(user)
        return [way | {"description": _WAYS[way["id"]]} for way in ways]

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        said = message or _SAID.get(message_template or "")
        if said:
            messages.add_message(request, level, str(said), extra_tags=extra_tags)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        raise PermissionDenied


def _proofs(request: HttpRequest, user: User) -> str:
    """With what he has proven himself, beside the password, for the trail."""
    rows = get_authentication_records(request, user)
    kinds = {row["type"] for row in rows if row.get("method") == "mfa"}
    with translation.override(user.language):
        return ", ".join(str(FACTORS[kind]) for kind in Authenticator.Type if kind in kinds)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This was not right. Try once more."),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Recovery codes come with an app or a passkey: set one up first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_label(self, user: Any) -> str:
        return user.get_username()

    def get_totp_issuer(self) -> str:
        return self._get_site_name()

    def generate_authenticator_name(self, user: Any, kind: Any) -> str:
        number = Authenticator.objects.filter(user=user, type=kind).count() + 1
        return _("Passkey %d") % number

    def _get_site_name(self) -> str:
        agency = Agency.load()
        return agency.short_name or agency.name

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        said = super().get_public_key_credential_user_entity(user)
        return said | {"display_name": str(user), "name": user.get_username()}

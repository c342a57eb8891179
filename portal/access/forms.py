"""allauth's forms, with the throttle of the sign-in before them and no fault behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.signing_in import Attempt, SecondAttempt

# Longer than a code is taken for right, so that none is used twice.
_CODE_LIVES = 120  # seconds
LONGEST_CREDENTIAL = 20_000  # characters; real ones have two thousand


def _guarded(attempt: Attempt, check: Callable[[], Any]) -> Any:
    attempt.refuse_if_locked()
    try:
        found = check()
    except ValidationError:
        attempt.failed()
        raise
    attempt.succeeded()
    return found


class _Code(forms.Form):
    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].max_length = 20  # type: ignore[attr-defined]
        self.fields["code"].widget = forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 20}
        )

    def clean_code(self) -> str:
        attempt = SecondAttempt(context.request, self.user.get_username())
        code: str = _guarded(attempt, super().clean_code)  # type: ignore[misc]
        if not cache.add(f"code-used:{self.user.pk}:{code.strip()}", True, _CODE_LIVES):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_Code, AuthenticateForm):
    pass


class CodeAgainForm(_Code, ReauthenticateForm):
    pass


class FirstCodeForm(_Code, ActivateTOTPForm):
    pass


class PasswordAgainForm(PasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.fields["password"].widget = forms.PasswordInput(
            attrs={"autocomplete": "current-password"}
        )

    def clean_password(self) -> str:
        attempt = Attempt(context.request, self.user.get_username())
        password: str = _guarded(attempt, super().clean_password)
        return password


class _SentJSON(forms.JSONField):
    """Django's own reads lists in lists until Python gives up."""

    def to_python(self, value: Any) -> Any:
        if len(str(value or "")) > LONGEST_CREDENTIAL:
            raise get_adapter().validation_error("incorrect_code")
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise get_adapter().validation_error("incorrect_code") from error


class _Credential(forms.Form):
    """What a browser says of a key comes from outside: whatever is wrong with it is a refusal."""

    credential = _SentJSON(widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        self._refuse_oddities()
        return self._calmly(getattr(super(), "clean_credential", self._as_it_is))

    def _as_it_is(self) -> Any:
        return self.cleaned_data["credential"]

    def _refuse_oddities(self) -> None:
        raw = str(self.data.get("credential") or "")
        is_object = isinstance(self.cleaned_data["credential"], dict)
        if "\\u0000" in raw or not is_object:
            raise get_adapter().validation_error("incorrect_code")

    def _calmly(self, check: Callable[[], Any]) -> Any:
        try:
            return check()
        except ValidationError:
            raise
        except Exception as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyForm(_Credential, AuthenticateWebAuthnForm):
    def clean_credential(self) -> Any:
        attempt = SecondAttempt(context.request, self.user.get_username(), "passkey")
        return _guarded(attempt, super().clean_credential)


class PasskeyAgainForm(_Credential, ReauthenticateWebAuthnForm):
    def clean_credential(self) -> Any:
        attempt = SecondAttempt(context.request, self.user.get_username(), "passkey")
        return _guarded(attempt, super().clean_credential)


class NewPasskeyForm(_Credential, AddWebAuthnForm):
    name = forms.CharField(
        label=_("Name of the key"),
        required=False,
        max_length=60,
        help_text=_("So that you know it again. Example: “My telephone”"),
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = self._calmly(super().clean)
        return found


class NewPasswordForm(SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The page lists the rules itself.
        self.fields["new_password1"].help_text = ""

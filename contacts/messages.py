"""Why a phone number was refused, in the reader's language."""

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from contacts.phones import PhoneError

_MESSAGES: dict[str, Promise | str] = {
    "empty": _("Write a phone number."),
    "not_a_number": _("“%(typed)s” is no phone number. Example: 0257 3503 168"),
    "no_leading_zero": _("“%(typed)s” begins without 0. Example: 0257 3503 168"),
    "old": _("“%(typed)s” is a number of before 2017 or 2018. Today it is %(today)s."),
    "too_short": _("“%(typed)s” has only %(digits)s digits: some are missing."),
    "too_long": _("“%(typed)s” has %(digits)s digits: there are too many."),
    "unknown": _("“%(typed)s” begins with digits that no network in Viet Nam has."),
}


def phone_error_message(error: PhoneError) -> str:
    params = {name: Truncator(text).chars(60) for name, text in error.params.items()}
    return str(_MESSAGES[error.code]) % params

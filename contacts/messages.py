"""Why a phone number was refused, in the reader's language."""

from contacts.phones import PhoneError


def phone_error_message(error: PhoneError) -> str:
    return str(error)

"""The numbers of a unit, a post or an official, made of what was typed in one field."""

from __future__ import annotations

from contacts import phones
from contacts.messages import phone_error_message
from contacts.models import HasNumbers, PhoneNumber

LONGEST_TEXT = 1000  # characters


def check_numbers(text: str) -> tuple[list[phones.ParsedNumber], list[str]]:
    """Every number that can be read, and a reason for every one that cannot be kept as it is.

    A number of before 2017 or 2018 is read and refused: whoever typed it takes the new one.
    """
    try:
        numbers = phones.parse_numbers(text[:LONGEST_TEXT]) if text.strip() else []
    except phones.PhoneError as error:
        return [], [phone_error_message(error)]
    old = [number for number in numbers if number.replaces]
    return numbers, [reason_old(number) for number in old]


def reason_old(number: phones.ParsedNumber) -> str:
    today = phones.national(number)
    return phone_error_message(phones.PhoneError("old", typed=number.replaces, today=today))


def write_numbers(owner: HasNumbers, text: str) -> bool:
    """Makes the owner's numbers those of the text, and keeps the text; tells whether any changed.

    A number that stays keeps what staff said about it. “(nội bộ)” makes it internal; taking the
    word away does not make it public. Raises PhoneError.
    """
    parsed = phones.parse_numbers(text) if text.strip() else []
    known = {number.uri: number for number in owner.phonenumbers.all()}  # type: ignore[attr-defined]
    changed = False
    for position, each in enumerate(parsed, start=1):
        row = known.pop(phones.tel_uri(each), None)
        changed |= row is None
        _write_number(owner, row or PhoneNumber(label=each.label), each, position)
    for left in known.values():
        left.delete()
    changed |= bool(known)
    if changed or owner.numbers_as_typed != text:
        # Also when the text is the same: the owner's version says that something has changed.
        owner.numbers_as_typed = text
        owner.save()
    return changed


def _write_number(
    owner: HasNumbers, row: PhoneNumber, parsed: phones.ParsedNumber, position: int
) -> None:
    before = (row.pk, row.raw, row.position, row.is_public)
    setattr(row, owner._meta.model_name or "", owner)
    row.raw, row.position = parsed.raw[:120], position
    row.is_public = row.is_public and not parsed.is_internal
    row.take(parsed)
    if before != (row.pk, row.raw, row.position, row.is_public) or row.pk is None:
        row.save()

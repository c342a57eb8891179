"""Officials as vCards: 3.0, which every phone reads, UTF-8 and folded (RFC 2426, RFC 6350 §3.2)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from contacts.models import Appointment, PhoneNumber

CONTENT_TYPE = "text/vcard; charset=utf-8"

_TYPES = {"mobile": "CELL", "landline": "WORK,VOICE", "fax": "WORK,FAX"}


def vcards(appointments: Iterable[Appointment], *, agency: str) -> str:
    return "".join(vcard(appointment, agency=agency) for appointment in appointments)


def vcard(appointment: Appointment, *, agency: str) -> str:
    """One card, each line ended with CRLF; never empty of N and FN."""
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"UID:appointment-{appointment.pk}",
        f"FN:{_escape(appointment.person.name)}",
        f"N:{_name(appointment)}",
        f"ORG:{_escape(agency)};{_escape(appointment.post.unit.name)}",
        f"TITLE:{_escape(str(appointment.title))}",
        *[_tel(number) for number in appointment.public_numbers],
        *_note(appointment),
        "END:VCARD",
    ]
    return "".join(_fold(line) + "\r\n" for line in lines)


def _name(appointment: Appointment) -> str:
    """Family name; given name; middle names; honorific. A Vietnamese name begins with the family
    name and ends with the given one."""
    words = appointment.person.name.split()
    family, given, middle = words[0], words[-1] if len(words) > 1 else "", " ".join(words[1:-1])
    honorific = appointment.person.get_honorific_display()
    return ";".join(_escape(part) for part in (family, given, middle, honorific, ""))


def _tel(number: PhoneNumber) -> str:
    kinds = _TYPES.get(number.kind, "VOICE")
    extension = f";ext={number.extension}" if number.extension else ""
    return f"TEL;TYPE={kinds}:{number.e164 or number.dial}{extension}"


def _note(appointment: Appointment) -> list[str]:
    if appointment.is_confirmed:
        return []
    return [f"NOTE:{_escape(_('Not confirmed'))}"]


def _escape(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n")


def _fold(line: str) -> str:
    """Lines of at most 75 octets, never cut inside a character."""
    folded, length = "", 0
    for character in line:
        size = len(character.encode())
        if length + size > 75:
            folded, length = folded + "\r\n ", 1
        folded, length = folded + character, length + size
    return folded

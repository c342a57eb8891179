"""Officials as vCards: 4.0 (RFC 6350), and 3.0 (RFC 2426) for old phones. UTF-8, folded."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.models import Appointment, ChannelKind, PhoneNumber
from editing.models import Photo

CONTENT_TYPE = "text/vcard; charset=utf-8"
VERSIONS = ("4.0", "3.0")

_TYPES = {"mobile": "cell", "landline": "work,voice", "fax": "work,fax"}


def vcards(appointments: Iterable[Appointment], *, agency: str, version: str = "4.0") -> str:
    return "".join(vcard(row, agency=agency, version=version) for row in appointments)


def vcard(
    appointment: Appointment, *, agency: str, version: str = "4.0", short: bool = False
) -> str:
    """One card, each line ended with CRLF; never empty of N and FN.

    The short one holds what a QR code can: no photo, no addresses of pages.
    """
    lines = [
        "BEGIN:VCARD",
        f"VERSION:{version}",
        f"FN:{_escape(appointment.person.name)}",
        f"N:{_name(appointment)}",
        f"ORG:{_escape(agency)};{_escape(appointment.post.unit.name)}",
        f"TITLE:{_escape(appointment.title)}",
        *[_tel(number, version) for number in appointment.public_numbers],
        *_addresses(appointment),
        *([] if short else _details(appointment, version)),
        *_note(appointment),
        "END:VCARD",
    ]
    return "".join(_fold(line) + "\r\n" for line in lines)


def _name(appointment: Appointment) -> str:
    """Family name; given name; middle names; honorific. A Vietnamese name begins with the family
    name and ends with the given one."""
    words = appointment.person.name.split() or [""]
    family, given, middle = words[0], words[-1] if len(words) > 1 else "", " ".join(words[1:-1])
    honorific = appointment.person.get_honorific_display()
    return ";".join(_escape(part) for part in (family, given, middle, honorific, ""))


def _tel(number: PhoneNumber, version: str) -> str:
    kinds = _TYPES.get(number.kind, "voice")
    if version == "3.0":
        extension = f";ext={number.extension}" if number.extension else ""
        return f"TEL;TYPE={kinds.upper()}:{number.e164 or number.dial}{extension}"
    quoted = f'"{kinds}"' if "," in kinds else kinds
    # A short code is no global number, which a tel: address of RFC 3966 asks for.
    value = f";VALUE=uri:{number.uri}" if number.e164 else f":{number.dial}"
    return f"TEL;TYPE={quoted}{value}"


def _addresses(appointment: Appointment) -> list[str]:
    """E-mail, and other channels as addresses."""
    names = {ChannelKind.EMAIL.value: "EMAIL;TYPE=work"}
    return [
        f"{names.get(channel.kind, 'URL')}:{_escape(channel.value)}"
        for channel in appointment.public_channels
    ]


def _details(appointment: Appointment, version: str) -> list[str]:
    card = settings.SITE_URL + reverse("contacts:appointment_vcard", args=[appointment.pk])
    lines = [
        f"UID:urn:uuid:{_identity(appointment)}",
        f"SOURCE:{card}",
        f"URL:{settings.SITE_URL}{appointment.get_absolute_url()}",
        *_photo(appointment.person.portrait, version),
    ]
    if version == "3.0":
        return lines
    codes = {code for number in appointment.public_numbers for code in number.language_codes}
    return [*lines, "KIND:individual", *[f"LANG:{code}" for code in sorted(codes)]]


def _identity(appointment: Appointment) -> uuid.UUID:
    """The same in every language and version, so that a card that is saved again replaces itself."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.SITE_URL}/appointment/{appointment.pk}")


def _photo(photo: Photo | None, version: str) -> list[str]:
    """The smallest rendition inside the card: phones do not fetch one from an address."""
    if photo is None:
        return []
    path = Photo.path_of(photo.sha256, photo.widths[0], "jpg")
    if not default_storage.exists(path):
        return []
    with default_storage.open(path) as file:
        content = base64.b64encode(file.read()).decode()
    if version == "3.0":
        return [f"PHOTO;ENCODING=b;TYPE=JPEG:{content}"]
    return [f"PHOTO:data:image/jpeg;base64,{content}"]


def _note(appointment: Appointment) -> list[str]:
    if appointment.is_confirmed:
        return []
    return [f"NOTE:{_escape(_('Not confirmed'))}"]


def _escape(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return "\\n".join(escaped.splitlines())


def _fold(line: str) -> str:
    """Lines of at most 75 octets, never cut inside a character."""
    folded, length = [], 0
    for character in line:
        size = len(character.encode())
        if length + size > 75:
            folded.append("\r\n ")
            length = 1
        folded.append(character)
        length += size
    return "".join(folded)

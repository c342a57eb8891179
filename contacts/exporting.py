"""The public directory as tables: CSV and Excel for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contacts.models import Appointment, ChannelKind, NumberKind
from editing.spreadsheets import CSV_TYPE, EXCEL_TYPE

CONTENT_TYPES = {
    "csv": CSV_TYPE,
    "xlsx": EXCEL_TYPE,
    "json": "application/json; charset=utf-8",
}


def public_table(officials: Iterable[Appointment]) -> list[list[str]]:
    """A header and one line for each official, in the reader's language."""
    header = [
        *(_("Unit"), _("Post"), _("Honorific"), _("Full name"), _("Phone numbers")),
        *(_("Fax"), _("E-mail"), _("Other channels"), _("Confirmed on"), _("Page")),
    ]
    return [header, *[_line(official) for official in officials]]


def _line(official: Appointment) -> list[str]:
    faxes = [each for each in official.public_numbers if each.kind == NumberKind.FAX]
    phones = [each for each in official.public_numbers if each.kind != NumberKind.FAX]
    emails = [each for each in official.public_channels if each.kind == ChannelKind.EMAIL]
    others = [each for each in official.public_channels if each.kind != ChannelKind.EMAIL]
    day = official.confirmed_on
    return [
        official.post.unit.name,
        official.title,
        official.person.get_honorific_display(),
        official.person.name,
        "; ".join(each.shown_in_full for each in phones),
        "; ".join(each.shown_in_full for each in faxes),
        "; ".join(each.value for each in emails),
        "; ".join(each.value for each in others),
        date_format(day, "SHORT_DATE_FORMAT") if day else _("Not confirmed"),
        settings.SITE_URL + official.get_absolute_url(),
    ]


def public_data(officials: Iterable[Appointment]) -> list[dict[str, Any]]:
    """The same for programs: stable English keys, numbers in E.164."""
    return [_entry(official) for official in officials]


def _entry(official: Appointment) -> dict[str, Any]:
    return {
        "id": official.pk,
        "unit": official.post.unit.name,
        "title": official.title,
        "honorific": official.person.get_honorific_display(),
        "name": official.person.name,
        "numbers": [
            {
                "kind": number.kind,
                "label": number.label,
                "e164": number.e164,
                "extension": number.extension,
                "dial": number.dial,
                "shown": number.shown,
                "uri": number.uri,
                "languages": number.language_codes,
            }
            for number in official.public_numbers
        ],
        "channels": [
            {"kind": channel.kind, "label": channel.label, "value": channel.value}
            for channel in official.public_channels
        ],
        "away_until": official.absent_until if official.is_away else None,
        "confirmed_on": official.confirmed_on,
        "url": settings.SITE_URL + official.get_absolute_url(),
    }

"""The public directory as tables: CSV and Excel for people, JSON for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook

from contacts.models import Appointment, ChannelKind, NumberKind

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
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


def as_csv(table: Iterable[Sequence[str]]) -> bytes:
    """With a byte order mark, without which Excel shows Vietnamese as rubbish."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([map(_harmless, line) for line in table])
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet cannot take for a formula."""
    return f"'{cell}" if cell.startswith(("=", "@", "+", "-", "\t", "\r")) else cell


def as_excel(table: Sequence[Sequence[str]], *, title: str) -> bytes:
    """One sheet; every cell is text, so that no zero and no plus gets lost."""
    book = Workbook()
    sheet = book.active
    sheet.title = title[:31]
    sheet.freeze_panes = "A2"
    for number, line in enumerate(table, start=1):
        for column, text in enumerate(line, start=1):
            cell = sheet.cell(number, column, _printable(text))
            cell.data_type = "s"
            cell.number_format = "@"
    for column in sheet.columns:
        widest = max(len(str(cell.value or "")) for cell in column)
        sheet.column_dimensions[column[0].column_letter].width = min(max(widest + 2, 10), 50)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _printable(text: str) -> str:
    """Without control characters, which the format cannot hold."""
    return "".join(character for character in text if character >= " " or character in "\n\t")

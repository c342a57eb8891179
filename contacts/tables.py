"""CSV and Excel files that people send, as rows of text."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from typing import IO, Any
from xml.etree.ElementTree import ParseError

import defusedxml
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from contacts.importing import TableError

LARGEST_FILE = 5 * 2**20  # bytes
LARGEST_UNPACKED = 60 * 2**20  # an Excel file is a zip, and a small one may hold much
MOST_COLUMNS = 60
MOST_LINES = 20_000

Table = list[list[str]]


def read_table(file: IO[bytes], name: str) -> Table:
    """The cells of the first sheet, or of the CSV, as text. Raises TableError."""
    content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise TableError(_("The file is larger than %s MB.") % (LARGEST_FILE // 2**20))
    if content.startswith(b"PK"):
        return _read_excel(content)
    if name.lower().endswith((".xlsx", ".xls")):
        raise TableError(_("This is no Excel file of the kind .xlsx: save it again as one."))
    return _read_csv(content)


def _read_csv(content: bytes) -> Table:
    text = _decoded(content).replace("\x00", "")
    first_line = text.partition("\n")[0]
    # Excel in Vietnamese parts cells with semicolons.
    delimiter = max(";,\t", key=first_line.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [
            line[:MOST_COLUMNS] for _number, line in zip(range(MOST_LINES), lines, strict=False)
        ]
    except csv.Error as error:
        raise TableError(_("The file cannot be read as CSV: %s") % error) from error


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",)
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError(_("The letters of this file cannot be read: save it as “CSV UTF-8”."))


def _read_excel(content: bytes) -> Table:
    assert defusedxml  # openpyxl uses it where it is installed: no bombs in the XML
    file = io.BytesIO(content)
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST_UNPACKED:
                raise TableError(_("The file is too large when unpacked."))
        book = load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # What the file says of its size may be wrong.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=MOST_LINES, max_col=MOST_COLUMNS, values_only=True)
        return [_without_tail([_text(value) for value in row]) for row in rows]
    except (
        *(zipfile.BadZipFile, InvalidFileException, ParseError, defusedxml.DefusedXmlException),
        *(KeyError, IndexError, ValueError, TypeError, AttributeError, OSError, EOFError),
    ) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(_("This Excel file cannot be read: save it again as .xlsx.")) from error


def _without_tail(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: Any) -> str:
    """A cell as staff see it; a number loses the “.0” that Excel gives it."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool):
        return "x" if value else ""
    return str(value).replace("\x00", "")

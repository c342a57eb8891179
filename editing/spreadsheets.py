"""Tables for people to open in a spreadsheet: CSV and Excel, in which no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

CSV_TYPE = "text/csv; charset=utf-8"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Table = Sequence[Sequence[Any]]  # the first line has the headings

# A cell that begins like this is taken for a formula (OWASP, “CSV injection”).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_SHEET_NAME = 31
_NARROWEST, _WIDEST = 10, 60


def as_csv(table: Iterable[Sequence[Any]]) -> bytes:
    """With a byte order mark, without which Excel shows Vietnamese as rubbish."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([map(_inert, line) for line in table])
    return text.getvalue().encode("utf-8-sig")


def _inert(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_excel(sheets: Mapping[str, Table]) -> bytes:
    """A workbook with a sheet for each table. Texts are written as texts, so that no formula is
    calculated and no zero or plus gets lost; numbers and days as what they are."""
    book = Workbook(write_only=True)
    for name, table in sheets.items():
        sheet = book.create_sheet(name[:_LONGEST_SHEET_NAME])
        sheet.freeze_panes = "A2"
        for number, width in enumerate(_widths(table), start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        for line, cells in enumerate(table):
            sheet.append([_cell(sheet, value, is_heading=line == 0) for value in cells])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: Any, *, is_heading: bool) -> Any:
    cell = WriteOnlyCell(sheet)
    if isinstance(value, date):
        cell.value, cell.number_format = value, "dd/mm/yyyy"
    elif isinstance(value, int | float):
        cell.value, cell.number_format = value, "#,##0"
    else:
        # Written as a text even if it looks like a formula.
        cell.value, cell.number_format = _printable(str(value)), "@"
        cell.data_type = "s"
    if is_heading:
        cell.font = Font(bold=True)
    return cell


def _printable(text: str) -> str:
    """Without control characters, which the format cannot hold."""
    return "".join(character for character in text if character >= " " or character in "\n\t")


def _widths(table: Table) -> list[int]:
    columns = zip(*table, strict=True)
    longest = [max(len(str(cell)) for cell in column) for column in columns]
    return [min(max(length + 2, _NARROWEST), _WIDEST) for length in longest]

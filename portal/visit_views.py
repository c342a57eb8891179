"""The staff's pages about visits: report, files of it, and the sheet of a week."""

from __future__ import annotations

import csv
from io import BytesIO
from typing import Any

import xlsxwriter
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.visit_report import KEYS, PeriodForm, Report, table, today, told_period, usual_periods
from portal.week_sheet import Sheet, chosen_week
from stats import health

may_see = permission_required("stats.view_daytotal", raise_exception=True)

# A cell that begins so would be taken for a formula by a spreadsheet that opens the file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@may_see
def report(request: HttpRequest) -> TemplateResponse:
    form = _form(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Visit statistics"),
        "form": form,
        "usual": usual_periods(today()),
        "counter": health.look(),
        "report": Report(form.period, form.compared) if form.is_valid() else None,
    }
    if form.is_valid():
        context["period"] = told_period(form.period)
        context["compared"] = told_period(form.compared) if form.compared else ""
        context["query"] = _query(form)
    return TemplateResponse(request, "admin/visits/report.html", context)


def _form(request: HttpRequest) -> PeriodForm:
    """Bound to what was asked for; the last 30 days where nothing was."""
    if "tu" in request.GET or "den" in request.GET:
        return PeriodForm(request.GET)
    _label, (first, last) = usual_periods(today())[1]
    return PeriodForm({"tu": first, "den": last, "so_voi": PeriodForm.PREVIOUS})


def _query(form: PeriodForm) -> str:
    first, last = form.period
    return f"tu={first}&den={last}&so_voi={form.cleaned_data['so_voi']}"


def _asked_for(request: HttpRequest) -> tuple[PeriodForm, Report]:
    form = _form(request)
    if not form.is_valid():
        raise Http404
    return form, Report(form.period, form.compared)


@require_safe
@may_see
def report_csv(request: HttpRequest, key: str) -> HttpResponse:
    """One part of the report, all its rows."""
    if key not in KEYS:
        raise Http404
    form, found = _asked_for(request)
    headings, rows = table(found, key)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(form, key)}.csv"'
    response.write("\ufeff")  # by which Excel knows UTF-8
    writer = csv.writer(response)
    writer.writerow(headings)
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return response


def _harmless(cell: Any) -> Any:
    is_formula = isinstance(cell, str) and cell.startswith(_FORMULA)
    return f"'{cell}" if is_formula else cell


@require_safe
@may_see
def report_xlsx(request: HttpRequest) -> HttpResponse:
    """The whole report as a workbook, a sheet for each part."""
    form, found = _asked_for(request)
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        formats = {
            "heading": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "day": book.add_format({"num_format": "dd/mm/yyyy", "align": "left"}),
            "figure": book.add_format({"num_format": "#,##0"}),
        }
        for key in KEYS:
            _write_sheet(book.add_worksheet(_sheet_names()[key]), formats, *table(found, key))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(file.getvalue(), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(form)}.xlsx"'
    return response


def _write_sheet(sheet: Any, formats: dict[str, Any], headings: list[str], rows: Any) -> None:
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, 30, 14)
    sheet.freeze_panes(1, 1)
    sheet.write_row(0, 0, headings, formats["heading"])
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell, formats["figure"])
            elif isinstance(cell, str):
                sheet.write_string(number, column, cell)  # never a formula, never a link
            else:
                sheet.write_datetime(number, column, cell, formats["day"])


def _sheet_names() -> dict[str, str]:
    """At most 31 characters, as Excel wants it."""
    return {
        "days": _("Days"),
        "pages": _("Pages"),
        "categories": _("Categories"),
        "authors": _("Authors"),
        "referrers": _("Referring sites"),
        "devices": _("Devices"),
        "languages": _("Languages"),
        "hours": _("Hours of the week"),
        "robots": _("Automatic visits"),
    }


def _name(form: PeriodForm, key: str = "") -> str:
    first, last = form.period
    return "_".join(filter(None, ["thong-ke", key, str(first), str(last)]))


@require_safe
@may_see
def week(request: HttpRequest) -> TemplateResponse:
    """The sheet that the head of the agency gets every Monday, about the week before."""
    sheet = Sheet(chosen_week(request.GET.get("tuan", ""), today()))
    context = {**admin.site.each_context(request), "title": _("Sheet of the week"), "sheet": sheet}
    return TemplateResponse(request, "admin/visits/week.html", context)

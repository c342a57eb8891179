"""The staff's pages about visits: report, files of it, and the sheet of a week."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from editing.spreadsheets import CSV_TYPE, EXCEL_TYPE, as_csv, as_excel
from portal.search import in_vain
from portal.search.models import monday_of
from portal.visit_report import KEYS, PeriodForm, Report, table, today, told_period, usual_periods
from portal.week_sheet import Sheet, chosen_week
from stats import health

may_see = permission_required("stats.view_daytotal", raise_exception=True)


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
    response = HttpResponse(as_csv([headings, *rows]), content_type=CSV_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(form, key)}.csv"'
    return response


@require_safe
@may_see
def report_xlsx(request: HttpRequest) -> HttpResponse:
    """The whole report as a workbook, a sheet for each part."""
    form, found = _asked_for(request)
    sheets = {}
    for key in KEYS:
        headings, rows = table(found, key)
        sheets[_sheet_names()[key]] = [headings, *rows]
    response = HttpResponse(as_excel(sheets), content_type=EXCEL_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(form)}.xlsx"'
    return response


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


@require_safe
@may_see
def searches(request: HttpRequest) -> TemplateResponse:
    """What readers looked for and did not find, week by week; the present one where none is named."""
    this_monday = monday_of(today())
    monday, sunday = chosen_week(request.GET.get("tuan", ""), today() + timedelta(days=7))
    context = {
        **admin.site.each_context(request),
        "title": _("Searched for and not found"),
        "monday": monday,
        "sunday": sunday,
        "neighbours": [(monday + timedelta(days=days)).strftime("%G-W%V") for days in (-7, 7)],
        "is_over": monday < this_monday,
        "is_this_week": monday == this_monday,
        "searches": in_vain.told(monday),
        "fewest": in_vain.FEWEST_VISITORS,
    }
    return TemplateResponse(request, "admin/visits/searches.html", context)

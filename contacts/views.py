from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contacts import exporting, vcards
from contacts.directory import (
    answering,
    branches,
    holders_today,
    last_changed,
    ranked,
)
from contacts.hotline import hotline_officials
from contacts.hours import agency_timetable, timetable_of
from contacts.models import Appointment, Duty, Person, Unit
from editing import codes
from editing.languages import called, columns
from editing.spreadsheets import as_csv, as_excel
from editing.written import Written


@Written
def _duties() -> QuerySet[Duty]:
    return Duty.objects.all()


@require_safe
def hotline(request: HttpRequest) -> HttpResponse:
    context = {
        "officials": hotline_officials(),
        "timetable": agency_timetable(),
        "duties": _duties(),
        "last_changed": last_changed(),
    }
    return render(request, "contacts/hotline.html", context)


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Address, hours and numbers of the agency, who answers requests for information, and who
    answers for which matter."""
    units = list(Unit.objects.for_display())
    root = next((unit for unit in units if unit.parent_id is None), None)
    point = next((unit for unit in units if unit.is_information_contact), None)
    context = {
        "agency_unit": root,
        "information_point": point,
        "timetable": agency_timetable(),
        "duties": _duties(),
    }
    return render(request, "contacts/contact.html", context)


@require_safe
def feedback(request: HttpRequest) -> HttpResponse:
    """By which channels to write or call."""
    root = Unit.objects.filter(parent=None).for_display().first()
    context = {"agency_unit": root, "officials": hotline_officials()}
    return render(request, "contacts/feedback.html", context)


@require_safe
def organisation(request: HttpRequest) -> HttpResponse:
    """The leaders, and every unit with those who work in it."""
    officials = ranked(Appointment.objects.current().for_display())
    by_unit: dict[int, list[Appointment]] = {}
    for official in officials:
        by_unit.setdefault(official.post.unit_id, []).append(official)
    tree = [(unit, depth, by_unit.get(unit.pk, [])) for unit, depth in branches(Unit.objects.all())]
    context = {
        "leaders": [row for unit, depth, rows in tree if depth == 0 for row in rows],
        "tree": tree,
        "last_changed": last_changed(),
    }
    return render(request, "contacts/organisation.html", context)


@require_safe
def unit(request: HttpRequest, slug: str) -> HttpResponse:
    rows: list[Any] = list(Unit.objects.for_display())
    matching = [row for row in rows if slug in [getattr(row, name) for name in columns("slug")]]
    if not matching:
        raise Http404
    row = next((row for row in matching if row.slug == slug), matching[0])
    if row.slug != slug:
        return HttpResponsePermanentRedirect(row.get_absolute_url())
    officials = ranked(Appointment.objects.current().filter(post__unit=row).for_display())
    request.addresses = _addresses("contacts:unit", row)  # type: ignore[attr-defined]
    context = {
        "unit": row,
        "above": next((unit for unit in rows if unit.pk == row.parent_id), None),
        "below": [unit for unit in rows if unit.parent_id == row.pk],
        "officials": officials,
        "timetable": timetable_of(row, rows),
    }
    return render(request, "contacts/unit.html", context)


@require_safe
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    row: Person = get_object_or_404(Person.objects.select_related("portrait"), pk=person_id)
    appointments = list(row.appointments.order_by("-started_on").for_display())
    current = [each for each in appointments if each.is_current()]
    former = [each for each in appointments if each.ended_on and not each.is_current()]
    if not (current or former):
        raise Http404
    today = holders_today(each.post_id for each in former)
    context = {
        "person": row,
        "current": current,
        "former": [(each, _others(today[each.post_id], row)) for each in former],
        "timetable": timetable_of(current[0].post.unit if current else None),
    }
    return render(request, "contacts/person.html", context)


def _others(holders: list[Appointment], person: Person) -> list[Appointment]:
    return [holder for holder in holders if holder.person_id != person.pk]


@require_safe
def duty(request: HttpRequest, slug: str) -> HttpResponse:
    """Who answers for a matter: the address to send to whoever asks."""
    row = _duty(slug)
    if row.slug != slug:
        return HttpResponsePermanentRedirect(row.get_absolute_url())
    request.addresses = _addresses("contacts:duty", row)  # type: ignore[attr-defined]
    return render(request, "contacts/duty.html", _duty_context(row))


def _duty(slug: str) -> Duty:
    rows = Duty.objects.select_related("post__unit__parent")
    matching = list(rows.filter(called("slug", slug)))
    if not matching:
        raise Http404
    return next((row for row in matching if row.slug == slug), matching[0])


def _duty_context(row: Duty) -> dict[str, Any]:
    officials = answering(row)
    return {
        "duty": row,
        "officials": officials,
        "timetable": timetable_of(row.post.unit),
        "is_confirmed": bool(officials) and all(each.is_confirmed for each in officials),
        "address": settings.SITE_URL + row.get_absolute_url(),
    }


def _addresses(name: str, row: Any) -> dict[str, str]:
    """The page in every language."""
    addresses = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            addresses[code] = reverse(name, args=[row.slug])
    return addresses


# Taking it along


@require_safe
def hotline_sheet(request: HttpRequest) -> HttpResponse:
    """One A5 page for the counter and the wall."""
    context = {
        "officials": hotline_officials(),
        "heading": _("Hotline"),
        "address": settings.SITE_URL + reverse("contacts:hotline"),
        "code": reverse("contacts:hotline_code"),
        "back": reverse("contacts:hotline"),
    }
    return render(request, "contacts/sheet.html", context)


@require_safe
def appointment_sheet(request: HttpRequest, appointment_id: int) -> HttpResponse:
    row = _official(appointment_id)
    context = {
        "officials": [row],
        "heading": row.post.unit.name,
        "address": settings.SITE_URL + row.get_absolute_url(),
        "code": reverse("contacts:appointment_code", args=[row.pk]),
        "code_saves": True,
        "back": row.get_absolute_url(),
    }
    return render(request, "contacts/sheet.html", context)


@require_safe
def duty_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    row = _duty(slug)
    request.addresses = _addresses("contacts:duty_sheet", row)  # type: ignore[attr-defined]
    context = _duty_context(row) | {
        "heading": row.name,
        "code": reverse("contacts:duty_code", args=[row.slug]),
        "back": row.get_absolute_url(),
    }
    return render(request, "contacts/sheet.html", context)


@require_safe
def hotline_code(request: HttpRequest) -> HttpResponse:
    return _code(settings.SITE_URL + reverse("contacts:hotline"))


@require_safe
def duty_code(request: HttpRequest, slug: str) -> HttpResponse:
    return _code(settings.SITE_URL + _duty(slug).get_absolute_url())


@require_safe
def appointment_code(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Read by a phone, it offers to save the official: the short card of version 3.0."""
    row = _official(appointment_id)
    return _code(vcards.vcard(row, agency=_agency_name(), version="3.0", short=True))


def _code(text: str) -> HttpResponse:
    return HttpResponse(codes.qr_svg(text), content_type=codes.CONTENT_TYPE)


def _official(appointment_id: int) -> Appointment:
    return get_object_or_404(Appointment.objects.current().for_display(), pk=appointment_id)


def _agency_name() -> str:
    agency = Unit.objects.filter(parent=None).first()
    return agency.name if agency else ""


@require_safe
def hotline_vcard(request: HttpRequest) -> HttpResponse:
    return _vcard_answer(request, hotline_officials(), name="hotline")


@require_safe
def appointment_vcard(request: HttpRequest, appointment_id: int) -> HttpResponse:
    officials = [_official(appointment_id)]
    return _vcard_answer(request, officials, name=f"hotline-{appointment_id}")


def _vcard_answer(request: HttpRequest, rows: list[Appointment], *, name: str) -> HttpResponse:
    version = "3.0" if request.GET.get("v") == "3.0" else "4.0"
    content = vcards.vcards(rows, agency=_agency_name(), version=version)
    response = HttpResponse(content, content_type=vcards.CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.vcf"'
    return response


@require_safe
def hotline_table(request: HttpRequest, extension: str) -> HttpResponse:
    return _table_answer(hotline_officials(), extension, name="hotline", title=_("Hotline"))


@require_safe
def directory_table(request: HttpRequest, extension: str) -> HttpResponse:
    officials = ranked(Appointment.objects.current().for_display())
    return _table_answer(officials, extension, name="directory", title=_("Directory"))


def _table_answer(
    officials: Iterable[Appointment], extension: str, *, name: str, title: str
) -> HttpResponse:
    if extension == "json":
        response: HttpResponse = JsonResponse(
            {"officials": exporting.public_data(officials)},
            json_dumps_params={"ensure_ascii": False},
        )
    else:
        table = exporting.public_table(officials)
        content = as_csv(table) if extension == "csv" else as_excel({title: table})
        response = HttpResponse(content)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.{extension}"'
    response.headers["Content-Type"] = exporting.CONTENT_TYPES[extension]
    return response

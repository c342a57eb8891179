from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from contacts.hotline import hotline_officials
from contacts.models import Appointment, Person, Unit
from contacts.vcards import CONTENT_TYPE, vcards


@require_safe
def hotline(request: HttpRequest) -> HttpResponse:
    return render(request, "contacts/hotline.html", {"officials": hotline_officials()})


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Address, hours and numbers of the agency, and who answers requests for information."""
    units = list(Unit.objects.all())
    root = next((unit for unit in units if unit.parent_id is None), None)
    point = next((unit for unit in units if unit.is_information_contact), None)
    return render(
        request, "contacts/contact.html", {"agency_unit": root, "information_point": point}
    )


@require_safe
def feedback(request: HttpRequest) -> HttpResponse:
    """By which channels to write or call."""
    root = Unit.objects.filter(parent=None).first()
    context = {"agency_unit": root, "officials": hotline_officials()}
    return render(request, "contacts/feedback.html", context)


@require_safe
def organisation(request: HttpRequest) -> HttpResponse:
    appointments = Appointment.objects.current().by_rank().with_numbers()
    return render(
        request,
        "contacts/organisation.html",
        {"units": list(Unit.objects.all()), "appointments": list(appointments)},
    )


@require_safe
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    row: Person = get_object_or_404(Person.objects.select_related("portrait"), pk=person_id)
    appointments = list(row.appointments.order_by("-started_on").with_numbers())
    if not appointments:
        raise Http404
    context = {
        "person": row,
        "current": [each for each in appointments if each.is_current()],
        "former": [each for each in appointments if not each.is_current()],
    }
    return render(request, "contacts/person.html", context)


@require_safe
def hotline_vcard(request: HttpRequest) -> HttpResponse:
    return _vcard_answer(hotline_officials(), name="hotline")


@require_safe
def appointment_vcard(request: HttpRequest, appointment_id: int) -> HttpResponse:
    rows = Appointment.objects.on_hotline().with_numbers().filter(pk=appointment_id)
    if not rows:
        raise Http404
    return _vcard_answer(list(rows), name=f"hotline-{appointment_id}")


def _vcard_answer(rows: list[Appointment], *, name: str) -> HttpResponse:
    agency = Unit.objects.filter(parent=None).first()
    content = vcards(rows, agency=agency.name if agency else "")
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.vcf"'
    return response

"""The hotline, as boxes and pages show it."""

from __future__ import annotations

from contacts.models import Appointment, PhoneNumber


def hotline_officials() -> list[Appointment]:
    """Who is on the hotline now, by rank, each with `public_numbers`; in one query.

    Who has no public number is left out: nobody could call.
    """
    numbers = (
        PhoneNumber.objects.public()
        .filter(appointment__in=Appointment.objects.on_hotline().order_by())
        .select_related("appointment__person", "appointment__post__unit")
        .order_by(
            *[f"appointment__{key}" for key in ("post__rank", "position", "pk")], "position", "pk"
        )
    )
    officials: dict[int, Appointment] = {}
    for number in numbers:
        official = officials.setdefault(number.appointment.pk, number.appointment)
        official.__dict__.setdefault("public_numbers", []).append(number)
    return list(officials.values())

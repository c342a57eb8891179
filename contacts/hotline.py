"""The hotline, as boxes and pages show it."""

from __future__ import annotations

from django.db.models import QuerySet

from contacts.directory import ranked
from contacts.models import Appointment
from editing.written import Written


def hotline_officials() -> list[Appointment]:
    """Who is on the hotline now, by rank, each with `public_numbers`; in one query.

    Who has no public number is left out: nobody could call.
    """
    return [row for row in ranked(_on_hotline()) if row.public_numbers]


@Written
def _on_hotline() -> QuerySet[Appointment]:
    return Appointment.objects.on_hotline().for_display()

"""The hotline, as boxes and pages show it."""

from __future__ import annotations

from contacts.directory import ranked
from contacts.models import Appointment


def hotline_officials() -> list[Appointment]:
    """Who is on the hotline now, by rank, each with `public_numbers`; in one query.

    Who has no public number is left out: nobody could call.
    """
    rows = ranked(Appointment.objects.on_hotline().for_display())
    return [row for row in rows if row.public_numbers]

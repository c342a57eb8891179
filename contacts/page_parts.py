"""What templates of pages may call (`portal.templating`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.template.defaultfilters import date as format_date
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from contacts import structured
from contacts.hotline import hotline_officials
from contacts.hours import VIETNAM, Span, Timetable, agency_timetable, span_text
from contacts.models import Appointment
from editing.data_blocks import linked_data
from editing.shared import shared


def hotline_box(
    *, with_hours: bool = False, officials: list[Appointment] | None = None
) -> SafeString:
    """Who is on the hotline, asked of the database unless the page knows it; with hours, also whether
    the agency is open now, for one query more."""

    def box() -> SafeString:
        asked = hotline_officials() if officials is None else officials
        return _hotline_box(asked, with_hours=with_hours)

    return shared(("hotline", with_hours), box)


def _hotline_box(officials: list[Appointment], *, with_hours: bool) -> SafeString:
    open_ones = [official for official in officials if not official.is_confirmed]
    facts = {
        "officials": officials,
        "unconfirmed": open_ones[0] if open_ones else None,
        "timetable": agency_timetable() if with_hours and officials else None,
    }
    return render_to_string("contacts/hotline_box.html", facts)


def hours_state(timetable: Timetable | None) -> SafeString:
    """Whether the office is open now; nothing where its hours are not known."""
    facts = {"timetable": timetable, "state": timetable.state() if timetable else None}
    return render_to_string("components/hours_state.html", facts)


def opening(moment: Any) -> str:
    """When an office opens again: the time alone today, with the day otherwise."""
    local = moment.astimezone(VIETNAM)
    is_today = local.date() == timezone.localdate()
    pattern = (
        "G:i" if is_today else {"vi": "G:i l, d/m/Y"}.get(get_language() or "", "G:i l, j F Y")
    )
    return format_date(local, pattern)


def machine_span(value: Span) -> str:
    """“07:30-11:30”, for the script that shows the reader's own time."""
    return "-".join(f"{each:%H:%M}" for each in value)


def structured_contacts(
    agency: str, officials: Iterable[Appointment], timetable: Timetable
) -> SafeString:
    """The numbers for search engines."""
    return linked_data(structured.organisation_data(agency, officials, timetable))


FUNCTIONS = {
    "hotline_box": hotline_box,
    "hours_state": hours_state,
    "structured_contacts": structured_contacts,
}
FILTERS = {"machine_span": machine_span, "opening": opening, "span": span_text}

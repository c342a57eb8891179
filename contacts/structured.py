"""The agency and its numbers as search engines read them (schema.org)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from contacts.hours import Timetable
from contacts.models import Appointment, ChannelKind, PhoneNumber

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def organisation_data(
    agency: str, officials: Iterable[Appointment], timetable: Timetable
) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "GovernmentOrganization",
        "name": agency,
        "url": settings.SITE_URL + reverse("home"),
        "contactPoint": [
            _contact_point(official, number, timetable)
            for official in officials
            for number in official.public_numbers
            # What can be dialled from anywhere.
            if number.e164
        ],
    }


def _contact_point(
    official: Appointment, number: PhoneNumber, timetable: Timetable
) -> dict[str, Any]:
    emails = [each.value for each in official.public_channels if each.kind == ChannelKind.EMAIL]
    fax = number.kind == "fax"
    point: dict[str, Any] = {
        "@type": "ContactPoint",
        "contactType": official.title,
        "name": official.person.full_name,
        "faxNumber" if fax else "telephone": number.e164,
        "areaServed": "VN",
        "availableLanguage": number.language_codes or ["vi"],
    }
    if emails:
        point["email"] = emails[0]
    if timetable:
        point["hoursAvailable"] = opening_hours_data(timetable)
    return point


def opening_hours_data(timetable: Timetable) -> list[dict[str, Any]]:
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": list(_DAYS[row.first_weekday : row.last_weekday + 1]),
            "opens": f"{row.opens:%H:%M}",
            "closes": f"{row.closes:%H:%M}",
        }
        for row in timetable.rows
    ]

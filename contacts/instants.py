"""When the clock alone changes what readers see of the contacts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from contacts.hours import VIETNAM
from contacts.models import Appointment, Channel, OpeningHours, PhoneNumber
from editing.instants import Instant


def instants(now: datetime) -> Iterator[Instant]:
    """Midnight, for whatever holds by the day, and the next time at which an office may open or
    close; on which weekdays it does, is not asked."""
    local = now.astimezone(VIETNAM)
    tomorrow = local.date() + timedelta(days=1)
    yield Instant(_at(tomorrow, time.min), takes_away=_ends_on(tomorrow))
    for opens_and_closes in OpeningHours.objects.values_list("opens", "closes").distinct():
        for clock in opens_and_closes:
            day = local.date() if clock > local.time() else tomorrow
            yield Instant(_at(day, clock), takes_away=False)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=VIETNAM)


def _ends_on(day: date) -> bool:
    return (
        Appointment.objects.filter(ended_on=day).exists()
        or PhoneNumber.objects.filter(valid_until=day).exists()
        or Channel.objects.filter(valid_until=day).exists()
    )

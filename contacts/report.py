"""What in the directory should be looked at: the list that keeps it true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from contacts import phones
from contacts.messages import phone_error_message
from contacts.models import Appointment, Duty, PhoneNumber, Post, Unit
from contacts.phonebook import reason_old
from vietnamese.folding import fold


@dataclass
class Report:
    unconfirmed: list[Appointment] = field(default_factory=list)
    stale: list[Appointment] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)  # reached, but never or long ago confirmed
    unreadable: list[tuple[Any, PhoneNumber, str]] = field(default_factory=list)
    shared: list[tuple[PhoneNumber, list[Any]]] = field(default_factory=list)  # by several people
    namesakes: list[list[Appointment]] = field(default_factory=list)
    unreachable: list[Appointment] = field(default_factory=list)  # on the hotline without a number
    crowded: list[tuple[Post, list[Appointment]]] = field(default_factory=list)
    vacant: list[Post] = field(default_factory=list)
    unanswered: list[Duty] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not any(vars(self).values())


def make_report() -> Report:
    current = list(Appointment.objects.current().by_rank().for_display())
    numbers = list(_numbers_in_use(current))
    held = {row.post_id for row in current}
    return Report(
        unconfirmed=[row for row in current if not row.is_confirmed],
        stale=[row for row in current if row.is_stale],
        units=[unit for unit in Unit.objects.for_display() if asks_for_confirmation(unit)],
        unreadable=list(_unreadable(numbers)),
        shared=list(_shared(numbers)),
        namesakes=_namesakes(current),
        unreachable=[row for row in current if row.is_on_hotline and not row.public_numbers],
        crowded=_crowded(current),
        vacant=[post for post in Post.objects.select_related("unit") if post.pk not in held],
        unanswered=[
            duty for duty in Duty.objects.select_related("post") if duty.post_id not in held
        ],
    )


def asks_for_confirmation(unit: Unit) -> bool:
    """Whether readers reach it by what nobody confirmed, or not for a long time."""
    is_reached = bool(unit.public_numbers or unit.public_channels)
    return is_reached and (not unit.is_confirmed or unit.is_stale)


def _numbers_in_use(current: list[Appointment]) -> Iterable[PhoneNumber]:
    keys = [row.pk for row in current]
    of_somebody = Q(appointment=None) | Q(appointment__in=keys)
    return PhoneNumber.objects.filter(of_somebody).select_related(
        "unit", "post", "appointment__person", "appointment__post"
    )


def _owner(number: PhoneNumber) -> Any:
    return number.unit or number.post or number.appointment


def _unreadable(numbers: list[PhoneNumber]) -> Iterable[tuple[Any, PhoneNumber, str]]:
    """Stored numbers that would not be taken today."""
    for number in numbers:
        try:
            parsed = phones.parse_numbers(number.raw)
        except phones.PhoneError as error:
            yield _owner(number), number, phone_error_message(error)
            continue
        if parsed[0].replaces:
            yield _owner(number), number, reason_old(parsed[0])


def _shared(numbers: list[PhoneNumber]) -> Iterable[tuple[PhoneNumber, list[Any]]]:
    by_uri: dict[str, list[PhoneNumber]] = {}
    for number in numbers:
        by_uri.setdefault(number.uri, []).append(number)
    for rows in by_uri.values():
        if len(rows) > 1:
            yield rows[0], [_owner(row) for row in rows]


def _namesakes(current: list[Appointment]) -> list[list[Appointment]]:
    """Different people of one name: perhaps the same person, typed twice."""
    by_name: dict[str, list[Appointment]] = {}
    for row in current:
        by_name.setdefault(fold(row.person.name), []).append(row)
    return [rows for rows in by_name.values() if len({row.person_id for row in rows}) > 1]


def _crowded(current: list[Appointment]) -> list[tuple[Post, list[Appointment]]]:
    """Posts with one seat and several holders: of before the database refused them."""
    by_post: dict[int, list[Appointment]] = {}
    for row in current:
        if row.post.has_one_seat:
            by_post.setdefault(row.post_id, []).append(row)
    return [(rows[0].post, rows) for rows in by_post.values() if len(rows) > 1]

"""Asks those who keep the directory whether what it says is still true."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from contacts.models import Appointment, Unit
from contacts.report import asks_for_confirmation
from editing.models import User

Entry = Unit | Appointment

# Nobody is asked for the same entry more often.
PAUSE = timedelta(days=30)


def remind() -> int:
    """One letter to each keeper, with all entries to confirm; the number of letters.

    Nobody is marked as asked unless the letter was handed over, so that a failure is tried again.
    """
    if not settings.HAS_MAIL_SERVER:
        return 0
    today = timezone.localdate()
    letters = _by_keeper([*_units_to_confirm(today), *_officials_to_confirm(today)])
    for keeper, entries in letters.items():
        _send(keeper, entries)
        for model in (Unit, Appointment):
            keys = [row.pk for row in entries if isinstance(row, model)]
            model._base_manager.filter(pk__in=keys).update(reminded_on=today)
    return len(letters)


def _officials_to_confirm(today: date) -> Iterable[Entry]:
    rows = Appointment.objects.to_confirm(today).filter(_not_asked_since(today))
    return rows.select_related("person", "post__unit").by_rank()


def _units_to_confirm(today: date) -> Iterable[Entry]:
    rows = Unit.objects.filter(_not_asked_since(today)).for_display()
    return [unit for unit in rows if asks_for_confirmation(unit)]


def _not_asked_since(today: date) -> Q:
    return Q(reminded_on=None) | Q(reminded_on__lte=today - PAUSE)


def _by_keeper(rows: Iterable[Entry]) -> dict[User, list[Entry]]:
    """Each entry at the keeper of its unit, or of the nearest unit above; without one, at all who
    may change the directory."""
    units = {unit.pk: unit for unit in Unit.objects.select_related("keeper")}
    everybody = [user for user in _editors() if user.email]
    letters: dict[User, list[Entry]] = {}
    for row in rows:
        keeper = keeper_of(units, row.pk if isinstance(row, Unit) else row.post.unit_id)
        for user in [keeper] if keeper is not None else everybody:
            letters.setdefault(user, []).append(row)
    return letters


def keeper_of(units: dict[int, Unit], unit_id: int | None) -> User | None:
    seen: set[int] = set()
    while unit_id is not None and unit_id not in seen:
        seen.add(unit_id)
        keeper = units[unit_id].keeper
        if keeper is not None and keeper.email and keeper.is_active:
            return keeper
        unit_id = units[unit_id].parent_id
    return None


def _editors() -> Iterable[User]:
    staff = User.objects.filter(is_active=True, is_staff=True).order_by("pk")
    return [user for user in staff if user.has_perm("contacts.change_appointment")]


def _send(keeper: User, entries: list[Entry]) -> None:
    with translation.override(keeper.language):
        subject = ngettext(
            "Directory: %d entry to confirm", "Directory: %d entries to confirm", len(entries)
        ) % len(entries)
        address = settings.SITE_URL + reverse("admin:contacts_appointment_report")
        body = render_to_string(
            "admin/contacts/reminder.txt",
            {"keeper": keeper, "entries": entries, "address": address},
        )
        send_mail(subject, body, None, [keeper.email])

"""Who leaves a post and who follows: one function, one transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Appointment, AppointmentKind, Duty, Person, Post
from contacts.phonebook import write_numbers


@transaction.atomic
def hand_over(
    leaving: Appointment,
    *,
    on: date,
    successor: Person | None = None,
    kind: str = AppointmentKind.FULL,
    decision: str = "",
    keep: Collection[int] = (),
) -> Appointment | None:
    """Ends an appointment on that day and, if there is a successor, begins his or hers the same day.

    The successor takes the place in every list, and those numbers of the one who leaves whose ids
    are in `keep`; nothing of it is confirmed yet. Raises ValidationError, and nothing is changed.
    """
    # One after the other: a second click, or a colleague, waits here and is then refused.
    Post.objects.select_for_update().get(pk=leaving.post_id)
    leaving = Appointment.objects.select_related("post", "person").get(pk=leaving.pk)
    _may_leave(leaving, on)
    leaving.ended_on = on
    leaving.full_clean()
    leaving.save()
    if successor is None:
        return None
    following = _begin(leaving, on, successor, kind, decision)
    _pass_numbers_on(leaving, following, keep)
    for duty in Duty.objects.filter(holder=leaving):
        duty.holder = following
        duty.save()
    return following


def _may_leave(leaving: Appointment, on: date) -> None:
    if leaving.ended_on is not None:
        raise ValidationError({"on": _("This appointment has been ended already.")})
    if leaving.started_on is not None and on <= leaving.started_on:
        day = f"{leaving.started_on:%d/%m/%Y}"
        raise ValidationError({"on": _("The appointment begins on %s only.") % day})


def _begin(
    leaving: Appointment, on: date, successor: Person, kind: str, decision: str
) -> Appointment:
    if successor.pk == leaving.person_id and kind == leaving.kind:
        raise ValidationError({"successor": _("This is the official who leaves.")})
    following = Appointment(
        person=successor,
        post=leaving.post,
        kind=kind,
        decision=decision,
        started_on=on,
        is_on_hotline=leaving.is_on_hotline,
        position=leaving.position,
        stand_in=leaving.stand_in,
    )
    following.full_clean()
    following.save()
    return following


def _pass_numbers_on(leaving: Appointment, following: Appointment, keep: Collection[int]) -> None:
    kept = [number for number in leaving.phonenumbers.all() if number.pk in keep]
    write_numbers(following, "\n".join(number.raw for number in kept))
    details = {number.uri: number for number in kept}
    for row in following.phonenumbers.all():
        old = details[row.uri]
        row.label, row.is_public, row.languages = old.label, old.is_public, old.languages
        row.save()

"""The officials and units of the agency, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Subquery

from contacts.models import (
    Appointment,
    Channel,
    Duty,
    Person,
    PhoneNumber,
    Post,
    Unit,
)
from editing.written import Written


def ranked(rows: Iterable[Appointment]) -> list[Appointment]:
    """By rank and the order that staff chose; where neither decides, by given name."""
    return sorted(rows, key=lambda row: (row.post.rank, row.position, row.person.sort_key, row.pk))


def branches(units: Iterable[Unit]) -> list[tuple[Unit, int]]:
    """The units as a tree that is read from the top, each with its depth.

    A unit whose parent is missing, or that is its own ancestor, stands at the top.
    """
    rows = list(units)
    below: dict[int | None, list[Unit]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    ordered: list[tuple[Unit, int]] = []

    def walk(unit: Unit, depth: int) -> None:
        if all(unit.pk != other.pk for other, _depth in ordered):
            ordered.append((unit, depth))
            for child in below.get(unit.pk, []):
                walk(child, depth + 1)

    for row in [*below.get(None, []), *rows]:
        walk(row, 0)
    return ordered


def answering(duty: Duty) -> list[Appointment]:
    """Who answers for a matter today, each with a stand-in who can be called: the named holder of
    the post, or all who hold it."""
    rows = ranked(Appointment.objects.current().filter(post=duty.post_id).for_display())
    officials = [row for row in rows if row.pk == duty.holder_id] or rows
    keys = [row.stand_in_id for row in officials if row.stand_in_id]
    stand_ins = Appointment.objects.for_display().in_bulk(keys) if keys else {}
    for row in officials:
        row.stand_in = stand_ins.get(row.stand_in_id or 0)
    return officials


def holders_today(posts: Iterable[int]) -> dict[int, list[Appointment]]:
    """Who holds each of these posts today; nothing asked of the database when there is none."""
    keys = set(posts)
    found: dict[int, list[Appointment]] = {key: [] for key in keys}
    if keys:
        for row in ranked(Appointment.objects.current().filter(post__in=keys).for_display()):
            found[row.post_id].append(row)
    return found


def last_changed() -> datetime | None:
    """When anything in the directory was last changed, as far as its history knows; one query."""
    unit = next(iter(_with_newest()), None)
    moments = [getattr(unit, _newest(model), None) for model in _KEPT]
    return max((moment for moment in moments if moment), default=None)


_KEPT: tuple[Any, ...] = (Unit, Post, Person, Appointment, PhoneNumber, Channel, Duty)


def _newest(model: Any) -> str:
    return f"at_{model._meta.model_name}"


@Written
def _with_newest() -> QuerySet[Unit]:
    newest: dict[str, Any] = {
        _newest(model): Subquery(model.history.order_by("-history_date").values("history_date")[:1])
        for model in _KEPT
    }
    return Unit.objects.order_by("pk").annotate(**newest)[:1]

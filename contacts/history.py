"""What was changed in an entry, when and by whom, with the values before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from simple_history.utils import get_history_manager_for_model

from contacts.models import Channel, OpeningHours, PhoneNumber

MOST_RECORDS = 300

# The rows of one save are written one after the other.
_ONE_SAVE = timedelta(seconds=3)

# What follows from other fields, or says nothing to people.
_LEFT_OUT = {"seat", "e164", "dial", "numbers_as_typed", "confirmed_by"}
_OWNERS = {"unit", "post", "appointment"}


@dataclass(frozen=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Record:
    at: datetime
    by: str
    what: str  # “Phone number 0257 3503 168”; empty for the entry itself
    done: str  # created, changed or deleted
    changes: list[Change]


@dataclass(frozen=True)
class Version:
    """The entry as a save has left it: what was saved together is one version."""

    at: datetime
    by: str

    @property
    def key(self) -> str:
        return self.at.isoformat()


def records_of(row: Model) -> list[Record]:
    """Changes of the entry and of what belongs to it, the latest first."""
    found = [
        record
        for model, history, is_owner in _histories(row)
        for record in _records(model, history, is_owner=is_owner)
    ]
    return sorted(found, key=lambda record: record.at, reverse=True)[:MOST_RECORDS]


def versions_of(records: list[Record]) -> list[Version]:
    """The latest first, as the records are."""
    versions: list[Version] = []
    for record in records:
        is_same = versions and versions[-1].by == record.by
        if not (is_same and versions[-1].at - record.at < _ONE_SAVE):
            versions.append(Version(record.at, record.by))
    return versions


def compare(row: Model, old: datetime, new: datetime) -> list[Change]:
    """What differs between the entry as it was at two instants."""
    before, after = _state(row, old), _state(row, new)
    return [
        Change(field, before.get(field, "–"), after.get(field, "–"))
        for field in {**before, **after}
        if before.get(field) != after.get(field)
    ]


def _state(row: Model, at: datetime) -> dict[str, str]:
    """All that was known of it at an instant, field by field."""
    state: dict[str, str] = {}
    for model, history, is_owner in _histories(row):
        newest = {
            getattr(entry, model._meta.pk.attname): entry
            for entry in history.filter(history_date__lte=at)
        }
        for entry in newest.values():
            if entry.history_type != "-":
                record = _record(model, None, entry, is_owner=is_owner)
                prefix = "" if is_owner else f"{record.what}: "
                state |= {prefix + change.field: change.after for change in record.changes}
    return state


def _histories(row: Model) -> Iterator[tuple[type[Model], QuerySet[Any], bool]]:
    """Of the entry itself and of what belongs to it, the oldest entries first."""
    name = row._meta.model_name or ""
    parts = [
        model
        for model in (PhoneNumber, Channel, OpeningHours)
        if any(field.name == name for field in model._meta.get_fields())
    ]
    for model in (type(row), *parts):
        is_owner = model is type(row)
        key = row._meta.pk.attname if is_owner else f"{name}_id"
        history = get_history_manager_for_model(model).select_related("history_user")
        yield (
            model,
            history.filter(**{key: row.pk}).order_by("history_date", "history_id"),
            is_owner,
        )


def _records(model: type[Model], history: QuerySet[Any], *, is_owner: bool) -> list[Record]:
    before: dict[int, Any] = {}
    records = []
    for entry in history[: 4 * MOST_RECORDS]:
        key = getattr(entry, model._meta.pk.attname)
        record = _record(model, before.get(key), entry, is_owner=is_owner)
        before[key] = entry
        if record.changes or entry.history_type != "~":
            records.append(record)
    return records


def _record(model: type[Model], before: Any, entry: Any, *, is_owner: bool) -> Record:
    done = {"+": _("Added"), "~": _("Changed"), "-": _("Deleted")}[entry.history_type]
    what = "" if is_owner else f"{model._meta.verbose_name} {entry.instance}"
    left_out = _LEFT_OUT if is_owner else _LEFT_OUT | _OWNERS
    changes = [] if entry.history_type == "-" else _changes(model, before, entry, left_out)
    by = str(entry.history_user or "")
    return Record(entry.history_date, by, what, done, changes)


def _changes(model: type[Model], before: Any, entry: Any, left_out: set[str]) -> list[Change]:
    changes = []
    for field in entry.tracked_fields:
        if field.name in left_out or field.primary_key:
            continue
        old = getattr(before, field.attname) if before is not None else None
        new = getattr(entry, field.attname)
        if old != new and (before is not None or new not in (None, "")):
            changes.append(
                Change(_label(model, field), _shown(model, field, old), _shown(model, field, new))
            )
    return changes


def _label(model: type[Model], field: Any) -> str:
    try:
        return str(getattr(model._meta.get_field(field.name), "verbose_name", field.name))
    except FieldDoesNotExist:
        return str(field.name)


def _shown(model: type[Model], field: Any, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if field.is_relation:
        row = field.related_model._base_manager.filter(pk=value).first()
        return str(row) if row is not None else f"#{value}"
    choices = dict(getattr(model._meta.get_field(field.name), "flatchoices", []) or [])
    return str(choices.get(value, value))

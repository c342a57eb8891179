"""Writes the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models

from editing.models.staff import User
from editing.models.trail import Action, AuditEntry

# Whole texts are kept, so that what one person saved over another's is still there; what is longer
# was typed by no person.
LONGEST_VALUE = 200_000

Changes = Mapping[str, tuple[Any, Any]]


def record(
    action: Action,
    row: models.Model,
    *,
    by: User | None,
    changes: Changes | None = None,
    note: str = "",
) -> AuditEntry:
    """Notes what was done to a row; to be called in the transaction that does it.

    `changes` gives old and new by the name of the field; `by` is None for the system itself.
    """
    plain = {name: [_plain(old), _plain(new)] for name, (old, new) in (changes or {}).items()}
    return AuditEntry.objects.create(
        actor=by,
        actor_name=str(by) if by else "",
        action=action,
        object_type=row._meta.label_lower,
        object_id=row.pk,
        object_name=str(row)[:300],
        changes=plain,
        note=note,
    )


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, models.QuerySet | list | tuple | set):
        return [_plain(each) for each in value]
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"

"""The rows of the portal as text that is the same whatever database they come from."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from itertools import islice
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.utils.duration import duration_string
from django.utils.translation import gettext as _

from portal.keeping.archives import KeepingError

# What is to be forgotten, what belongs to this host, and what every database makes by itself.
_STAYS = {
    *("stats.visitinterval", "stats.dailysalt", "stats.spooloffset", "sessions.session"),
    *("usersessions.usersession", "editing.trustedcomputer", "editing.onetimelink"),
    *("portal.task", "portal.backup"),
    # Made anew from the texts: the index itself lies outside the models.
    *("portal.searchdocument", "portal.searchword", "news.monthcount"),
    *("contenttypes.contenttype", "auth.permission"),
}
_BATCH = 1000


def moved_models() -> list[type[models.Model]]:
    rows = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return sorted(
        (row for row in rows if not row._meta.proxy and row._meta.label_lower not in _STAYS),
        key=lambda model: model._meta.label_lower,
    )


def release() -> dict[str, str]:
    """The latest migration of each app: rows fit only the schema that they come from."""
    applied = MigrationRecorder(connection).applied_migrations()
    return dict(sorted(applied))


def lines(model: type[models.Model]) -> Iterator[str]:
    fields = _fields(model)
    # Not the model's own manager, which may leave rows out or put translations in place of columns.
    every: models.QuerySet[Any] = models.QuerySet(model)
    rows = every.order_by("pk").values_list(*(field.attname for field in fields))
    names = _Names()
    for row in rows.iterator(_BATCH):
        values = {
            field.attname: names.of(field, value) if value is not None else None
            for field, value in zip(fields, row, strict=True)
        }
        yield json.dumps(values, ensure_ascii=False, sort_keys=True) + "\n"


def clear(chosen: Iterable[type[models.Model]]) -> None:
    """To be called in a transaction: rules between tables are asked at its end."""
    with connection.cursor() as cursor:
        for model in chosen:
            cursor.execute(f"DELETE FROM {_quoted(model._meta.db_table)}")  # noqa: S608


def insert(model: type[models.Model], written: Iterable[str]) -> int:
    """Column by column, past everything that a model does when it is saved: what was kept is what
    comes back. Gives the number of rows."""
    fields = _fields(model)
    columns = ", ".join(_quoted(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    query = f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    names, number = _Names(), 0
    with connection.cursor() as cursor:
        for batch in _batches(written):
            cursor.executemany(query, [_values(fields, names, line) for line in batch])
            number += len(batch)
    return number


def renew_sequences(chosen: list[type[models.Model]]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), chosen):
            cursor.execute(statement)


def _batches(written: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(written)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _values(fields: list[models.Field], names: _Names, line: str) -> list[Any]:
    row = json.loads(line)
    return [
        field.get_db_prep_save(names.back(field, row[field.attname]), connection)
        for field in fields
    ]


def _fields(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


class _Names:
    """Kinds and rights have other numbers in every database, so they go by their names."""

    def __init__(self) -> None:
        kinds = {row.pk: f"{row.app_label}.{row.model}" for row in ContentType.objects.all()}
        rights = {
            row.pk: f"{kinds[row.content_type_id]}.{row.codename}"
            for row in Permission.objects.all()
        }
        self._names: dict[Any, dict[int, str]] = {ContentType: kinds, Permission: rights}
        self._numbers = {
            model: {name: number for number, name in names.items()}
            for model, names in self._names.items()
        }

    def of(self, field: models.Field, value: Any) -> Any:
        if (names := self._names.get(field.related_model)) is not None:
            return names[value]
        return value if isinstance(field, models.JSONField) else _written(value)

    def back(self, field: models.Field, value: Any) -> Any:
        if value is None or isinstance(field, models.JSONField):
            return value
        if (numbers := self._numbers.get(field.related_model)) is not None:
            if value not in numbers:
                raise KeepingError(_("This portal does not know “%s”.") % value)
            return numbers[value]
        return field.to_python(value)


def _written(value: Any) -> Any:
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, timedelta):
        return duration_string(value)
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    return str(value)

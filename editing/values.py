"""A field's value as one text: it can be signed, compared, told to staff and put back into a form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from editing.changed_words import Piece, changed_words
from editing.keys import is_key
from editing.richtext import plain_text


@dataclass(frozen=True)
class Difference:
    """One field as it was at opening, as somebody saved it meanwhile, and as it is typed here."""

    name: str
    label: str | Promise
    base: str
    theirs: str
    mine: str

    @property
    def changed_by_them(self) -> list[Piece]:
        return changed_words(self.base, self.theirs)

    @property
    def changed_by_me(self) -> list[Piece]:
        return changed_words(self.base, self.mine)


# Between the keys of several chosen rows.
_COMMA = ","


def as_text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, models.QuerySet | list | tuple):
        keys: list[Any] = [getattr(row, "pk", row) for row in value]
        return _COMMA.join(str(key) for key in sorted(keys))
    return str(value)


def stored(field: Any, row: models.Model) -> str:
    """As the row has it now."""
    if field.many_to_many:
        return as_text(list(getattr(row, field.name).values_list("pk", flat=True)))
    return as_text(field.value_from_object(row))


def posted(field: Any, widget: forms.Widget, name: str, text: str) -> Iterator[tuple[str, Any]]:
    """Name and value, or values, as a browser would send them."""
    if field.many_to_many or getattr(widget, "allow_multiple_selected", False):
        yield name, keys_in(text)
        return
    value = field.to_python(text) if text else None
    if isinstance(widget, forms.MultiWidget):
        suffixes = cast(Any, widget).widgets_names
        parts = cast("list[Any]", widget.decompress(value))
        for suffix, part, each in zip(suffixes, parts, widget.widgets, strict=True):
            yield name + suffix, each.format_value(part) or ""
    elif isinstance(widget, forms.CheckboxInput):
        yield name, "on" if value else ""
    elif isinstance(value, date):
        yield name, widget.format_value(value) or ""
    else:
        yield name, text


def told(field: Any, text: str) -> str:
    """As staff read it: without markup, and with the names of what was chosen."""
    if isinstance(field, models.BooleanField):
        return _("yes") if text else _("no")
    if field.many_to_many:
        return ", ".join(_names(field, keys_in(text)))
    if isinstance(field, models.ForeignKey):
        return ", ".join(_names(field, [text] if text else []))
    if field.choices:
        return str(dict(field.flatchoices).get(field.to_python(text or None), text))
    if not text:
        return ""
    if isinstance(field, models.DateTimeField):
        return date_format(timezone.localtime(field.to_python(text)), "SHORT_DATETIME_FORMAT")
    if isinstance(field, models.DateField):
        return date_format(field.to_python(text), "SHORT_DATE_FORMAT")
    return plain_text(text)


def keys_in(text: str) -> list[str]:
    return text.split(_COMMA) if text else []


def _names(field: Any, keys: Iterable[str]) -> list[str]:
    rows = field.related_model._base_manager.filter(pk__in=[key for key in keys if is_key(key)])
    return [str(row) for row in rows]

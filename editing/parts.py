"""The rows of a form's inlines (photos, attachments, numbers), when two people edit them at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from editing.values import Difference, as_text, posted, told

# The text of each field of a row, by name; rows by their keys.
Values = dict[str, str]
Rows = dict[str, Values]


@dataclass(frozen=True)
class Sent:
    """One row as a browser sent it: the values and files of its fields, by their names."""

    values: dict[str, list[Any]]
    files: dict[str, list[Any]]

    @property
    def key(self) -> str:
        """Of the row in the database; empty for a new one."""
        return str((self.values.get("id") or [""])[-1])

    @property
    def is_deleted(self) -> bool:
        return bool(self.values.get(DELETION_FIELD_NAME))

    def with_values(self, values: dict[str, list[Any]]) -> Sent:
        return Sent(self.values | values, self.files)


@dataclass(frozen=True)
class Part:
    """One inline: which rows of which model, posted under which prefix."""

    prefix: str
    model: type[models.Model]
    owner: str
    form_fields: Mapping[str, forms.Field]
    may_add: bool

    @classmethod
    def of(cls, formset: Any, *, may_add: bool) -> Part:
        """`formset` is the class that an inline makes its forms with."""
        names = {field.name for field in formset.model._meta.concrete_fields} - {"id"}
        fields = formset.form.base_fields
        own = {name: field for name, field in fields.items() if name in names}
        return cls(formset.get_default_prefix(), formset.model, formset.fk.name, own, may_add)

    def rows(self, owner: models.Model) -> Rows:
        """As they are now, in their order."""
        rows = self.model._base_manager.filter(**{self.owner: owner.pk})
        rows = rows.order_by(*(self.model._meta.ordering or ["pk"]))
        return {
            str(row.pk): {name: self._text(name, row) for name in self.form_fields} for row in rows
        }

    def _field(self, name: str) -> Any:
        return self.model._meta.get_field(name)

    def _text(self, name: str, row: models.Model) -> str:
        return as_text(self._field(name).value_from_object(row))

    # What the browser sent

    def sent(self, data: QueryDict, files: MultiValueDict[str, Any] | None = None) -> list[Sent]:
        rows: dict[int, Sent] = {}
        for is_file, source in enumerate((data, files or MultiValueDict())):
            for name in source:
                if match := self._pattern().fullmatch(name):
                    row = rows.setdefault(int(match[1]), Sent({}, {}))
                    (row.files if is_file else row.values)[match[2]] = source.getlist(name)
        return [rows[number] for number in sorted(rows)]

    def _pattern(self) -> re.Pattern[str]:
        return re.compile(rf"{re.escape(self.prefix)}-([0-9]{{1,5}})-(\w+)", re.ASCII)

    def typed(self, row: Sent) -> Values:
        """A sent row as it would be stored, or as it was typed where that can't be."""
        data = QueryDict(mutable=True)
        for name, values in row.values.items():
            data.setlist(name, values)
        return {name: self._typed(name, data) for name in self.form_fields}

    def _typed(self, name: str, data: QueryDict) -> str:
        field = self.form_fields[name]
        value = field.widget.value_from_datadict(data, {}, name)
        try:
            return as_text(field.clean(value))
        except ValidationError:
            return str(value or "")

    # Two at once

    def differences(self, base: Rows, there: Rows, sent: Iterable[Sent]) -> Iterator[Difference]:
        """What another changed since `base` and does not stand here."""
        here = self._by_key(sent)
        for number, key in enumerate({**base, **there}, start=1):
            before, after, mine = base.get(key), there.get(key), here.get(key)
            if after in (before, mine):
                continue
            name = f"{self.prefix}-{key}"
            label = f"{capfirst(str(self.model._meta.verbose_name))} {number}"
            if before is None or after is None or mine is None:
                texts = (self._summary(values) for values in (before, after, mine))
                yield Difference(name, label, *texts)
                continue
            for each in after:
                if after[each] not in (before[each], mine[each]):
                    field = self._field(each)
                    texts = (told(field, values[each]) for values in (before, after, mine))
                    yield Difference(f"{name}-{each}", f"{label}: {field.verbose_name}", *texts)

    def _by_key(self, sent: Iterable[Sent]) -> Rows:
        return {row.key: self.typed(row) for row in sent if row.key and not row.is_deleted}

    def _summary(self, values: Values | None) -> str:
        if values is None:
            return _("(not there)")
        told_texts = (told(self._field(name), text) for name, text in values.items() if text)
        return " · ".join(text for text in told_texts if text)

    def is_clean(self, base: Rows, there: Rows, sent: Iterable[Sent]) -> bool:
        """Whether a merge keeps all that both did."""
        here = self._by_key(sent)
        return all(_merge_row(row, there.get(key), here.get(key))[1] for key, row in base.items())

    def fit(self, data: Any, files: Any, owner: models.Model, base: Rows | None) -> tuple[Any, Any]:
        """Data and files, fitted to the rows that there are now.

        A row that another deleted, and that is still held here, becomes a new one. With `base`, the
        rows of the moment of opening, both sides are merged.
        """
        there, sent = self.rows(owner), self.sent(data, files)
        is_gone = any(row.key and row.key not in there for row in sent)
        if base is None and not (is_gone and self.may_add):
            return data, files
        stored: list[Sent] = []
        new: list[Sent] = []
        for row in sent:
            fitted = row if base is None else self._merged(row, base, there)
            if not row.key or fitted is None:
                new += [fitted] if fitted else []
            elif row.key in there or not self.may_add:
                stored.append(fitted)
            elif not row.is_deleted:
                new.append(fitted.with_values({"id": [""]}))
        if base is not None:
            known = {row.key for row in sent}
            added = (key for key in there if key not in base and key not in known)
            stored += [Sent(self._as_posted(there[key]) | {"id": [key]}, {}) for key in added]
            # Such rows as came back new, above, at the first save, and were not touched.
            gone = [base[key] for key in base if key not in there and key not in known]
            new = [row for row in new if row.files or self.typed(row) not in gone]
        return self._written(data, files, stored, new)

    def _merged(self, row: Sent, base: Rows, there: Rows) -> Sent | None:
        """None for a row that shall be gone."""
        before, after = base.get(row.key), there.get(row.key)
        if before is None or before == after:
            return row
        mine = None if row.is_deleted else self.typed(row)
        values, _is_clean = _merge_row(before, after, mine)
        if values is None:
            return row if after else None
        taken = {name: text for name, text in values.items() if mine is None or text != mine[name]}
        return row.with_values(self._as_posted(taken) | {DELETION_FIELD_NAME: []})

    def _as_posted(self, values: Values) -> dict[str, list[Any]]:
        data: dict[str, list[Any]] = {}
        for name, text in values.items():
            widget = self.form_fields[name].widget
            for sent_as, value in posted(self._field(name), widget, name, text):
                data[sent_as] = value if isinstance(value, list) else [value]
        return data

    def _written(
        self, data: Any, files: Any, stored: list[Sent], new: list[Sent]
    ) -> tuple[Any, Any]:
        data, files = data.copy(), files.copy()
        for source in (data, files):
            for name in [name for name in source if self._pattern().fullmatch(name)]:
                del source[name]
        for number, row in enumerate(stored + new):
            for source, values in ((data, row.values), (files, row.files)):
                for name, value in values.items():
                    if value:
                        source.setlist(f"{self.prefix}-{number}-{name}", value)
        data[f"{self.prefix}-{TOTAL_FORM_COUNT}"] = str(len(stored + new))
        data[f"{self.prefix}-{INITIAL_FORM_COUNT}"] = str(len(stored))
        return data, files


def _merge_row(
    before: Values, after: Values | None, mine: Values | None
) -> tuple[Values | None, bool]:
    """One row out of two, and whether it keeps what both did; None where there is no row."""
    if after == before:
        return mine, True
    if mine == before:
        return after, True
    if after is None or mine is None:
        return after or mine, after == mine
    values = {name: after[name] if mine[name] == before[name] else mine[name] for name in after}
    return values, all(
        mine[name] in (before[name], after[name]) or after[name] == before[name] for name in after
    )

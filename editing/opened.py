"""A form that remembers what it was opened with, so that no save goes over another unseen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from django import forms
from django.core import signing
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from editing.merging import Merged, merge_html, merge_text
from editing.models import AuditEntry
from editing.richtext import RichTextField, clean_html, plain_text
from editing.versions import Versioned

_SALT = "editing.opened"


@dataclass(frozen=True)
class Difference:
    """One field as it was at opening, as somebody saved it meanwhile, and as it is typed here."""

    name: str
    label: str | Promise
    base: str
    theirs: str
    mine: str


class OpenedForm(forms.ModelForm):
    """For a Versioned model. Two hidden fields carry version and values of the moment of opening,
    signed; `differences` is filled when another save came between."""

    opened = forms.CharField(widget=forms.HiddenInput, required=False)
    merge_base = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[Difference] = []
        if self.instance.pk and "opened" in self.fields:
            self.fields["opened"].initial = self._packed()

    @property
    def opened_version(self) -> int:
        """Of the row that the form was opened with; 0 for one that does not say."""
        version: int = self._unpacked("opened").get("version", 0)
        return version

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.instance.pk or not isinstance(self.instance, Versioned):
            return cleaned
        if "_merge" in self.data:
            self._merge()
        elif self.opened_version != self._stored_version():
            self._note_conflict()
        return cleaned

    def _stored_version(self) -> int:
        rows = type(self.instance)._base_manager.filter(pk=self.instance.pk)
        version: int = rows.values_list("version", flat=True)[0]
        return version

    # What was there at opening

    def _guarded(self) -> dict[str, Any]:
        """The fields of the row that stand in the form, by name."""
        fields = {field.name: field for field in self.instance._meta.concrete_fields}
        return {name: fields[name] for name in self.fields if name in fields}

    def _stored(self) -> dict[str, str]:
        """As the database has them now, each as one text that can be compared."""
        row = type(self.instance)._base_manager.get(pk=self.instance.pk)
        return {
            name: _as_text(field.value_from_object(row)) for name, field in self._guarded().items()
        }

    def _packed(self) -> str:
        content = {"version": self._stored_version(), "values": self._stored()}
        return signing.dumps(content, salt=_SALT, compress=True)

    def _unpacked(self, name: str) -> dict[str, Any]:
        packed = self.data.get(self.add_prefix(name)) or ""
        try:
            content: dict[str, Any] = signing.loads(packed, salt=_SALT)
        except signing.BadSignature:
            return {}
        return content

    # When somebody was faster

    def _note_conflict(self) -> None:
        base = self._unpacked("opened").get("values", {})
        stored = self._stored()
        self.differences = [
            Difference(name, self.fields[name].label or name, base.get(name, ""), theirs, mine)
            for name, theirs in stored.items()
            if theirs != base.get(name, "") and theirs != (mine := self._mine(name))
        ]
        self._set_data("merge_base", self.data.get(self.add_prefix("opened")) or "")
        self._set_data("opened", self._packed())
        self.add_error(
            None,
            forms.ValidationError(
                _(
                    "Somebody else saved this meanwhile. Nothing that you typed is lost: compare "
                    "below, then save again or merge both."
                ),
                code="conflict",
            ),
        )

    def _mine(self, name: str) -> str:
        field = self._guarded()[name]
        if not isinstance(field, models.CharField | models.TextField):
            return _as_text(self.cleaned_data.get(name))
        value = str(self.data.get(self.add_prefix(name)) or "")
        return clean_html(value) if isinstance(field, RichTextField) else value

    def _merge(self) -> None:
        base = self._unpacked("merge_base").get("values", {})
        is_clean = True
        for name, theirs in self._stored().items():
            merged = self._merged(name, base.get(name, ""), theirs)
            is_clean &= merged.is_clean
            if merged.text != self._mine(name):
                self._fill_in(name, merged.text)
        self._set_data("opened", self._packed())
        text = _("Both texts are merged below. Read them, then save.")
        if not is_clean:
            text = _(
                "Both texts are merged below. Where both changed the same place, both stand there, "
                "one after the other: keep what is right, then save."
            )
        self.add_error(None, forms.ValidationError(text, code="merged"))

    def _merged(self, name: str, base: str, theirs: str) -> Merged:
        mine, field = self._mine(name), self._guarded()[name]
        if isinstance(field, RichTextField):
            return merge_html(base, theirs, mine)
        if isinstance(field, models.TextField):
            return merge_text(base, theirs, mine)
        if mine == base:
            return Merged(theirs, is_clean=True)
        # One line, one choice cannot hold two: that of the one who merges stands.
        return Merged(mine, is_clean=theirs in (base, mine))

    def _set_data(self, name: str, value: str) -> None:
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix(name)] = value
        self.data = data

    def _fill_in(self, name: str, text: str) -> None:
        """Puts a value into the data as the browser would have sent it."""
        value = self._guarded()[name].to_python(text or None) if text else None
        widget = self.fields[name].widget
        if isinstance(widget, forms.MultiWidget):
            names = cast(Any, widget).widgets_names
            parts = cast("list[Any]", widget.decompress(value))
            for suffix, part, each in zip(names, parts, widget.widgets, strict=True):
                self._set_data(name + suffix, each.format_value(part) or "")
        elif isinstance(widget, forms.CheckboxInput):
            self._set_data(name, "on" if value else "")
        else:
            self._set_data(name, text)

    @property
    def saved_by(self) -> str:
        """Who saved last, by the audit trail."""
        last = AuditEntry.objects.about(self.instance).exclude(actor=None).first()
        return last.actor_name if last else ""

    def shown_differences(self) -> list[Difference]:
        """As they are read: without markup, and with the names of what was chosen."""
        return [
            Difference(
                each.name,
                each.label,
                *(self._told(each.name, text) for text in (each.base, each.theirs, each.mine)),
            )
            for each in self.differences
        ]

    def _told(self, name: str, text: str) -> str:
        field = self._guarded()[name]
        if isinstance(field, models.BooleanField):
            return str(_("yes") if text else _("no"))
        if isinstance(field, models.ForeignKey):
            row = cast(Any, field.related_model)._base_manager.filter(pk=text or None).first()
            return str(row or "")
        if field.choices:
            return str(dict(field.flatchoices).get(field.to_python(text or None), text))
        if isinstance(field, models.DateTimeField) and text:
            return date_format(timezone.localtime(field.to_python(text)), "SHORT_DATETIME_FORMAT")
        return plain_text(text)


def _as_text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)

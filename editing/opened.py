"""A form that remembers what it was opened with, so that no save goes over another unseen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core import signing
from django.db import models
from django.http import QueryDict
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

    @property
    def is_only_theirs(self) -> bool:
        return self.mine == self.base


class OpenedForm(forms.ModelForm):
    """For a Versioned model. Two hidden fields carry version and values of the moment of opening,
    signed; `differences` is filled when another save came between."""

    opened = forms.CharField(widget=forms.HiddenInput, required=False)
    merge_base = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[Difference] = []
        self.is_merged = False
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

    def _text_fields(self) -> list[str]:
        return [
            name
            for name in self.fields
            if isinstance(_model_field(self.instance, name), models.CharField | models.TextField)
        ]

    def _stored(self) -> dict[str, str]:
        names = self._text_fields()
        rows = type(self.instance)._base_manager.filter(pk=self.instance.pk).values(*names)
        return {name: str(value or "") for name, value in rows[0].items()}

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
        value = str(self.data.get(self.add_prefix(name)) or "")
        is_rich = isinstance(_model_field(self.instance, name), RichTextField)
        return clean_html(value) if is_rich else value

    def _merge(self) -> None:
        base = self._unpacked("merge_base").get("values", {})
        is_clean = True
        for name, theirs in self._stored().items():
            merged = self._merged(name, base.get(name, ""), theirs)
            is_clean &= merged.is_clean
            self._set_data(name, merged.text)
        self._set_data("opened", self._packed())
        self.is_merged = True
        text = _("Both texts are merged below. Read them, then save.")
        if not is_clean:
            text = _(
                "Both texts are merged below. Where both changed the same place, both stand there, "
                "one after the other: keep what is right, then save."
            )
        self.add_error(None, forms.ValidationError(text, code="merged"))

    def _merged(self, name: str, base: str, theirs: str) -> Merged:
        mine = self._mine(name)
        if isinstance(_model_field(self.instance, name), RichTextField):
            return merge_html(base, theirs, mine)
        if isinstance(_model_field(self.instance, name), models.TextField):
            return merge_text(base, theirs, mine)
        if mine == base:
            return Merged(theirs, is_clean=True)
        # One line cannot hold two: that of the one who merges stands, the other is shown beside.
        return Merged(mine, is_clean=theirs in (base, mine))

    def _set_data(self, name: str, value: str) -> None:
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix(name)] = value
        self.data = data

    @property
    def saved_by(self) -> str:
        """Who saved last, by the audit trail."""
        last = AuditEntry.objects.about(self.instance).exclude(actor=None).first()
        return last.actor_name if last else ""

    def shown_differences(self) -> list[Difference]:
        """As they are read, without markup."""
        return [
            Difference(each.name, each.label, *map(plain_text, (each.base, each.theirs, each.mine)))
            for each in self.differences
        ]


def _model_field(instance: models.Model, name: str) -> Any:
    fields = {field.name: field for field in instance._meta.concrete_fields}
    return fields.get(name)

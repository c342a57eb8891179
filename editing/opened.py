"""A form that remembers what it was opened with, so that no save goes over another unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.core import signing
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from editing.merging import (
    Merged,
    merge_choices,
    merge_html,
    merge_text,
    split_blocks,
    split_lines,
)
from editing.models import AuditEntry
from editing.parts import Part, Rows, Sent
from editing.richtext import RichTextField, clean_html
from editing.values import Difference, as_text, keys_in, posted, stored, told
from editing.versions import Versioned

_SALT = "editing.opened"


class OpenedForm(forms.ModelForm):
    """For a Versioned model. Two hidden fields carry version and values of the moment of opening,
    signed; `differences` is filled when another save came between."""

    opened = forms.CharField(widget=forms.HiddenInput, required=False)
    merge_base = forms.CharField(widget=forms.HiddenInput, required=False)
    # The inlines that stand under the form.
    parts: ClassVar[Sequence[Part]] = ()

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

    @property
    def has_new_content(self) -> bool:
        """Whether a save would store anything else than there is; what an editor writes in another
        way, and a browser sends with other line ends, is the same."""
        return any(
            _comparable(self._guarded()[name], text)
            != _comparable(self._guarded()[name], self._mine(name))
            for name, text in self._stored().items()
        )

    # What was there at opening

    def _guarded(self) -> dict[str, Any]:
        """The fields of the row that stand in the form, by name."""
        meta = self.instance._meta
        fields = {field.name: field for field in [*meta.concrete_fields, *meta.many_to_many]}
        return {name: fields[name] for name in self.fields if name in fields}

    def _stored(self) -> dict[str, str]:
        """As the database has them now, each as one text that can be compared."""
        row = type(self.instance)._base_manager.get(pk=self.instance.pk)
        return {name: stored(field, row) for name, field in self._guarded().items()}

    def _packed(self) -> str:
        content = {
            "version": self._stored_version(),
            "values": self._stored(),
            "parts": {part.prefix: part.rows(self.instance) for part in self.parts},
        }
        return signing.dumps(content, salt=_SALT, compress=True)

    def _unpacked(self, name: str) -> dict[str, Any]:
        return opened_with(self.data, self.add_prefix(name))

    # When somebody was faster

    def _note_conflict(self) -> None:
        opened = self._unpacked("opened")
        base, now = opened.get("values", {}), self._stored()
        self.differences = [
            Difference(name, self.fields[name].label or name, base.get(name, ""), theirs, mine)
            for name, theirs in now.items()
            if theirs != base.get(name, "") and theirs != (mine := self._mine(name))
        ]
        self.differences = [self._told(each) for each in self.differences]
        for part, before, there, sent in self._parts(opened):
            self.differences += part.differences(before, there, sent)
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

    def _parts(self, opened: dict[str, Any]) -> Iterator[tuple[Part, Rows, Rows, list[Sent]]]:
        """Each inline: its rows as they were at opening, as they are now, and as they are sent."""
        base = opened.get("parts", {})
        for part in self.parts:
            sent = part.sent(cast(QueryDict, self.data))
            yield part, base.get(part.prefix, {}), part.rows(self.instance), sent

    def _mine(self, name: str) -> str:
        field = self._guarded()[name]
        if not isinstance(field, models.CharField | models.TextField):
            return as_text(self.cleaned_data.get(name))
        value = str(self.data.get(self.add_prefix(name)) or "")
        return clean_html(value) if isinstance(field, RichTextField) else value

    def _merge(self) -> None:
        opened = self._unpacked("merge_base")
        base = opened.get("values", {})
        is_clean = all(
            part.is_clean(before, there, sent) for part, before, there, sent in self._parts(opened)
        )
        for name, theirs in self._stored().items():
            merged = self._merged(name, base.get(name, ""), theirs)
            is_clean &= merged.is_clean
            if merged.text != self._mine(name):
                self._fill_in(name, merged.text)
        self._set_data("opened", self._packed())
        text = _("Both texts are merged below. Read them, then save.")
        if not is_clean:
            text = _(
                "Both are merged below. Where both changed the same place, a text holds both, one "
                "after the other, and a single line yours: keep what is right, then save."
            )
        self.add_error(None, forms.ValidationError(text, code="merged"))

    def _merged(self, name: str, base: str, theirs: str) -> Merged:
        mine, field = self._mine(name), self._guarded()[name]
        if isinstance(field, RichTextField):
            return merge_html(base, theirs, mine)
        if isinstance(field, models.TextField):
            return merge_text(base, theirs, mine)
        if field.many_to_many:
            choices = merge_choices(keys_in(base), keys_in(theirs), keys_in(mine))
            return Merged(as_text(choices), is_clean=True)
        if mine == base:
            return Merged(theirs, is_clean=True)
        # One line, one choice cannot hold two: that of the one who merges stands.
        return Merged(mine, is_clean=theirs in (base, mine))

    def _fill_in(self, name: str, text: str) -> None:
        widget = self.fields[name].widget
        for sent_as, value in posted(self._guarded()[name], widget, name, text):
            self._set_data(sent_as, value)

    def _set_data(self, name: str, value: Any) -> None:
        data = cast(QueryDict, self.data).copy()
        if isinstance(value, list):
            data.setlist(self.add_prefix(name), value)
        else:
            data[self.add_prefix(name)] = value
        self.data = data

    @property
    def saved_by(self) -> str:
        """Who saved last, by the audit trail."""
        last = AuditEntry.objects.about(self.instance).exclude(actor=None).first()
        return last.actor_name if last else ""

    def _told(self, each: Difference) -> Difference:
        """As it is read: without markup, and with the names of what was chosen."""
        field = self._guarded()[each.name]
        texts = (told(field, text) for text in (each.base, each.theirs, each.mine))
        return Difference(each.name, each.label, *texts)


def _comparable(field: Any, text: str) -> Any:
    if isinstance(field, RichTextField):
        return split_blocks(text)
    return "\n".join(split_lines(text)).strip()


def opened_with(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What a form says it was opened with, or {} where it does not say or was tampered with."""
    try:
        content: dict[str, Any] = signing.loads(data.get(name) or "", salt=_SALT)
    except signing.BadSignature:
        return {}
    return content

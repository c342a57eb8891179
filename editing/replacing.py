"""What photos and files have in common: they are replaced in place, and kept while they are used."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from editing.staff_admin import TrailedAdmin
from editing.uses import links_to_uses, rows_using


class ReplacingForm(forms.ModelForm):
    """With a field `replacement`: another content for the same row."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # Last of all, so that a form that comes back has replaced nothing.
        if (upload := cleaned.get("replacement")) and not self.errors:
            try:
                self.replace(upload)
            except ValidationError as refusal:
                self.add_error("replacement", refusal)
        return cleaned

    def replace(self, upload: UploadedFile) -> None:
        self.instance.replace(upload)


class ReplacingAdmin(TrailedAdmin):
    """Of files that are replaced in place. What stands on the site is replaced for readers at once,
    so that is for those who may publish."""

    def may_replace(self, request: HttpRequest, obj: Any) -> bool:
        is_in_use = obj is not None and bool(rows_using(obj))
        return not is_in_use or request.user.has_perm("news.publish_edition")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sets = super().get_fieldsets(request, obj)
        if self.may_replace(request, obj):
            return sets
        return [
            (title, {**rest, "fields": [name for name in rest["fields"] if name != "replacement"]})
            for title, rest in sets
        ]

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if not self.may_replace(request, obj):
            form.base_fields.pop("replacement", None)
        return form

    @admin.display(description=gettext_lazy("where it is used"))
    def shown_uses(self, row: Any) -> SafeString | str:
        return links_to_uses(row)

    def has_add_permission(self, request: HttpRequest) -> bool:
        # They come in by a drop, or with the article that shows them.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_in_use = obj is not None and bool(rows_using(obj))
        return not is_in_use and super().has_delete_permission(request, obj)

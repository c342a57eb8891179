"""What photos and files have in common: they are replaced in place, and kept while they are used."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from editing.staff_admin import TrailedAdmin
from editing.uses import links_to_uses, rows_using


class ReplacingForm(forms.ModelForm):
    """With a field `replacement`: another content for the same row, which takes its place when the
    form is saved."""

    # Why the content could not take its place after all; set when the form is shown once more.
    refusal: ValidationError | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.refusal is not None:
            self.add_error("replacement", self.refusal)
        elif cleaned.get("replacement") and self.errors:
            # It may stand on the site, so nothing of it is taken before all is well.
            self.add_error("replacement", _("Nothing is replaced yet: choose the file once more."))
        return cleaned

    def replace(self, upload: UploadedFile, *, by: Any) -> None:
        """Puts the upload in the place of what is there."""
        raise NotImplementedError


class _ReplacementRefused(Exception):
    """Leaves the transaction of a save, so that nothing of the form is stored."""

    def __init__(self, reason: ValidationError) -> None:
        self.reason = reason


class ReplacingAdmin(TrailedAdmin):
    """Of files that are replaced in place. What stands on the site is replaced for readers at once,
    so that is for those who may publish."""

    def may_replace(self, request: HttpRequest, obj: Any) -> bool:
        is_in_use = obj is not None and bool(rows_using(obj))
        return not is_in_use or request.user.has_perm("news.publish_edition")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if upload := form.cleaned_data.get("replacement"):
            try:
                form.replace(upload, by=request.user)
            except ValidationError as reason:
                raise _ReplacementRefused(reason) from reason
        super().save_model(request, obj, form, change)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except _ReplacementRefused as refusal:
            request.refusal = refusal.reason  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

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
        form.refusal = getattr(request, "refusal", None)  # type: ignore[attr-defined]
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

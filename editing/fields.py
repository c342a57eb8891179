"""Form fields: uploads are checked where they are chosen and never lost, forged keys are refused."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _

from editing.files import EXTENSIONS, check_file
from editing.keys import is_key
from editing.photos import read_photo


class PhotoUpload(forms.FileField):
    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            read_photo(upload)
            upload.seek(0)
        return upload


class Rows(forms.ModelMultipleChoiceField):
    """Several rows; what is no key is refused before the database is asked for it."""

    def clean(self, value: Any) -> Any:
        for key in value if isinstance(value, list | tuple) else []:
            if not is_key(key):
                message = self.error_messages["invalid_pk_value"]
                raise ValidationError(message, code="invalid_pk_value", params={"pk": key})
        return super().clean(value)


class FileUpload(forms.FileField):
    widget = forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in EXTENSIONS)})

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            check_file(upload, upload.name or "")
        return upload


def keep_upload(form: forms.ModelForm, name: str, store: Callable[[], models.Model]) -> None:
    """Puts an upload into the library while the form is checked, and the row into its field `name`:
    a browser sends no chosen file twice, so a form that comes back must have it already. A full
    disk is an error at the field `upload`."""
    try:
        row = store()
    except ValidationError as refusal:
        form.add_error("upload", refusal)
        return
    form.cleaned_data[name] = row
    # Of this form alone; its neighbours read the same data.
    data = QueryDict(mutable=True)
    data.update(form.data)
    data[form.add_prefix(name)] = str(row.pk)
    form.data = data
    form["upload"].help_text = _("Kept, not to be chosen again: %s.") % row

"""Form fields: uploads are checked with the form and stored only when it is saved, and forged keys
are refused."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

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

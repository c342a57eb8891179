"""Form fields for uploads: checked when the form is checked, stored only when it is saved."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from editing.files import EXTENSIONS, check_file
from editing.photos import read_photo


class PhotoUpload(forms.FileField):
    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            read_photo(upload)
            upload.seek(0)
        return upload


class FileUpload(forms.FileField):
    widget = forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in EXTENSIONS)})

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            check_file(upload, upload.name or "")
        return upload

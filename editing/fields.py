"""Form fields: uploads are checked where they are chosen and never lost, forged keys are refused."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _

from editing.files import CAPTIONS, EXTENSIONS, check_file
from editing.keys import is_key
from editing.photos import read_photo
from editing.uploads import refuse_if_not_kept
from editing.videos import LARGEST_CAPTIONS, captions_from_srt


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
    def __init__(self, *, kinds: Sequence[str] = EXTENSIONS, **kwargs: Any) -> None:
        self.kinds = kinds
        accept = ",".join(f".{kind}" for kind in kinds)
        super().__init__(widget=forms.FileInput(attrs={"accept": accept}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            check_file(upload, upload.name or "", self.kinds)
        return upload


class CaptionsUpload(FileUpload):
    """WebVTT; SubRip, which editing programs write, becomes WebVTT on its way in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(kinds=CAPTIONS, **kwargs)
        self.widget.attrs["accept"] = ".vtt,.srt"

    def clean(self, data: Any, initial: Any = None) -> Any:
        from editing.documents import decode  # its readers of documents take long to load

        name = getattr(data, "name", "") or ""
        if isinstance(data, UploadedFile) and name.lower().endswith(".srt"):
            refuse_if_not_kept(data)
            if (data.size or 0) <= LARGEST_CAPTIONS:
                text = captions_from_srt(decode(data.read())[0])
                data = SimpleUploadedFile(f"{name[:-4]}.vtt", text.encode(), "text/vtt")
        return super().clean(data, initial)


def keep_upload(
    form: forms.ModelForm,
    name: str,
    store: Callable[[Any], models.Model],
    *,
    upload: str = "upload",
) -> None:
    """Puts what was chosen in the field `upload` into the library while the form is checked, and the
    row into the field `name`: a browser sends no chosen file twice, so a form that comes back must
    have it already. A full disk is an error at the field."""
    chosen = form.cleaned_data.get(upload)
    if not chosen:
        return
    try:
        row = store(chosen)
    except ValidationError as refusal:
        form.add_error(upload, refusal)
        return
    form.cleaned_data[name] = row
    # Of this form alone; its neighbours read the same data.
    data = QueryDict(mutable=True)
    data.update(form.data)
    data[form.add_prefix(name)] = str(row.pk)
    form.data = data
    form[upload].help_text = _("Kept, not to be chosen again: %s.") % row

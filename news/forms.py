"""What staff fill in, in the order of a report."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from editing.fields import CaptionsUpload, FileUpload, PhotoUpload, keep_upload
from editing.files import CAPTIONS, LARGEST_FILE, VIDEOS
from editing.models import File, Photo
from editing.opened import OpenedForm
from editing.videos import watched_at
from news.models import Article, Attachment, Describing, Edition, EditionPhoto, EditionVideo
from vietnamese.slugs import slugify


class EditionForm(OpenedForm):
    written_in = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE
    )

    class Meta:
        model = Edition
        fields = "__all__"
        widgets = {"lead": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "written_in" in self.fields:
            self.fields["written_in"].initial = self.instance.article.language
            self.fields["written_in"].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._let_address_follow_title(cleaned)
        return cleaned

    def _let_address_follow_title(self, cleaned: dict[str, Any]) -> None:
        """Until readers know it, an address that nobody has chosen goes with the title."""
        article, title = self.instance.article_id and self.instance.article, cleaned.get("title")
        is_known = not article or article.first_published_at is not None
        old = slugify(self.initial.get("title") or "")
        if not is_known and title and "slug" in cleaned and cleaned["slug"] == old:
            cleaned["slug"] = ""

    def clean_dated(self) -> date | None:
        day: date | None = self.cleaned_data["dated"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(
                _("An article carries the day of its publication or an earlier one.")
            )
        return day


class EditionPhotoForm(forms.ModelForm):
    upload = PhotoUpload(label=_("New photo"), required=False)

    class Meta:
        model = EditionPhoto
        fields = ["upload", "photo", "caption", "describing", "description", "position"]
        widgets = {"describing": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Three choices; that none is made yet is no fourth.
        self.fields["describing"].choices = [  # type: ignore[attr-defined]
            (value, capfirst(label)) for value, label in Describing.choices
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        keep_upload(self, "photo", Photo.store)
        return cleaned

    def save(self, commit: bool = True) -> EditionPhoto:
        use: EditionPhoto = self.instance
        if use.photo and not use.caption and not use.pk:
            use.caption = use.photo.caption
        saved: EditionPhoto = super().save(commit)
        return saved


class AttachmentForm(forms.ModelForm):
    upload = FileUpload(label=_("New file"), required=False)

    class Meta:
        model = Attachment
        fields = ["upload", "file", "title", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        keep_upload(self, "file", lambda upload: File.store(upload, upload.name))
        if not cleaned.get("file") and "upload" not in self.errors:
            self.add_error("upload", _("Choose a file."))
        return cleaned


class VideoForm(forms.ModelForm):
    upload = FileUpload(
        label=_("New video file (MP4)"),
        kinds=VIDEOS,
        required=False,
        help_text=_("At most %(most)s MB. A longer one: give its address instead.")
        % {"most": LARGEST_FILE // 2**20},
    )
    new_captions = CaptionsUpload(label=_("New captions (.vtt or .srt)"), required=False)
    new_poster = PhotoUpload(label=_("New poster"), required=False)

    class Meta:
        model = EditionVideo
        fields = ["title", "address", "file", "captions", "poster", "position"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, kinds, upload in (
            ("file", VIDEOS, "upload"),
            ("captions", CAPTIONS, "new_captions"),
        ):
            keep_upload(
                self,
                name,
                lambda file, kinds=kinds: File.store(file, file.name, kinds=kinds),  # type: ignore[misc]
                upload=upload,
            )
        keep_upload(self, "poster", Photo.store, upload="new_poster")
        if not (cleaned.get("file") or self.errors.keys() & {"upload", "address"}):
            self._check_address(cleaned)
        return cleaned

    def _check_address(self, cleaned: dict[str, Any]) -> None:
        """Of a player that was copied, the page of its video is kept."""
        typed = cleaned.get("address", "")
        if not typed:
            self.add_error("address", _("Give the address of the video, or choose a file."))
            return
        address = watched_at(typed if "//" in typed else f"https://{typed}")
        if not address:
            self.add_error("address", _("This is no address of a page."))
        else:
            cleaned["address"] = address


class PeriodForm(forms.Form):
    """Two days, both included; by default the year so far."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"size": 10}))
    last = forms.DateField(label=_("to"), widget=forms.DateInput(attrs={"size": 10}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The period ends before it begins."))
        return cleaned

    def chosen(self) -> tuple[date, date]:
        if self.is_bound and self.is_valid():
            return self.cleaned_data["first"], self.cleaned_data["last"]
        today = timezone.localdate()
        return today.replace(month=1, day=1), today


def article_of(form: EditionForm, user: Any) -> Article:
    """The article that a form is about, made when the form is new."""
    edition: Edition = form.instance
    if edition.article_id:
        return edition.article
    return Article.objects.create(language=form.cleaned_data["written_in"], created_by=user)

"""What staff fill in, in the order of a report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editing.fields import FileUpload, PhotoUpload
from editing.models import File, Photo
from editing.opened import OpenedForm
from news.models import Article, Attachment, Describing, Edition, EditionPhoto
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
        self.fields["describing"].choices = Describing.choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (upload := cleaned.get("upload")) and not self.errors:
            _store(self, "photo", lambda: Photo.store(upload))
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
        upload = cleaned.get("upload")
        if not upload and not cleaned.get("file"):
            self.add_error("upload", _("Choose a file."))
        if upload and not self.errors:
            _store(self, "file", lambda: File.store(upload, upload.name))
        return cleaned


def _store(form: forms.ModelForm, name: str, store: Callable[[], models.Model]) -> None:
    """Keeps an upload while the form is checked, so that a full disk is an error at its field."""
    try:
        form.cleaned_data[name] = store()
    except ValidationError as refusal:
        form.add_error("upload", refusal)


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

from __future__ import annotations

from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from editing import files, photos
from vietnamese.slugs import slugify


class FocalPoint(models.TextChoices):
    """What must stay visible when a photo is cropped; a closed set, because pages carry no inline
    style: each value is a class of the stylesheet."""

    CENTRE = "centre", _("Centre")
    TOP = "top", _("Top")
    BOTTOM = "bottom", _("Bottom")
    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")


class Photo(models.Model):
    """A photo of the library, kept only as the renditions that are served."""

    description = models.CharField(
        _("photo description"),
        max_length=300,
        blank=True,
        help_text=_(
            "What the photo shows, for readers who cannot see it. "
            "Example: “The Head of the Authority speaks to a full hall.”"
        ),
    )
    credit = models.CharField(
        _("photo credit"),
        max_length=120,
        blank=True,
        help_text=_(
            "Who took it, or where it comes from. Example: “Photo: Office of the Authority”."
        ),
    )
    taken_on = models.DateField(_("taken on"), null=True, blank=True)
    focal_point = models.CharField(
        _("focal point"), max_length=8, choices=FocalPoint, default=FocalPoint.CENTRE
    )
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.description or str(_("Photo %s") % self.pk)

    @classmethod
    def store(cls, file: IO[bytes], **fields: Any) -> Photo:
        """The photo of this file: a new one, or the one that has the same content already.

        Raises ValidationError when the file is not a photo that may be taken; nothing is kept then.
        """
        sha256 = photos.fingerprint(file)
        if known := cls.objects.filter(sha256=sha256).first():
            return known
        picture = photos.read_photo(file)
        for rendition in photos.renditions(picture):
            path = cls.path_of(sha256, rendition.width, rendition.extension)
            default_storage.save(path, ContentFile(rendition.content))
        return cls.objects.create(
            sha256=sha256, width=picture.width, height=picture.height, **fields
        )

    @staticmethod
    def path_of(sha256: str, width: int, extension: str) -> str:
        """Where a rendition lies, below MEDIA_ROOT."""
        return f"photos/{sha256[:2]}/{sha256}-{width}.{extension}"

    @property
    def widths(self) -> list[int]:
        return photos.widths_for(self.width)

    def url(self, width: int, extension: str = "jpg") -> str:
        return reverse("photo", args=[self.pk, self.sha256[:8], width, extension])

    @property
    def largest_url(self) -> str:
        return self.url(self.widths[-1])

    def height_at(self, width: int) -> int:
        return max(1, round(self.height * width / self.width))


class File(models.Model):
    """A file to download. Its address stays when it is attached elsewhere too."""

    name = models.CharField(_("file name"), max_length=120, editable=False)
    extension = models.CharField(max_length=8, editable=False)
    path = models.CharField(max_length=200, editable=False)
    size = models.PositiveBigIntegerField(
        _("size"), editable=False, validators=[MaxValueValidator(files.LARGEST_FILE)]
    )
    sha256 = models.CharField(max_length=64, editable=False, db_index=True)
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def store(cls, file: IO[bytes], name: str, **fields: Any) -> File:
        """Keeps an upload. Raises ValidationError when it may not be attached."""
        extension = files.check_file(file, name)
        sha256 = photos.fingerprint(file)
        if known := cls.objects.filter(sha256=sha256, extension=extension).first():
            return known
        path = f"files/{sha256[:2]}/{sha256}.{extension}"
        if not default_storage.exists(path):
            path = default_storage.save(path, ContentFile(file.read()))
        stem = slugify(name.rpartition(".")[0]) or "tep"
        return cls.objects.create(
            name=f"{stem}.{extension}",
            extension=extension,
            path=path,
            size=default_storage.size(path),
            sha256=sha256,
            **fields,
        )

    @property
    def content_type(self) -> str:
        return files.content_type(self.extension)

    def get_absolute_url(self) -> str:
        return reverse("file", args=[self.pk, self.name])

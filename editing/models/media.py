from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import IO, Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.base import File as DjangoFile
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image

from editing import files, photos, uploads
from editing.addresses import address
from vietnamese.folding import fold
from vietnamese.slugs import slugify


class FocalPoint(models.TextChoices):
    """What must stay visible when a photo is cropped; a closed set, because pages carry no inline
    style: each value is a class of the stylesheet."""

    CENTRE = "centre", _("Centre")
    TOP = "top", _("Top")
    BOTTOM = "bottom", _("Bottom")
    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")
    TOP_LEFT = "top-left", _("Top left")
    TOP_RIGHT = "top-right", _("Top right")
    BOTTOM_LEFT = "bottom-left", _("Bottom left")
    BOTTOM_RIGHT = "bottom-right", _("Bottom right")

    @property
    def centering(self) -> tuple[float, float]:
        """From 0 (left, top) to 1."""
        across = 0.0 if "left" in self.value else 1.0 if "right" in self.value else 0.5
        down = 0.0 if "top" in self.value else 1.0 if "bottom" in self.value else 0.5
        return across, down


class PhotoQuerySet(models.QuerySet["Photo"]):
    def unfinished(self) -> Self:
        """Whose files follow an older list of renditions."""
        return self.filter(rendered__lt=photos.RENDITIONS_VERSION)

    def matching(self, text: str) -> Self:
        """That say all these words somewhere, with or without dấu."""
        rows = self
        for word in fold(text).split():
            rows = rows.filter(folded__contains=word)
        return rows


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
    caption = models.CharField(
        _("photo caption"),
        max_length=400,
        blank=True,
        help_text=_("Offered wherever the photo is used; each article may say it otherwise."),
    )
    taken_on = models.DateField(_("taken on"), null=True, blank=True)
    place = models.CharField(
        _("place"), max_length=120, blank=True, help_text=_("Example: “Hall of the Authority”.")
    )
    is_ai = models.BooleanField(
        _("photo made or changed by AI"), default=False, help_text=_("Readers are told.")
    )
    consent = models.CharField(
        _("consent"),
        max_length=200,
        blank=True,
        help_text=_(
            "Where people can be recognised outside a public event: who agreed, and when. "
            "Only staff see it."
        ),
    )
    focal_point = models.CharField(
        _("focal point"), max_length=12, choices=FocalPoint, default=FocalPoint.CENTRE
    )
    rendered = models.PositiveSmallIntegerField(default=1, editable=False)
    # All its words without accents, for finding it.
    folded = models.TextField(editable=False, blank=True)
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

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.description or str(_("Photo %s") % self.pk)

    def save(self, *args: Any, **kwargs: Any) -> None:
        day = f"{self.taken_on:%d/%m/%Y}" if isinstance(self.taken_on, date) else ""
        words = (self.caption, self.description, self.credit, self.place, day)
        self.folded = f" {fold(' '.join(words))} "
        super().save(*args, **kwargs)

    @classmethod
    def store(cls, file: IO[bytes], **fields: Any) -> Photo:
        """The photo of this file: a new one, or the one that has the same content already.

        Raises ValidationError when the file is not a photo that may be taken, or when the disk is
        full; nothing is kept then.
        """
        uploads.refuse_if_not_kept(file)
        sha256 = photos.fingerprint(file)
        if known := cls.objects.filter(sha256=sha256).first():
            return known
        photo = cls(sha256=sha256, rendered=photos.RENDITIONS_VERSION, **fields)
        photo._render(photos.read_photo(file))
        photo.save()
        return photo

    def replace(self, file: IO[bytes]) -> None:
        """Another picture in its place: whatever uses the photo shows the new one.

        Raises ValidationError as `store` does, and when the library has that picture already.
        """
        sha256 = photos.fingerprint(file)
        known = Photo.objects.filter(sha256=sha256).first()
        if known and known != self:
            raise ValidationError(
                _("This picture is in the library already: %(photo)s."), params={"photo": known}
            )
        if known:
            return
        old = list(self.paths())
        self.sha256, self.rendered = sha256, photos.RENDITIONS_VERSION
        self._render(photos.read_photo(file))
        self.save()
        transaction.on_commit(lambda: self.delete_files(old))

    def render_anew(self) -> None:
        """Makes every file of today's list from what is kept."""
        kept = [self.master_path, *self._rendition_paths()[::-1]]
        path = next((path for path in kept if default_storage.exists(path)), None)
        if path is not None:
            with default_storage.open(path) as file:
                picture = photos.read_photo(file)
            self._write(self._files_of(picture, has_master=path == self.master_path))
        # Without any file there is nothing to make, and nothing to try again.
        self.rendered = photos.RENDITIONS_VERSION
        self.save(update_fields=["rendered", "folded"])

    def render_crops(self) -> None:
        """The crops around the focal point, which staff have moved."""
        if default_storage.exists(self.master_path):
            with default_storage.open(self.master_path) as file:
                picture = photos.read_photo(file)
            self._write(self._crops_of(picture))

    @property
    def _focus(self) -> tuple[float, float]:
        return FocalPoint(self.focal_point).centering

    def _render(self, picture: Image.Image) -> None:
        self.width, self.height = picture.width, picture.height
        self._write(self._files_of(picture, has_master=False))

    def _files_of(self, picture: Image.Image, *, has_master: bool) -> dict[str, bytes]:
        made = {
            self.path_of(self.sha256, each.width, each.extension): each.content
            for each in photos.renditions(picture)
        }
        made |= self._crops_of(picture)
        return made if has_master else made | {self.master_path: photos.master(picture)}

    def _crops_of(self, picture: Image.Image) -> dict[str, bytes]:
        made = {
            self.card_path(each.width, each.extension): each.content
            for each in photos.cards(picture, self._focus)
        }
        return made | {self.social_path: photos.social(picture, self._focus)}

    @staticmethod
    def _write(made: dict[str, bytes]) -> None:
        """All of them or none."""
        written: list[str] = []
        try:
            for path, content in made.items():
                default_storage.delete(path)
                written.append(default_storage.save(path, ContentFile(content)))
        except OSError as error:
            Photo.delete_files(written)
            raise uploads.no_space() from error

    @staticmethod
    def delete_files(paths: Iterable[str]) -> None:
        for path in paths:
            default_storage.delete(path)

    def paths(self) -> Iterator[str]:
        """Every file of the photo, below MEDIA_ROOT."""
        yield from self._rendition_paths()
        yield from (
            self.card_path(width, extension)
            for width in self.card_widths
            for extension in photos.FORMATS
        )
        yield from (self.master_path, self.social_path)

    def _rendition_paths(self) -> list[str]:
        return [
            self.path_of(self.sha256, width, extension)
            for width in self.widths
            for extension in photos.FORMATS
        ]

    @property
    def master_path(self) -> str:
        return f"photos/{self.sha256[:2]}/{self.sha256}-master.jpg"

    @property
    def social_path(self) -> str:
        return f"photos/{self.sha256[:2]}/{self.sha256}-social.jpg"

    def card_path(self, width: int, extension: str) -> str:
        return f"photos/{self.sha256[:2]}/{self.sha256}-card-{width}.{extension}"

    @property
    def card_widths(self) -> list[int]:
        return photos.card_widths_for(self.width, self.height)

    @property
    def has_cards(self) -> bool:
        """Whether its crops are made; the runner makes those of older photos."""
        return self.rendered >= photos.CARDS_SINCE

    @property
    def formats(self) -> list[str]:
        """In which it can be served, best first; AVIF came later than the oldest photos."""
        is_new = self.rendered >= photos.AVIF_SINCE
        return [each for each in photos.FORMATS if is_new or each != "avif"]

    @staticmethod
    def path_of(sha256: str, width: int, extension: str) -> str:
        """Where a rendition lies, below MEDIA_ROOT."""
        return f"photos/{sha256[:2]}/{sha256}-{width}.{extension}"

    @property
    def widths(self) -> list[int]:
        return photos.widths_for(self.width)

    def url(self, width: int, extension: str = "jpg") -> str:
        return address("photo", self.pk, self.sha256[:8], width, extension)

    def card_url(self, width: int, extension: str = "jpg") -> str:
        return address("card_photo", self.pk, self.sha256[:8], width, extension)

    @property
    def thumbnail_url(self) -> str:
        return self.url(self.widths[0], "webp")

    @property
    def social_url(self) -> str:
        return address("social_photo", self.pk, self.sha256[:8])

    @property
    def shared_url(self) -> str:
        """What social networks show beside a link; the whole photo until the crop is made."""
        is_made = self.rendered >= photos.SOCIAL_SINCE
        return self.social_url if is_made else self.largest_url

    @property
    def largest_url(self) -> str:
        return self.url(self.widths[-1])

    def height_at(self, width: int) -> int:
        return max(1, round(self.height * width / self.width))


class Validity(models.TextChoices):
    IN_FORCE = "in_force", _("In force")
    NOT_YET = "not_yet", _("Not yet in force")
    PARTLY = "partly", _("Partly no longer in force")
    ENDED = "ended", _("No longer in force")


class Legibility(models.TextChoices):
    """Whether a program can read the text of a file: what it cannot, neither search nor a screen
    reader can."""

    UNKNOWN = "", _("not read yet")
    TEXT = "text", _("has text: readers find its words by search")
    SCAN = "scan", _("pictures of pages without text: search and screen readers find nothing in it")
    UNREADABLE = "broken", _("cannot be read: damaged, locked by a password, or too large")


class File(models.Model):
    """A file to download, with what an official document says of itself. Its address stays when it
    is attached elsewhere too, and when another content takes its place."""

    name = models.CharField(_("file name"), max_length=120, editable=False)
    number = models.CharField(
        _("number and symbol"),
        max_length=60,
        blank=True,
        help_text=_("As it stands in the document. Example: 12/2026/QĐ-BQL"),
    )
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    issuer = models.CharField(_("issued by"), max_length=160, blank=True)
    signer = models.CharField(_("signed by"), max_length=120, blank=True)
    abstract = models.CharField(
        _("abstract"), max_length=500, blank=True, help_text=_("What it is about, in one sentence.")
    )
    validity = models.CharField(_("validity"), max_length=10, choices=Validity, blank=True)
    extension = models.CharField(max_length=8, editable=False)
    path = models.CharField(max_length=200, editable=False)
    size = models.PositiveBigIntegerField(
        _("size"), editable=False, validators=[MaxValueValidator(files.LARGEST_FILE)]
    )
    pages = models.PositiveIntegerField(_("pages"), null=True, editable=False)
    legibility = models.CharField(
        _("text in it"), max_length=6, choices=Legibility, blank=True, editable=False
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
        return f"{self.number} ({self.name})" if self.number else self.name

    @classmethod
    def store(
        cls, file: IO[bytes], name: str, *, kinds: Sequence[str] = files.EXTENSIONS, **fields: Any
    ) -> File:
        """Keeps an upload. Raises ValidationError when it may not be attached, or cannot be
        written; nothing is kept then."""
        extension = files.check_file(file, name, kinds)
        files.forget_owner(file, extension)
        sha256 = photos.fingerprint(file)
        if known := cls.objects.filter(sha256=sha256, extension=extension).first():
            return known
        stem = slugify(name.rpartition(".")[0]) or "tep"
        row = cls(name=f"{stem}.{extension}", extension=extension, **fields)
        row._take(file, sha256)
        row.save()
        return row

    @transaction.atomic
    def replace(self, file: IO[bytes], name: str, *, by: Any = None) -> None:
        """Another content at the same address; what was there is kept as a version.

        Raises ValidationError as `store` does, and for a file of another kind.
        """
        extension = files.check_file(file, name, files.EVERY_KIND)
        files.forget_owner(file, extension)
        if extension != self.extension:
            raise ValidationError(
                _("Its address ends in “.%(extension)s”: replace it by a file of that kind."),
                code="other_kind",
                params={"extension": self.extension},
            )
        sha256 = photos.fingerprint(file)
        if sha256 == self.sha256:
            return
        old = {name: getattr(self, name) for name in ("path", "size", "pages", "sha256")}
        self._take(file, sha256)
        FileVersion.objects.create(file=self, replaced_by=by, **old)
        self.save()

    def _take(self, file: IO[bytes], sha256: str) -> None:
        path = f"files/{sha256[:2]}/{sha256}.{self.extension}"
        if not default_storage.exists(path):
            try:
                path = default_storage.save(path, DjangoFile(file))
            except OSError as error:
                default_storage.delete(path)
                raise uploads.no_space() from error
        self.path, self.sha256 = path, sha256
        self.size = default_storage.size(path)
        self.pages = files.count_pages(file, self.extension)
        self.legibility = Legibility.UNKNOWN

    @property
    def content_type(self) -> str:
        return files.content_type(self.extension)

    def get_absolute_url(self) -> str:
        return address("file", self.pk, self.name)


class FileVersion(models.Model):
    """What stood at a file's address before; only staff can open it."""

    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="versions")
    path = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    replaced_at = models.DateTimeField(_("replaced at"), auto_now_add=True)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("version of a file")
        verbose_name_plural = _("versions of files")
        ordering = ["-replaced_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.file.name} ({self.replaced_at:%d/%m/%Y})"

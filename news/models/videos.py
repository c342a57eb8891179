from __future__ import annotations

from urllib.parse import urlsplit

from django.db import models
from django.db.models import F, JSONField, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from editing.aggregates import JsonRows
from editing.models import File, Photo
from editing.videos import site_of, watched_at
from news.models.articles import Edition


class EditionVideo(models.Model):
    """A video in an article: a link with a picture, or a file of ours. Never another site's player."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="videos")
    position = models.PositiveSmallIntegerField(
        _("number"),
        default=1,
        help_text=_("A line that holds only [Video 1] marks where video 1 stands in the text."),
    )
    title = models.CharField(
        _("title"),
        max_length=250,
        help_text=_("What it shows. Example: “Ground-breaking, in full”"),
    )
    address = models.CharField(
        _("address of the video"),
        max_length=1000,
        blank=True,
        help_text=_(
            "On YouTube, Facebook, TikTok, Zalo: readers follow a link, nothing is embedded."
        ),
    )
    file = models.ForeignKey(
        File,
        verbose_name=_("video file"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"extension": "mp4"},
        related_name="videos",
    )
    captions = models.ForeignKey(
        File,
        verbose_name=_("captions"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"extension": "vtt"},
        related_name="captioned_videos",
        help_text=_("For who cannot hear it: a WebVTT file (.vtt), as video programs export it."),
    )
    poster = models.ForeignKey(
        Photo,
        verbose_name=_("poster"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="posters",
        help_text=_("The picture that stands there until it plays; without one, a plain card."),
    )

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(address="") | Q(file__isnull=False), name="video_has_a_source"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def link(self) -> str:
        """Where it is watched; empty for what is no address of a page, however it was stored."""
        return watched_at(self.address)

    @property
    def site(self) -> str:
        """Where it is watched, by its name."""
        return site_of(self.link) or urlsplit(self.link).hostname or ""


# A page has few queries to spend, and most articles no video: they are read with their edition.

_OF_VIDEO = ("pk", "position", "title", "address")
_OF_FILE = ("id", "name", "extension", "size")
_OF_POSTER = ("id", "sha256", "width", "height", "rendered", "focal_point")


def video_rows() -> Subquery:
    """To annotate editions with, for `videos_of`."""
    names = [
        *_OF_VIDEO,
        *(f"{owner}__{name}" for owner in ("file", "captions") for name in _OF_FILE),
        *(f"poster__{name}" for name in _OF_POSTER),
    ]
    values = JSONObject(**{name: F(name) for name in names})
    found = EditionVideo.objects.filter(edition=OuterRef("pk")).order_by()
    return Subquery(found.values(found=JsonRows(values)), output_field=JSONField())


def videos_of(edition: Edition) -> list[EditionVideo]:
    """In their order: as `video_rows` has read them, or read now."""
    if not hasattr(edition, "video_rows"):
        return list(edition.videos.select_related("file", "captions", "poster"))
    rows = [_from_json(edition, row) for row in edition.video_rows or []]
    return sorted(rows, key=lambda video: (video.position, video.pk))


def _from_json(edition: Edition, row: dict[str, object]) -> EditionVideo:
    video = EditionVideo(edition=edition, **{name: row[name] for name in _OF_VIDEO})
    for owner, names in (("file", _OF_FILE), ("captions", _OF_FILE), ("poster", _OF_POSTER)):
        if row[f"{owner}__id"] is not None:
            model = Photo if owner == "poster" else File
            setattr(video, owner, model(**{name: row[f"{owner}__{name}"] for name in names}))
    return video

"""Puts an article's photos and videos where its text says."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from editing.richtext import safe_html
from editing.videos import site_of
from news.models import Edition, EditionPhoto, EditionVideo, videos_of

# A paragraph that holds nothing but “[Ảnh 2]”, “[Video 1]” or a link.
_MARK = re.compile(
    r"<p>\s*(?:\[(?:(?P<photo>[Ảả]nh|[Pp]hoto)|[Vv]ideo)\s*(?P<number>\d{1,3})\]"
    r'|<a href="(?P<address>[^"]*)"[^>]*>(?P<words>[^<]*)</a>)\s*</p>'
)


@dataclass(frozen=True)
class Mark:
    """What a line of the text stands for: a photo or a video by its number, or a link to a video."""

    kind: str  # "photo", "video" or "link"
    number: int = 0
    address: str = ""
    words: str = ""


def split_at_marks(body: str) -> Iterator[str | Mark]:
    """Pieces of clean HTML and the marks between them."""
    at = 0
    for found in _MARK.finditer(body):
        mark = _mark(found)
        if mark is not None:
            yield body[at : found.start()]
            yield mark
            at = found.end()
    yield body[at:]


def _mark(found: re.Match[str]) -> Mark | None:
    if found["number"]:
        return Mark("photo" if found["photo"] else "video", int(found["number"]))
    address = html.unescape(found["address"])
    return Mark("link", 0, address, html.unescape(found["words"])) if site_of(address) else None


def body_with_figures(edition: Edition) -> SafeString:
    """The body as readers see it; what no mark places follows the text."""
    photos, videos = list(edition.photos.all()), videos_of(edition)
    pieces = [_piece(piece, photos, videos) for piece in split_at_marks(edition.body)]
    pieces += [_video(video) for video in videos]
    pieces += [_figure(photo) for photo in photos]
    return reduce(add, pieces, SafeString())


def _piece(piece: str | Mark, photos: list[EditionPhoto], videos: list[EditionVideo]) -> SafeString:
    if isinstance(piece, str):
        return safe_html(piece)
    if piece.kind == "photo":
        photo = next((each for each in photos if each.position == piece.number), None)
        if photo is None:
            return SafeString()
        # Taken out, so that a photo placed twice or not at all shows once.
        photos.remove(photo)
        return _figure(photo)
    video = next((each for each in videos if _is_meant(piece, each)), None)
    if video is not None:
        videos.remove(video)
        return _video(video)
    if piece.kind == "link":
        return _video(EditionVideo(address=piece.address, title=piece.words))
    return SafeString()


def _is_meant(mark: Mark, video: EditionVideo) -> bool:
    if mark.kind == "link":
        return video.address == mark.address
    return video.position == mark.number


def _figure(photo: EditionPhoto) -> SafeString:
    return render_to_string("components/figure.html", {"use": photo, "photo": photo.photo})


def _video(video: EditionVideo) -> SafeString:
    return render_to_string("components/video.html", {"video": video})

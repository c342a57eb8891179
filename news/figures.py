"""Puts an article's photos where its text says."""

from __future__ import annotations

import re
from functools import reduce
from operator import add

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from editing.richtext import safe_html
from news.models import Edition, EditionPhoto

# A paragraph that holds nothing but “[Ảnh 2]” or “[Photo 2]”.
_MARK = re.compile(r"<p>\s*\[(?:Ảnh|ảnh|Photo|photo)\s*(\d{1,3})\]\s*</p>")


def split_at_photos(body: str) -> list[str | int]:
    """Pieces of clean HTML and, between them, the numbers of the photos."""
    pieces = _MARK.split(body)
    return [int(piece) if at % 2 else piece for at, piece in enumerate(pieces)]


def body_with_figures(edition: Edition) -> SafeString:
    """The body as readers see it; photos that no mark places follow the text."""
    photos = list(edition.photos.all())
    pieces = [_piece(piece, photos) for piece in split_at_photos(edition.body)]
    pieces += [_figure(photo) for photo in photos]
    return reduce(add, pieces, SafeString())


def _piece(piece: str | int, photos: list[EditionPhoto]) -> SafeString:
    if isinstance(piece, str):
        return safe_html(piece)
    photo = next((each for each in photos if each.position == piece), None)
    if photo is None:
        return SafeString()
    # Taken out, so that a photo placed twice or not at all shows once.
    photos.remove(photo)
    return _figure(photo)


def _figure(photo: EditionPhoto) -> SafeString:
    return render_to_string("components/figure.html", {"use": photo, "photo": photo.photo})

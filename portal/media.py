"""Photos and files, answered only while something public uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from contacts.models import Appointment
from editing.models import File, Photo
from editing.photos import FORMATS
from news import sharing
from news.models import Edition
from portal.models import Agency

# Inert whatever the content: nothing in it runs, loads or frames.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@require_safe
def photo(
    request: HttpRequest, photo_id: int, fingerprint: str, width: int, extension: str
) -> HttpResponseBase:
    row = get_object_or_404(Photo, pk=photo_id)
    is_public = _photo_is_public(row)
    if not (is_public or _may_preview(request, _used_photo(row))):
        raise Http404
    if not row.sha256.startswith(fingerprint):
        # Replaced meanwhile: pages that are still in a cache show the new one.
        return HttpResponseRedirect(row.url(row.widths[0]))
    if extension not in row.formats or width not in row.widths:
        raise Http404
    response = _answer(request, Photo.path_of(row.sha256, width, extension), FORMATS[extension])
    return _with_headers(response, is_public=is_public)


@require_safe
def social_photo(request: HttpRequest, photo_id: int, fingerprint: str) -> HttpResponseBase:
    """The crop that social networks show beside a link."""
    row = get_object_or_404(Photo, pk=photo_id, sha256__startswith=fingerprint)
    is_public = _photo_is_public(row)
    if not (is_public or _may_preview(request, _used_photo(row))):
        raise Http404
    return _with_headers(_answer(request, row.social_path, "image/jpeg"), is_public=is_public)


@require_safe
def card_photo(
    request: HttpRequest, photo_id: int, fingerprint: str, width: int, extension: str
) -> HttpResponseBase:
    """The crop that stands on cards."""
    row = get_object_or_404(Photo, pk=photo_id)
    is_public = _photo_is_public(row)
    if not (is_public or _may_preview(request, _used_photo(row))):
        raise Http404
    if not row.sha256.startswith(fingerprint) and row.has_cards:
        return HttpResponseRedirect(row.card_url(row.card_widths[0]))
    if not row.has_cards or extension not in FORMATS or width not in row.card_widths:
        raise Http404
    response = _answer(request, row.card_path(width, extension), FORMATS[extension])
    return _with_headers(response, is_public=is_public)


@require_safe
def emblem(request: HttpRequest) -> HttpResponseBase:
    """The agency's emblem, at an address that the header knows without asking for the photo."""
    row = get_object_or_404(Photo, pk__in=Agency.objects.values("emblem"))
    path = Photo.path_of(row.sha256, row.widths[0], "webp")
    return _with_headers(_answer(request, path, FORMATS["webp"]), is_public=True)


@require_safe
def file(request: HttpRequest, file_id: int, name: str) -> HttpResponseBase:
    row = get_object_or_404(File, pk=file_id)
    used = Q(attachments__file=row) | Q(videos__file=row) | Q(videos__captions=row)
    is_public = _is_in_an_article(used)
    if not (is_public or _may_preview(request, used)):
        raise Http404
    if name != row.name:
        return HttpResponsePermanentRedirect(row.get_absolute_url())
    response = _answer(request, row.path, row.content_type)
    disposition = "inline" if row.extension == "pdf" else "attachment"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{row.name}"'
    return _with_headers(response, is_public=is_public)


def _used_photo(row: Photo) -> Q:
    return Q(photos__photo=row) | Q(lead_photo=row) | Q(videos__poster=row)


def _may_preview(request: HttpRequest, used: Q) -> bool:
    """Staff, and who has a link for comments on a text that uses it."""
    return _is_staff(request) or sharing.shows(request.COOKIES.get(sharing.COOKIE, ""), used)


def _photo_is_public(row: Photo) -> bool:
    return (
        _is_in_an_article(_used_photo(row))
        or Appointment.objects.current().filter(person__portrait=row).exists()
        or Agency.objects.filter(emblem=row).exists()
    )


def _is_in_an_article(used: Q) -> bool:
    """Whether readers can open an article that uses it."""
    return (
        Edition.objects.live().filter(used).exists()
        or Edition.objects.kept_to_read().filter(used).exists()
    )


def _is_staff(request: HttpRequest) -> bool:
    # Without a session cookie there is nobody to look up.
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return has_session and bool(getattr(request.user, "is_staff", False))


def _with_headers(response: HttpResponseBase, *, is_public: bool) -> HttpResponseBase:
    # Short, because a withdrawn photo must be gone soon.
    age = "public, max-age=300" if is_public else "private, no-store"
    response.headers["Cache-Control"] = age
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


def _answer(request: HttpRequest, path: str, content_type: str) -> HttpResponseBase:
    if not default_storage.exists(path):
        raise Http404
    size = default_storage.size(path)
    wanted = _range(request.headers.get("Range", ""), size)
    response: HttpResponseBase
    if wanted is None:
        response = FileResponse(default_storage.open(path), content_type=content_type)
    elif not wanted:
        response = HttpResponse(status=416)
        response.headers["Content-Range"] = f"bytes */{size}"
    else:
        response = _partial(default_storage.open(path), wanted, size, content_type)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _range(header: str, size: int) -> range | None:
    """The bytes asked for; an empty range if there are none such; None for all of them."""
    match = _RANGE.match(header)
    if not match or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:  # the last so many bytes
        return range(max(0, size - int(last)), size)
    end = min(size, int(last) + 1) if last else size
    return range(int(first), end)


def _partial(stream: IO[bytes], wanted: range, size: int, content_type: str) -> HttpResponseBase:
    response = StreamingHttpResponse(_slice(stream, wanted), status=206, content_type=content_type)
    response.headers["Content-Length"] = str(len(wanted))
    response.headers["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    return response


def _slice(stream: IO[bytes], wanted: range) -> Iterator[bytes]:
    with stream:
        stream.seek(wanted.start)
        left = len(wanted)
        while left and (chunk := stream.read(min(left, 65536))):
            left -= len(chunk)
            yield chunk

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt

from portal.api import describing, parameters, shapes
from portal.api.entrances import ENTRANCES, Entrance
from portal.api.problems import ParameterRefused, open_to_all, problem
from portal.api.reading import Gone, whole

# Short, because what is withdrawn must be gone soon.
_CACHE = "public, max-age=60"
_READING = ("GET", "HEAD")

View = Callable[..., HttpResponse]


def _read_only(view: View) -> View:
    """Answers what is no reading. There is nothing that a forged form could do, and no cookie."""

    def guarded(request: HttpRequest, **places: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return _allow(open_to_all(HttpResponse(status=204)))
        if request.method not in _READING:
            return _allow(problem(405, "This interface is for reading."))
        return view(request, **places)

    guarded.counts_visits = False  # type: ignore[attr-defined]
    return csrf_exempt(guarded)


def _allow(response: HttpResponse) -> HttpResponse:
    response.headers["Allow"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
    response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
    return response


def _view_of(entrance: Entrance) -> View:
    def view(request: HttpRequest, **places: Any) -> HttpResponse:
        try:
            asked = parameters.read_all(request.GET, entrance.parameters())
            with translation.override(asked.get("language", translation.get_language())):
                answer = entrance.read(asked, **places)
        except ParameterRefused as refusal:
            return problem(400, "A parameter cannot be used.", [refusal.mistake])
        except Gone:
            return problem(410, "It was public and has been withdrawn.")
        except Http404:
            return problem(404, "There is nothing public with this id.")
        language = getattr(answer, "language", asked.get("language", "en"))
        return _answer(request, asdict(answer), language=language)

    return _read_only(view)


def _answer(request: HttpRequest, content: Any, *, language: str = "en") -> HttpResponse:
    body = json.dumps(content, ensure_ascii=False, default=_as_text).encode()
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response.headers["Cache-Control"] = _CACHE
    response.headers["Content-Language"] = language
    response.headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if content.get("next"):
        response.headers["Link"] = f'<{content["next"]}>; rel="next"'
    etag = response.headers["ETag"]
    return open_to_all(get_conditional_response(request, etag=etag, response=response) or response)


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)  # a lazy text


@_read_only
def index(request: HttpRequest) -> HttpResponse:
    entrances = [
        shapes.Entrance(each.name, whole(reverse(f"api:{each.name}")))
        for each in ENTRANCES
        if not each.places
    ]
    content = shapes.Index(whole(reverse("api:description")), entrances)
    return _answer(request, asdict(content))


@_read_only
def description(request: HttpRequest) -> HttpResponse:
    return _answer(request, describing.description())


@_read_only
def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    return problem(
        404, f"Unknown address. {whole(reverse('api:index'))} lists those that are known."
    )


def routes() -> list[URLPattern]:
    """Made when the kinds of keys in addresses are known."""
    return [
        path("v1/", index, name="index"),
        path("v1/openapi.json", description, name="description"),
        *[path(f"v1/{each.route}", _view_of(each), name=each.name) for each in ENTRANCES],
        path("", nothing),
        path("<path:rest>", nothing),
    ]

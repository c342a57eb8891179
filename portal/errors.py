"""Pages for when something is wrong. Those of 500 and 503 touch no database."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation

from portal import hotline_copy


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _bare(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _bare(request, "500.html", status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _bare(request, "503.html", status=503)
    response.headers["Retry-After"] = "60"
    return response


def _bare(request: HttpRequest, template: str, *, status: int) -> HttpResponse:
    """Rendered without context processors, because those ask the database."""
    language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
    with translation.override(language):
        context: dict[str, Any] = {"copy": hotline_copy.read(language), "language": language}
        response = HttpResponse(render_to_string(template, context), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response

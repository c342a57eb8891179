"""Pages for when something is wrong. Those of 500 and 503 touch no database."""

import sys
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from portal import hotline_copy
from portal.api.problems import is_api, problem


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _bare(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # A database may also go while a middleware or the frame of an error page asks it.
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    return _bare(request, "500.html", status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database is gone, or its disk is full: nothing was saved, and nothing typed is lost."""
    if _is_staff_page(request):
        return _try_again(request, "503_staff.html", wait=60)
    return _retry_after(_bare(request, "503.html", status=503), 60)


def under_maintenance(request: HttpRequest) -> HttpResponse:
    return _try_again(request, "503_maintenance.html", wait=900)


def _is_staff_page(request: HttpRequest) -> bool:
    return request.path_info.startswith(reverse("admin:index"))


def _try_again(request: HttpRequest, template: str, *, wait: int) -> HttpResponse:
    """Carries everything that was sent, so that one button sends it once more."""
    sent = [pair for pair in _sent(request) if "password" not in pair[0]]
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    return _retry_after(_bare(request, template, status=503, sent=sent, language=language), wait)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        return [(name, value) for name, values in request.POST.lists() for value in values]
    except Exception:  # what was sent could not be read either
        return []


def _retry_after(response: HttpResponse, seconds: int) -> HttpResponse:
    response.headers["Retry-After"] = str(seconds)
    return response


def _bare(
    request: HttpRequest, template: str, *, status: int, language: str = "", **extra: Any
) -> HttpResponse:
    """Rendered without context processors, because those ask the database."""
    if is_api(request):
        return problem(status)
    language = (
        language
        or translation.get_language_from_path(request.path_info)
        or (settings.LANGUAGE_CODE)
    )
    with translation.override(language):
        context = {"copy": hotline_copy.read(language), "language": language, **extra}
        response = HttpResponse(render_to_string(template, context), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response

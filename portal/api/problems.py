"""What goes wrong, as RFC 9457 says it. No database is asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from portal.api.shapes import Mistake, Problem

ROOT = "/api/"


class ParameterRefused(Exception):
    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.mistake = Mistake(parameter, detail)


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(ROOT)


def problem(status: int, detail: str = "", mistakes: Sequence[Mistake] = ()) -> HttpResponse:
    body = Problem("about:blank", HTTPStatus(status).phrase, status, detail, list(mistakes))
    response = HttpResponse(
        json.dumps(asdict(body), ensure_ascii=False),
        status=status,
        content_type="application/problem+json",
    )
    response.headers["Cache-Control"] = "no-store"
    return open_to_all(response)


def open_to_all(response: HttpResponse) -> HttpResponse:
    """Any page may read it: all of it is public, and no cookie is asked for."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response

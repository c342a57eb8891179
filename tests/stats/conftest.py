from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch
from pytest_django.fixtures import Settings

from stats import clock
from stats.middleware import VisitCounterMiddleware
from stats.spool import Pageview
from tests.stats.traces import CLOCK_HEADER

PHONE = (
    "Mozilla/5.0 (Linux; Android 13; CUBOT X70 Build/TP1A.220624.014) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36"
)
NOON = clock.milliseconds(datetime(2026, 11, 2, 12, tzinfo=clock.LOCAL))

Visit = Callable[..., list[Pageview]]


@pytest.fixture
def spool(tmp_path: Path, settings: Settings) -> Path:
    """An empty spool folder, and a box file beside it."""
    settings.VAR_DIR = tmp_path
    settings.STATS_SPOOL_DIR = tmp_path / "spool"
    settings.STATS_CLOCK_HEADER = ""
    return tmp_path / "spool"


@pytest.fixture
def replayed(spool: Path, settings: Settings) -> Path:
    """The same, where trusted requests carry their time."""
    settings.STATS_CLOCK_HEADER = CLOCK_HEADER
    return spool


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Đường dây nóng")


@pytest.fixture
def visit(spool: Path) -> Visit:
    """Sends one request through the counter; gives what the spool then holds."""

    def send(
        path: str = "/",
        method: str = "GET",
        view: Any = page,
        answer: HttpResponse | None = None,
        kwargs: dict[str, Any] | None = None,
        is_trusted: bool = True,
        **meta: str,
    ) -> list[Pageview]:
        def get_response(request: HttpRequest) -> HttpResponse:
            request.resolver_match = ResolverMatch(view, (), kwargs or {}, "a_route")
            return answer or page(request)

        counter = VisitCounterMiddleware(get_response)
        meta = {
            "REMOTE_ADDR": "198.51.100.7",
            "HTTP_USER_AGENT": PHONE,
            "HTTP_ACCEPT_LANGUAGE": "vi",
            **meta,
        }
        request = RequestFactory().generic(method, path, **meta)
        request.is_from_trusted_proxy = is_trusted
        counter(request)
        return read_spool(spool)

    return send


def read_spool(folder: Path) -> list[Pageview]:
    lines = [line for path in sorted(folder.glob("*.spool")) for line in _lines(path)]
    return [Pageview.from_line(line) for line in lines]


def _lines(path: Path) -> list[bytes]:
    return [line for line in path.read_bytes().splitlines()[1:] if line]


def make_pageview(**changes: Any) -> Pageview:
    values: dict[str, Any] = {
        "moment": NOON,
        "visitor": 1,
        "visitor_before": None,
        "page": "/",
        "rule": "",
        "referrer": "",
        "device": "phone",
        "language": "vi",
    }
    return Pageview(**{**values, **changes})

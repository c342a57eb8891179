"""Counting costs a reader nothing to speak of."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve

from stats.middleware import VisitCounterMiddleware
from tests.making import make_agency
from tests.stats.conftest import PHONE


def microseconds(work: Callable[[], object], times: int) -> float:
    """Of processor time: what else the machine does is not meant."""
    spent = []
    for _time in range(times):
        begun = time.process_time_ns()
        work()
        spent.append(time.process_time_ns() - begun)
    return statistics.median(spent) / 1000


@pytest.mark.django_db
def test_counting_costs_less_than_a_hundredth_of_a_page(spool: Path, client: Client) -> None:
    make_agency()

    def answer(request: HttpRequest) -> HttpResponse:
        request.resolver_match = resolve("/thong-bao/")
        return HttpResponse("")

    counter = VisitCounterMiddleware(answer)
    request = RequestFactory().get("/", HTTP_USER_AGENT=PHONE, HTTP_ACCEPT_LANGUAGE="vi")
    counted = microseconds(lambda: counter(request), 300)
    plain = microseconds(lambda: answer(request), 300)
    page = microseconds(lambda: client.get("/thong-bao/"), 20)
    assert counted - plain < page / 100

"""The request's side. Without `django_db` any question to the database is an error."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from errno import ENOSPC
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch
from pytest_django.fixtures import Settings

from stats import clock
from stats.middleware import VisitCounterMiddleware
from stats.spool import SpoolFile
from tests.stats.conftest import PHONE, Visit, page, read_spool
from tests.stats.traces import CLOCK_HEADER

LONG_AGO = "2026-11-02T00:10:00+07:00"


def answer(request: HttpRequest) -> HttpResponse:
    request.resolver_match = ResolverMatch(page, (), {}, "page")
    return page(request)


def test_a_visit_is_one_write(spool: Path, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = VisitCounterMiddleware(answer)
    request = RequestFactory().get("/", HTTP_USER_AGENT=PHONE)
    counter(request)
    writes: list[bytes] = []
    monkeypatch.setattr(os, "write", lambda _fd, line: writes.append(line) or len(line))
    counter(request)
    assert len(writes) == 1


def test_neither_address_nor_user_agent_are_written(spool: Path, visit: Visit) -> None:
    visit(REMOTE_ADDR="198.51.100.7", HTTP_USER_AGENT=PHONE, HTTP_COOKIE="a=secret")
    written = b"".join(path.read_bytes() for path in spool.rglob("*") if path.is_file())
    for trace in (b"198.51", b"CUBOT", b"Mozilla", b"secret", b"\xc6\x33\x64\x07"):
        assert trace not in written


def test_spool_files_are_readable_by_their_owner_only(spool: Path, visit: Visit) -> None:
    visit()
    assert spool.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in spool.glob("*.spool")} == {0o600}


def refuse(*_arguments: object) -> int:
    raise OSError(ENOSPC, "No space left on device")


@pytest.mark.parametrize("call", ["write", "open", "pwrite"])
def test_a_full_disk_costs_counts_and_no_page(
    spool: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    counter = VisitCounterMiddleware(answer)
    monkeypatch.setattr(os, call, refuse)
    response = counter(RequestFactory().get("/", HTTP_USER_AGENT=PHONE))
    assert response.status_code == 200


def test_what_a_full_disk_cost_is_told_when_there_is_room_again(
    spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = VisitCounterMiddleware(answer)
    with monkeypatch.context() as full:
        full.setattr(os, "write", refuse)
        for _request in range(3):
            counter(RequestFactory().get("/", HTTP_USER_AGENT=PHONE))
    counter(RequestFactory().get("/", HTTP_USER_AGENT=PHONE))
    files = [SpoolFile(path) for path in spool.glob("*.spool")]
    assert len(read_spool(spool)) == 1
    assert sum(file.lost for file in files) >= 2


def test_an_error_of_the_counter_itself_costs_no_page(
    spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stats.counter._about", lambda *_all: 1 / 0)
    counter = VisitCounterMiddleware(answer)
    assert counter(RequestFactory().get("/")).status_code == 200


@pytest.mark.parametrize("agent", ["\udcff" * 30, "đ" * 600, "\r\n", "\0"])
def test_odd_user_agents_are_counted(visit: Visit, agent: str) -> None:
    assert len(visit(HTTP_USER_AGENT=agent)) == 1


def test_a_reader_behind_a_socket_has_no_address_and_is_counted(visit: Visit) -> None:
    assert len(visit(REMOTE_ADDR="")) == 1


def test_a_robot_is_written_with_its_rule(visit: Visit) -> None:
    (pageview,) = visit(HTTP_USER_AGENT="curl/8.5.0")
    assert pageview.rule == "robot:http-library"


def test_a_replayed_time_is_believed_from_a_trusted_proxy(replayed: Path, visit: Visit) -> None:
    (pageview,) = visit(**{CLOCK_HEADER: LONG_AGO})
    assert clock.local_time(pageview.moment).isoformat() == LONG_AGO
    assert pageview.is_replayed


def test_a_replayed_time_is_ignored_from_anybody_else(replayed: Path, visit: Visit) -> None:
    (pageview,) = visit(is_trusted=False, **{CLOCK_HEADER: LONG_AGO})
    assert abs(pageview.moment - clock.wall()) < clock.MINUTE
    assert not pageview.is_replayed


def test_a_replayed_time_is_ignored_unless_it_was_set_up(
    replayed: Path, visit: Visit, settings: Settings
) -> None:
    settings.STATS_CLOCK_HEADER = ""
    (pageview,) = visit(**{CLOCK_HEADER: LONG_AGO})
    assert not pageview.is_replayed


@pytest.mark.parametrize(
    "value", ["", "yesterday", "2026-11-02T00:10:00", "9999-12-31T00:00:00Z", "1970-01-01T00:00Z"]
)
def test_a_replayed_time_that_makes_no_sense_is_ignored(
    replayed: Path, visit: Visit, value: str
) -> None:
    (pageview,) = visit(**{CLOCK_HEADER: value})
    assert not pageview.is_replayed


def test_in_the_first_half_hour_yesterday_s_hash_goes_along(replayed: Path, visit: Visit) -> None:
    midnight = datetime(2026, 11, 3, tzinfo=clock.LOCAL)
    evening, early, later = (midnight + timedelta(minutes=n) for n in (-1, 1, 30))
    for time in (evening, early, later):
        pageviews = visit(**{CLOCK_HEADER: time.isoformat()})
    first, second, third = sorted(pageviews)
    assert second.visitor_before == first.visitor != second.visitor == third.visitor
    assert first.visitor_before is third.visitor_before is None

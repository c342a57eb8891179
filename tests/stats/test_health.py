"""The counter says how it is itself."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from stats import box, health
from stats.drain import Drainer
from stats.models import CounterState, HourTotal
from tests.stats.test_drain import write

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 9, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_noon(spool: Path) -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def drained(minutes_ago: float = 0) -> None:
    box.path().parent.mkdir(parents=True, exist_ok=True)
    box.path().touch()
    moment = (NOW - timedelta(minutes=minutes_ago)).timestamp()
    os.utime(box.path(), (moment, moment))


def test_nothing_waits_and_nothing_is_wrong(spool: Path) -> None:
    assert health.look().problems == []
    assert health.look().lag == timedelta(0)


def test_what_waits_is_measured_until_it_is_drained(spool: Path) -> None:
    writer = write(spool, {}, {})
    assert health.look().waiting > 100
    Drainer(spool).run()
    assert health.look().waiting == 0
    assert writer


def test_a_drainer_that_is_a_moment_late_is_no_problem(spool: Path) -> None:
    writer = write(spool, {})
    drained(minutes_ago=1)
    assert health.look().problems == []
    assert writer


def test_visits_that_wait_too_long_are_a_problem(spool: Path) -> None:
    writer = write(spool, {})
    drained(minutes_ago=3)
    assert health.look().problems == ["visits_waiting"]
    assert writer


def test_visits_that_nobody_ever_brought_in_are_a_problem(spool: Path) -> None:
    writer = write(spool, {})
    assert health.look().problems == ["visits_waiting"]
    assert writer


def test_a_loss_is_a_problem_for_a_week(spool: Path) -> None:
    writer = write(spool, {})
    writer.note_loss()
    Drainer(spool).run()
    assert health.look().lost == 1
    assert health.look().problems == ["visits_lost"]
    CounterState.objects.update(lost_at=timezone.now() - timedelta(days=8))
    assert health.look().problems == []


@pytest.mark.parametrize(
    ("a_week", "hours_ago", "is_odd"),
    [(200, 26, True), (200, 20, False), (100, 26, False)],
)
def test_a_portal_that_falls_silent_is_a_problem(a_week: int, hours_ago: int, is_odd: bool) -> None:
    HourTotal.objects.create(start=NOW - timedelta(hours=hours_ago), pageviews=a_week)
    look = health.look()
    assert (look.problems == ["visits_stopped"]) == is_odd
    assert (look.silent_since is not None) == is_odd


def test_replayed_days_are_long_ago_and_that_is_no_problem(settings: Settings) -> None:
    settings.STATS_CLOCK_HEADER = "HTTP_X_TRACE_TIME"
    HourTotal.objects.create(start=NOW - timedelta(days=30), pageviews=9000)
    assert health.look().problems == []


def test_operators_and_staff_are_told(spool: Path, staff: Client) -> None:
    writer = write(spool, {})
    writer.note_loss()
    Drainer(spool).run()
    write(spool, {})
    drained(minutes_ago=3)
    HourTotal.objects.create(start=NOW - timedelta(hours=30), pageviews=9000)
    HourTotal.objects.filter(start__gt=NOW - timedelta(hours=24)).delete()
    problems = staff.get("/readyz").json()["problems"]
    assert {"visits_waiting", "visits_lost"} <= set(problems)
    desk = staff.get("/quan-tri/").content.decode()
    assert "11:57" in desk  # counting stopped at
    assert "visits_" not in desk

"""Two recorded days with known figures must come out exactly."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from django.db import connection

from stats.models import CounterState, SpoolOffset, VisitInterval
from tests.stats import traces
from tests.stats.test_drain import sums

pytestmark = pytest.mark.django_db

EDGES = {
    "e-gap1800": 1,
    "e-gap1801": 2,
    "e-midnight": 1,
    "e-midnight-gap": 2,
    "e-exact-midnight": 1,
}
EDGES |= {"e-utc-midnight": 1, "e-rolling": 1, "e-reload": 1, "e-burst": 1, "e-v6": 1, "e-304": 1}
EDGES |= {"e-onlyprefetch": 0, "e-onlyhead": 0, "e-only404": 0, "e-500": 0, "e-fragment": 0}


@pytest.fixture(scope="module")
def trace() -> traces.Trace:
    return traces.load()


@pytest.mark.slow
def test_every_figure_is_exact_and_so_is_online_at_every_moment(
    replayed: Path, trace: traces.Trace
) -> None:
    assert traces.online_differences(trace) == []
    assert traces.differences(trace) == []
    assert CounterState.load().unreadable_lines == CounterState.load().lost_lines == 0


@pytest.mark.parametrize(("actor", "visits"), EDGES.items())
def test_an_edge_case_alone_makes_so_many_visits(
    replayed: Path, trace: traces.Trace, actor: str, visits: int
) -> None:
    events = [event for event in trace.events if event["actor"] == actor]
    traces.send(trace, events)
    assert events
    assert traces.counted(trace)["total_visits"] == visits


@pytest.mark.parametrize("seed", [1, 2])
def test_in_any_order_from_two_hosts_the_figures_are_the_same(
    replayed: Path, tmp_path: Path, trace: traces.Trace, seed: int
) -> None:
    events = random.Random(seed).sample(trace.events, len(trace.events))
    folders = [tmp_path / "one", tmp_path / "other"]
    traces.send(trace, events, folders=folders, workers=2, drain_after=97)
    assert traces.differences(trace) == []


def test_nothing_that_identifies_anyone_is_in_the_database_or_the_spool(
    replayed: Path, trace: traces.Trace
) -> None:
    traces.send(trace, trace.events)
    addresses = {event["ip"] for event in trace.events}
    agents = {event["ua"] for event in trace.events if len(event["ua"]) > 20}
    kept = _everything_in_the_database() + _everything_below(replayed)
    assert not [secret for secret in addresses | agents if secret in kept]


def _everything_in_the_database() -> str:
    rows = [str(list(VisitInterval.objects.values())), str(list(SpoolOffset.objects.values()))]
    if connection.vendor == "sqlite":
        rows += connection.connection.iterdump()
    return str(sums()) + "".join(rows)


def _everything_below(folder: Path) -> str:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "".join(path.read_bytes().decode("latin-1") for path in files)

"""The served portal: what reaches it over HTTP is counted exactly, whoever is killed."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db import connection

from tests.stats import served, traces

pytestmark = pytest.mark.served


@pytest.fixture(scope="module")
def trace() -> traces.Trace:
    return traces.load()


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[served.Portal]:
    with served.served(tmp_path, workers=4) as portal:
        yield portal


def test_four_workers_count_recorded_days_exactly_and_keep_nothing_of_persons(
    portal: served.Portal, tmp_path: Path, trace: traces.Trace
) -> None:
    replayer = served.Replayer(portal, trace=trace)
    online = trace.expected["ua_rules"]["online_now_at_offset"]
    begin = 0.0
    for offset in (36_000, 55_200, 86_400, 172_800):
        replayer.send([event for event in trace.events if begin < event["t"] <= offset])
        begin = offset
        portal.wait_until_everything_is_counted()
        answer = portal.figures("2026-11-02", "2026-11-02", **_time(trace, offset))
        assert answer["online"] == online[str(offset)]
    assert served.differences(portal, trace) == []
    assert served.differences(portal, trace, "truth") == []
    assert _persons_in(tmp_path, trace) == []


def _persons_in(folder: Path, trace: traces.Trace) -> list[str]:
    """Addresses and user agents of the trace in any file of the portal: database, spool, logs."""
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    persons = {event["ip"] for event in trace.events}
    persons |= {event["ua"] for event in trace.events if len(event["ua"]) > 20}
    return sorted(person for person in persons if person.encode() in written)


def _time(trace: traces.Trace, offset: float) -> dict[str, str]:
    return {"X-Trace-Time": trace.time_of(offset).isoformat()}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="hosts share no SQLite file")
def test_two_hosts_on_one_database_count_exactly(tmp_path: Path, trace: traces.Trace) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]
    with ExitStack() as stack:
        url = stack.enter_context(served.own_database(os.environ["DATABASE_URL"]))
        hosts = []
        for folder in folders:
            folder.mkdir()
            host = served.served(folder, workers=2, DATABASE_URL=url)
            hosts.append(stack.enter_context(host))
        served.Replayer(*hosts, trace=trace).send(trace.events)
        for host in hosts:
            host.wait_until_everything_is_counted()
        assert served.differences(hosts[1], trace) == []


def test_workers_and_drainer_killed_at_random_lose_nothing_and_double_nothing(
    portal: served.Portal,
) -> None:
    kill_at_random(portal, kills=6, chance=random.Random(3))


def kill_at_random(portal: served.Portal, *, kills: int, chance: random.Random) -> None:
    """Readers read while processes die; each visitor asks once for each page."""
    sent: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    is_over = Event()
    readers = [
        Thread(target=_read, args=(portal, number, is_over, sent, answered)) for number in range(3)
    ]
    for reader in readers:
        reader.start()
    for _kill in range(kills):
        # By answers and not by the clock: a slow machine kills as often between as a fast one.
        _wait_for_answers(answered, answered.total() + chance.randint(5, 40), is_over)
        if chance.random() < 0.4:
            portal.runner.kill()
            portal.runner.wait()
            portal.start_runner()
        elif workers := portal.workers():
            os.kill(chance.choice(workers), signal.SIGKILL)
    is_over.set()
    for reader in readers:
        reader.join()
    portal.wait_until_everything_is_counted()
    days = portal.figures("2026-11-02", "2026-11-02")["days"]
    assert answered.total() >= 5 * kills
    # A worker that dies between the count and the answer has counted; the reader never knew.
    for figure in ("pageviews", "visitors", "visits"):
        assert answered.total() <= days[0][figure] <= sent.total()
    assert sent.total() - answered.total() <= 4 * kills * len(readers)


def _wait_for_answers(answered: Counter[str], wanted: int, pause: Event) -> None:
    for _attempt in range(6000):
        if answered.total() >= wanted:
            return
        pause.wait(0.01)


def _read(
    portal: served.Portal, number: int, is_over: Event, sent: Counter[str], answered: Counter[str]
) -> None:
    asked = 0
    while not is_over.is_set():
        asked += 1
        headers = {
            "User-Agent": "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 Chrome/141.0",
            "Accept-Language": "vi",
            "X-Forwarded-For": f"198.18.{number * 80 + asked // 250}.{asked % 250}",
            "X-Trace-Time": "2026-11-02T10:00:00+07:00",
        }
        connection = HTTPConnection("127.0.0.1", portal.port, timeout=30)
        sent[str(number)] += 1
        try:
            connection.request("GET", "/gioi-thieu/", headers=headers)
            if connection.getresponse().read():
                answered[str(number)] += 1
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()

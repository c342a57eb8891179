from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import date
from errno import ENOSPC
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from stats import clock, drain, rollups
from stats.drain import Drainer, drain_once
from stats.models import (
    CounterState,
    DailySalt,
    DayDevice,
    DayLanguage,
    DayPage,
    DayReferrer,
    DayTotal,
    HourTotal,
    SpoolOffset,
    VisitInterval,
)
from stats.spool import SpoolWriter
from tests.stats.conftest import NOON, make_pageview, read_spool

pytestmark = pytest.mark.django_db

SUMS = (HourTotal, DayTotal, DayPage, DayReferrer, DayDevice, DayLanguage)


def write(folder: Path, *changes: dict[str, Any]) -> SpoolWriter:
    writer = SpoolWriter(folder)
    for values in changes:
        writer.append(make_pageview(**values).to_line())
    return writer


def sums() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is kept for ever, in a fixed order."""
    tables = {}
    for model in SUMS:
        names = [field.name for field in model._meta.fields if field.name != "id"]
        rows = model._default_manager.values_list(*names)
        tables[model.__name__] = sorted(row for row in rows if any(row[2:]))
    return tables


def total(rule: str = "") -> tuple[int, int, int]:
    rows = DayTotal.objects.filter(rule=rule).values_list("pageviews", "visitors", "visits")
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return (sum(columns[0]), sum(columns[1]), sum(columns[2]))


def test_a_pageview_goes_into_every_sum(spool: Path) -> None:
    write(spool, {"page": "/tin-tuc/", "referrer": "zalo.me"})
    assert drain_once().lines == 1
    assert HourTotal.objects.get().pageviews == 1
    assert total() == (1, 1, 1)
    assert DayPage.objects.get().page == "/tin-tuc/"
    assert DayReferrer.objects.get().site == "zalo.me"
    assert (DayDevice.objects.get().device, DayLanguage.objects.get().language) == ("phone", "vi")


def test_nothing_is_counted_twice(spool: Path) -> None:
    writer = write(spool, {}, {"visitor": 2})
    for _round in range(3):
        Drainer(spool).run()
    assert total() == (2, 2, 2)
    writer.append(make_pageview(visitor=3).to_line())
    Drainer(spool).run()
    assert total() == (3, 3, 3)


class Disk:
    """A folder whose files are on the disk as they were when it was last synchronised: the worst
    that a power cut may leave."""

    def __init__(self, folder: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.kept = folder, kept
        self.keep()
        monkeypatch.setattr("stats.drain.os.fsync", lambda _descriptor: self.keep())

    def keep(self) -> None:
        shutil.rmtree(self.kept, ignore_errors=True)
        shutil.copytree(self.folder, self.kept)

    def cut_power(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_after_a_power_cut_nothing_is_counted_twice(
    spool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rounds: int
) -> None:
    write(spool, {}, {"visitor": 2})  # and its process ends
    disk = Disk(spool, tmp_path / "kept", monkeypatch)
    monkeypatch.setattr(drain, "TIDY_EVERY", 0.0)
    drainer = Drainer(spool)
    for _round in range(rounds):
        drainer.run()
    disk.cut_power()
    Drainer(spool).run()
    assert total() == (2, 2, 2)


def test_a_power_cut_loses_what_was_not_drained_and_nothing_else(
    spool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = write(spool, {})
    disk = Disk(spool, tmp_path / "kept", monkeypatch)
    writer.append(make_pageview(visitor=2).to_line())
    Drainer(spool).run()
    writer.append(make_pageview(visitor=3).to_line())
    disk.cut_power()
    del writer
    write(spool, {"visitor": 4})
    Drainer(spool).run()
    assert total() == (3, 3, 3)


def test_robots_and_suspects_are_counted_apart(spool: Path) -> None:
    write(spool, {"rule": "robot:seo"}, {"rule": "suspect:stealth", "visitor": 2}, {"visitor": 3})
    drain_once()
    assert total() == (2, 2, 2)
    assert total("robot:seo") == total("suspect:stealth") == (1, 1, 1)


def test_a_file_whose_process_is_gone_is_deleted_with_its_offset(spool: Path) -> None:
    write(spool, {})
    drainer = Drainer(spool)
    drainer.run()
    drainer._tidied_day = 0
    drainer.run()
    assert not list(spool.glob("*.spool"))
    assert not SpoolOffset.objects.exists()


def test_drained_lines_are_gone_while_their_process_lives(spool: Path) -> None:
    writer = write(spool, {})
    drain_once()
    assert read_spool(spool) == []
    assert writer is not None


def test_a_line_that_cannot_be_read_stops_nothing_and_is_told(spool: Path) -> None:
    writer = write(spool, {})
    writer.append(b'\n[1,"cut of\n')
    writer.append(make_pageview(visitor=2).to_line())
    drain_once()
    assert total() == (2, 2, 2)
    assert CounterState.load().unreadable_lines == 1


def test_the_end_of_a_killed_process_s_last_line_is_not_waited_for(spool: Path) -> None:
    write(spool, {}).append(b"\n[17")
    drain_once()
    assert CounterState.load().unreadable_lines == 1
    assert not list(spool.glob("*.spool"))


def test_lost_lines_are_added_up_once(spool: Path) -> None:
    writer = write(spool, {})
    for _loss in range(2):
        writer.note_loss()
        Drainer(spool).run()
        Drainer(spool).run()
    assert CounterState.load().lost_lines == 2


def test_only_one_drains_at_a_time(spool: Path) -> None:
    write(spool, {})
    with drain._only_one(spool / "drainer.lock"):
        assert not drain_once().is_ours
    assert drain_once().lines == 1


def test_many_lines_take_several_transactions(spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stats.spool._CHUNK", 2000)
    write(spool, *({"visitor": number} for number in range(100)))
    assert drain_once().lines == 100
    assert total() == (100, 100, 100)


def test_invented_referrers_do_not_fill_the_database(
    spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "MOST_SITES", 3)
    for start in (0, 5):
        write(spool, *({"referrer": f"spam-{n}.vn"} for n in range(start, start + 5)))
        drain_once()
    assert DayReferrer.objects.count() == 4
    assert sum(DayReferrer.objects.values_list("pageviews", flat=True)) == 10


def test_a_visit_over_midnight_is_one_visit_of_the_evening(spool: Path) -> None:
    midnight = clock.start_of(clock.day_number(NOON) + 1)
    write(
        spool,
        {"moment": midnight + 60_000, "visitor": 22, "visitor_before": 11},
        {"moment": midnight - 60_000, "visitor": 11},
    )
    drain_once()
    days = DayTotal.objects.order_by("day").values_list("pageviews", "visitors", "visits")
    assert list(days) == [(1, 1, 1), (1, 1, 0)]


def make_crowd(seed: int) -> list[dict[str, Any]]:
    """Pageviews of a few visitors over two days, many around midnight."""
    chance = random.Random(seed)
    midnight = clock.start_of(clock.day_number(NOON) + 1)
    crowd = []
    for _pageview in range(150):
        moment = midnight + int(chance.gauss(0, 2 * clock.HOUR))
        who, day = chance.randrange(6), clock.day_number(moment)
        is_early = clock.since_midnight(moment) < 30 * clock.MINUTE
        crowd.append(
            {
                "moment": moment,
                "visitor": hash((day, who)),
                "visitor_before": hash((day - 1, who)) if is_early else None,
                "rule": chance.choice(["", "", "suspect:a"]),
                "referrer": chance.choice(["", "zalo.me"]),
            }
        )
    return crowd


@pytest.mark.parametrize("seed", range(5))
@time_machine.travel(clock.local_time(NOON + clock.DAY))
def test_order_files_and_rounds_change_nothing(tmp_path: Path, spool: Path, seed: int) -> None:
    crowd = make_crowd(seed)
    write(spool, *sorted(crowd, key=lambda values: values["moment"]))
    drain_once()
    expected = sums()
    _forget_everything()
    random.Random(seed).shuffle(crowd)
    for start in range(0, len(crowd), 37):
        host = tmp_path / f"host-{start % 2}"
        writers = [write(host, *crowd[start + n : start + 37 : 3]) for n in range(3)]
        Drainer(host).run()
        assert writers
    assert sums() == expected


def _forget_everything() -> None:
    for model in (*SUMS, VisitInterval, SpoolOffset, CounterState):
        model._default_manager.all().delete()


class KilledError(Exception):
    pass


STEPS = [
    "stats.drain.Drainer._open_files",
    "stats.drain.CounterState.lock",
    "stats.drain._parse",
    "stats.drain.rollups.add",
    "stats.rollups._record_visits",
    "stats.rollups._save_intervals",
    "stats.rollups._add_to_day_totals",
    "stats.drain.Drainer._save_offsets",
    "stats.drain._save_state",
    "stats.drain.Drainer._remember",
    "stats.spool.SpoolFile.blank",
    "stats.spool.SpoolFile.delete",
    "stats.drain.Drainer._delete_finished",
    "stats.drain.Drainer._tidy_in_time",
    "stats.drain.box.write",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_drainer_that_dies_at_any_step_doubles_and_loses_nothing(
    spool: Path, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    writer = write(spool, {}, {"visitor": 2})
    write(spool, {"visitor": 3, "rule": "robot:seo"})
    with monkeypatch.context() as dying:
        dying.setattr(step, _dying(step, when))
        with pytest.raises(KilledError):
            Drainer(spool).run()
    writer.append(make_pageview(visitor=4).to_line())
    Drainer(spool).run()
    Drainer(spool).run()
    assert total() == (3, 3, 3)
    assert total("robot:seo") == (1, 1, 1)
    assert read_spool(spool) == []


def _dying(step: str, when: str) -> Any:
    original = resolve_name(_with_colon(step))

    def die(*arguments: Any, **options: Any) -> Any:
        if when == "after":
            original(*arguments, **options)
        raise KilledError

    return die


def _with_colon(step: str) -> str:
    module, rest = step.split(".")[:2], step.split(".")[2:]
    return f"{'.'.join(module)}:{'.'.join(rest)}"


def test_hashes_and_salts_are_gone_after_two_days(replayed: Path) -> None:
    for days in (0, 2):
        write(replayed, {"moment": NOON + days * clock.DAY, "is_replayed": True})
        Drainer(replayed).run()
    kept = date(2026, 11, 3)
    assert not VisitInterval.objects.filter(day__lt=kept).exists()
    assert not DailySalt.objects.filter(day__lt=kept).exists()
    assert total() == (2, 2, 2)


def test_before_a_replay_nothing_is_over(replayed: Path) -> None:
    write(replayed, {})
    Drainer(replayed).run()
    assert VisitInterval.objects.exists()


def test_a_request_without_its_time_does_not_end_a_replayed_day(replayed: Path) -> None:
    write(replayed, {"is_replayed": True}, {"moment": NOON + 40 * clock.DAY, "visitor": 2})
    Drainer(replayed).run()
    assert VisitInterval.objects.count() == 2


def test_deleted_rows_are_overwritten(spool: Path) -> None:
    drain.overwrite_what_is_deleted()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA secure_delete").fetchone() == (1,)


def test_the_command_says_what_it_did(spool: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(spool, {}, {"visitor": 2})
    call_command("drain_visits")
    assert "2" in capsys.readouterr().out


DRAIN_FOR_EVER = (
    "import django; django.setup(); from stats.drain import drain_once\nwhile True: drain_once()"
)


@pytest.fixture
def lone(tmp_path: Path) -> dict[str, str]:
    """The environment of processes that have a database of their own."""
    root = Path(__file__).parents[2]
    lone = {"DJANGO_SETTINGS_MODULE": "tests.stats.lone_settings", "PYTHONPATH": str(root)}
    environment = os.environ | lone | {"VAR_DIR": str(tmp_path)}
    migrate = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    subprocess.run(migrate, env=environment, check=True, timeout=60)
    return environment


@pytest.mark.slow
@pytest.mark.own_sqlite
def test_a_drainer_killed_at_random_doubles_and_loses_nothing(
    lone: dict[str, str], tmp_path: Path
) -> None:
    chance = random.Random(8)
    writers = [SpoolWriter(tmp_path / "spool") for _process in range(2)]
    written = 0
    for _kill in range(4):
        with _process(lone) as drainer:
            end = time.monotonic() + 1 + chance.random()
            while time.monotonic() < end:
                writers[written % 2].append(make_pageview(visitor=written).to_line())
                written += 1
                time.sleep(0.0005)
            drainer.kill()
    del writers
    with _process(lone) as drainer:
        assert _wait_for(tmp_path, written) == (written, written, written)
        drainer.kill()


def _process(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", DRAIN_FOR_EVER], env=environment)


def _wait_for(folder: Path, pageviews: int) -> tuple[int, int, int]:
    """The figures once nothing is left in the spool, or after 20 seconds."""
    for _look in range(200):
        if not list((folder / "spool").glob("*.spool")):
            break
        time.sleep(0.1)
    with sqlite3.connect(folder / "visits.sqlite3") as database:
        row = database.execute(
            "SELECT sum(pageviews), sum(visitors), sum(visits) FROM stats_daytotal"
        ).fetchone()
    return (row[0], row[1], row[2])


def test_time_set_back_counts_nothing_twice(spool: Path) -> None:
    write(spool, {}, {"moment": NOON - clock.HOUR, "visitor": 1}, {"moment": NOON - 5})
    drain_once()
    assert total() == (3, 1, 2)


def refuse(*_arguments: object, **_options: object) -> None:
    raise OSError(ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["stats.salts._write", "stats.drain.box.write"])
def test_on_a_full_disk_draining_goes_on_and_makes_room(
    spool: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    write(spool, {}, {"visitor": 2})
    monkeypatch.setattr(step, refuse)
    Drainer(spool).run()
    assert total() == (2, 2, 2)
    assert not list(spool.glob("*.spool"))

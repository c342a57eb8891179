from datetime import date
from pathlib import Path

import pytest

from stats import salts
from stats.clock import as_date, as_number, start_of
from stats.models import DailySalt
from stats.salts import SaltBook, derive, keep

TODAY = as_number(date(2026, 11, 2))


def make_book(folder: Path) -> SaltBook:
    return SaltBook(folder)


def days_kept() -> list[date]:
    return list(DailySalt.objects.order_by("day").values_list("day", flat=True))


def test_the_first_request_does_not_wait_for_the_runner(tmp_path: Path) -> None:
    assert len(make_book(tmp_path).salt(TODAY)) == salts.SIZE


def test_all_processes_of_a_host_have_the_same_salts(tmp_path: Path) -> None:
    one, other = make_book(tmp_path), make_book(tmp_path)
    assert one.salt(TODAY) == other.salt(TODAY)
    assert one.salt(TODAY - 1) == other.salt(TODAY - 1)


def test_each_day_has_another_salt(tmp_path: Path) -> None:
    book = make_book(tmp_path)
    assert len({book.salt(day) for day in range(TODAY, TODAY + 5)}) == 5


def test_there_is_no_way_back_to_an_earlier_salt() -> None:
    assert derive({TODAY: b"s" * 32}, TODAY - 1) is None


def test_salts_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    make_book(tmp_path / "salts").salt(TODAY)
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "salts").rglob("*")]
    assert set(modes) == {0o600}
    assert (tmp_path / "salts").stat().st_mode & 0o777 == 0o700


def test_a_process_counts_on_while_its_folder_cannot_be_written() -> None:
    book = make_book(Path("/proc/no-such-folder"))
    assert book.salt(TODAY) == book.salt(TODAY)


@pytest.mark.django_db
def test_the_runner_takes_over_what_a_process_had_to_make(tmp_path: Path) -> None:
    before = make_book(tmp_path).salt(TODAY)
    keep(tmp_path, start_of(TODAY), is_replay=False)
    assert make_book(tmp_path).salt(TODAY) == before


@pytest.mark.django_db
def test_yesterday_s_salt_and_those_ahead_are_kept_and_no_others(tmp_path: Path) -> None:
    keep(tmp_path, start_of(TODAY), is_replay=False)
    keep(tmp_path, start_of(TODAY + 3), is_replay=False)
    expected = [as_date(day) for day in range(TODAY + 2, TODAY + 7)]
    assert days_kept() == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == [str(day) for day in expected]


@pytest.mark.django_db
def test_a_salt_that_may_be_in_use_never_changes(tmp_path: Path) -> None:
    keep(tmp_path, start_of(TODAY), is_replay=False)
    runner_was_down = make_book(tmp_path).salt(TODAY + 20)
    keep(tmp_path, start_of(TODAY + 20), is_replay=False)
    assert make_book(tmp_path).salt(TODAY + 20) == runner_was_down


@pytest.mark.django_db
def test_days_ahead_get_salts_that_follow_from_no_other(tmp_path: Path) -> None:
    keep(tmp_path, start_of(TODAY), is_replay=False)
    kept = salts.read(tmp_path)
    assert kept[TODAY + 3] != derive({TODAY: kept[TODAY]}, TODAY + 3)


@pytest.mark.django_db
def test_all_hosts_have_the_same_salts(tmp_path: Path) -> None:
    for host in ("a", "b"):
        make_book(tmp_path / host).salt(TODAY)
        keep(tmp_path / host, start_of(TODAY), is_replay=False)
    assert salts.read(tmp_path / "a") == salts.read(tmp_path / "b") != {}


@pytest.mark.django_db
def test_before_a_replay_every_day_can_be_derived_on_every_host(tmp_path: Path) -> None:
    for host in ("a", "b"):
        keep(tmp_path / host, start_of(TODAY), is_replay=True, has_begun=False)
    one, other = (SaltBook(tmp_path / host, anchor=salts.REPLAY_ANCHOR) for host in ("a", "b"))
    assert one.salt(TODAY - 400) == other.salt(TODAY - 400)

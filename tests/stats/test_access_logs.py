"""Old access logs come into the same sums, once."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from stats import clock, figures
from stats.access_logs import import_logs
from stats.models import DayPage, DayReferrer, DayTotal, HourTotal, ImportedDay, VisitInterval
from stats.robots import rule_for
from tests.stats import traces
from tests.stats.conftest import PHONE
from tests.stats.test_drain import sums, total

pytestmark = pytest.mark.django_db

DAY = date(2020, 3, 2)
START = datetime(2020, 3, 2, 9, tzinfo=clock.LOCAL)


def line(minutes: float = 0, path: str = "/Default.aspx?id=12", **changes: str) -> str:
    values = {
        "address": "198.51.100.7",
        "method": "GET",
        "status": "200",
        "referrer": "-",
        "agent": PHONE,
    } | changes
    moment = (START + timedelta(minutes=minutes)).strftime("%d/%b/%Y:%H:%M:%S %z")
    return (
        '{address} - - [{moment}] "{method} {path} HTTP/1.1" {status} 512 "{referrer}" "{agent}"\n'
    ).format(moment=moment, path=path, **values)


def write(folder: Path, *lines: str, name: str = "access.log") -> Path:
    path = folder / name
    text = "".join(lines).encode()
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    return path


def test_pages_visits_and_visitors_are_counted(tmp_path: Path) -> None:
    report = import_logs([write(tmp_path, line(), line(30), line(61), line(62, address="::1"))])
    assert total() == (4, 2, 3)
    assert report.booked == [DAY]
    assert DayPage.objects.get().page == "/Default.aspx"
    assert HourTotal.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({"path": "/"}, True),
        ({"path": "/tin-tuc/"}, True),
        ({"path": "/TinTuc.aspx"}, True),
        ({"path": "/gioi-thieu.html"}, True),
        ({"path": "/gioi-thieu"}, True),
        ({"status": "304"}, True),
        ({"path": "/images/logo.gif"}, False),
        ({"path": "/tai-lieu.pdf"}, False),
        ({"path": "/rss/"}, False),
        ({"path": "/en/rss/"}, False),
        ({"path": "/robots.txt"}, False),
        ({"path": "/quan-tri/"}, False),
        ({"path": "/thong-ke-truy-cap/du-lieu.json"}, False),
        ({"method": "POST"}, False),
        ({"method": "HEAD"}, False),
        ({"status": "404"}, False),
        ({"status": "301"}, False),
        ({"path": "http://[x"}, False),
    ],
)
def test_a_line_counts_if_it_is_a_page(
    tmp_path: Path, changes: dict[str, str], counts: bool
) -> None:
    import_logs([write(tmp_path, line(**changes))])
    assert total()[0] == counts


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    log = write(tmp_path, line(), line(40))
    import_logs([log])
    before = sums()
    report = import_logs([log])
    assert (report.booked, report.known) == ([], [DAY])
    assert sums() == before


def test_packed_and_plain_files_in_any_order_make_one_stream(tmp_path: Path) -> None:
    evening = write(tmp_path, line(14 * 60 + 50), name="b.log")
    morning = write(tmp_path, line(), name="c.log.gz")
    after_midnight = write(tmp_path, line(15 * 60 + 10), name="a.log")
    report = import_logs([evening, morning, after_midnight])
    assert report.booked == [DAY, DAY + timedelta(days=1)]
    assert total() == (3, 2, 2)  # the visit over midnight is one


def test_a_day_in_two_files_far_apart_is_whole(tmp_path: Path) -> None:
    day = 24 * 60
    files = [write(tmp_path, line(n * day), name=f"{n}.log") for n in (0, 8, 20)]
    evening = write(tmp_path, line(10 * 60), name="z.log")
    import_logs([*files, evening])
    assert DayTotal.objects.get(day=DAY).pageviews == 2


def test_a_day_that_the_portal_has_counted_is_left_alone(tmp_path: Path) -> None:
    DayTotal.objects.create(day=DAY, pageviews=1, visitors=1, visits=1)
    assert import_logs([write(tmp_path, line(), line(40))]).own == [DAY]
    assert total() == (1, 1, 1)


def test_a_run_that_was_stopped_is_simply_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = write(tmp_path, line(), line(24 * 60), line(48 * 60))
    with monkeypatch.context() as stopping:
        stopping.setattr("stats.access_logs.ImportedDay.objects.create", _stop_at_the_second())
        with pytest.raises(KeyboardInterrupt):
            import_logs([log])
    assert total()[0] == 1
    import_logs([log])
    assert total() == (3, 3, 3)


def _stop_at_the_second():
    real, calls = ImportedDay.objects.create, Counter()

    def create(**values):
        calls["all"] += 1
        if calls["all"] == 2:
            raise KeyboardInterrupt
        return real(**values)

    return create


def test_robots_and_fake_links_are_counted_apart(tmp_path: Path) -> None:
    robot = line(agent="Mozilla/5.0 (compatible; Googlebot/2.1)")
    import_logs([write(tmp_path, robot, line(referrer="http://semalt.com/x", address="::2"))])
    assert total() == total("suspect:referrer-spam") == (1, 1, 1)
    assert total("robot:search-engine") == (1, 1, 1)


def test_links_of_the_old_site_are_no_referring_sites(tmp_path: Path) -> None:
    lines = [line(referrer=f"http://{host}/x") for host in ("zalo.me", "www.cu.example.vn")]
    import_logs([write(tmp_path, *lines)], own_hosts={"cu.example.vn"})
    assert [row.site for row in DayReferrer.objects.all()] == ["zalo.me"]


def test_nothing_of_a_person_is_kept(tmp_path: Path) -> None:
    import_logs([write(tmp_path, line(path="/a.aspx?ten=Ngoc"))])
    kept = str(sums())
    for secret in ("198.51.100.7", "CUBOT", "Ngoc"):
        assert secret not in kept
    assert not VisitInterval.objects.exists()


def test_lines_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    odd = ["không phải nhật ký\n", "x" * 40_000 + "\n", "\0\n", line().replace("Mar", "Xyz")]
    report = import_logs([write(tmp_path, line(), *odd)])
    assert report.unreadable >= 4
    assert total()[0] == 1


def test_the_recorded_days_come_out_as_their_lines_say(tmp_path: Path) -> None:
    """A log has no headers, so pages fetched ahead of time and fragments are in it; times are whole
    seconds, which moves no gap of the trace over its limit."""
    trace = traces.load()
    lines, views = [], []
    for event in trace.events:
        if event["method"] == "BEACON":
            continue
        lines.append(_as_line(trace, event))
        is_page = event["page"] and event["method"] == "GET" and event["status"] in (200, 304)
        if is_page and not rule_for(event["ua"]):
            views.append((trace.moment(int(event["t"])), event["ip"], event["ua"]))
    import_logs([write(tmp_path, *lines, name="access.log.gz")])
    days = figures.days(trace.start.date(), trace.start.date() + timedelta(days=1))
    assert [day.pageviews for day in days] == _by_day(view[0] for view in views)
    pairs = {(clock.day_number(moment), address, agent) for moment, address, agent in views}
    assert sum(day.visitors for day in days) == len(pairs)


def _as_line(trace: traces.Trace, event: traces.Event) -> str:
    moment = trace.time_of(int(event["t"])).strftime("%d/%b/%Y:%H:%M:%S %z")
    request = f"{event['method']} {event['path']} HTTP/1.1"
    return (
        f'{event["ip"]} - - [{moment}] "{request}" {event["status"]} 1 '
        f'"{event["referer"]}" "{event["ua"]}"\n'
    )


def _by_day(moments) -> list[int]:
    counts = Counter(clock.day_number(moment) for moment in moments)
    return [counts[day] for day in sorted(counts)]


def test_the_command_tells_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = write(tmp_path, line(), name="access.log.gz")
    call_command("import_access_log", str(log), "--dry-run")
    assert not DayTotal.objects.exists()
    call_command("import_access_log", str(log))
    assert total()[0] == 1
    assert "1" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, b"", b"\x1f\x8bbroken", b"no log\n"])
def test_a_file_that_is_no_log_is_refused_in_one_line(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "x.log"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("import_access_log", str(path))

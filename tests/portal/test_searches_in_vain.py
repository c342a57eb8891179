"""What readers looked for and did not find: told from the fifth visitor on, and never who."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from editing.models import Abbreviation
from portal.keeping.databases import FORGOTTEN
from portal.search import in_vain
from portal.search.directory import read_rows, week_keys_of
from portal.search.models import SearchWeek, VainKey, VainSearch, VainSeats
from stats import clock
from tests.making import make_agency, make_edition, make_user

pytestmark = pytest.mark.django_db

PAGE = "/quan-tri/thong-ke/tim-khong-thay/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
MONDAY = datetime(2026, 11, 2, 8, tzinfo=clock.LOCAL)
THIS_WEEK = MONDAY.date()


@pytest.fixture(autouse=True)
def moved(db):
    with time_machine.travel(MONDAY, tick=False) as traveller:
        in_vain.gather_searches_in_vain()  # makes the key
        yield traveller


def ask(query, visitor=1, agent=FIREFOX, **more):
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=f"203.0.113.{visitor}")
    assert client.get("/tim-kiem/", {"q": query, **more}).status_code == 200


def told(week=THIS_WEEK):
    in_vain.gather_searches_in_vain()
    return [search.words for search in in_vain.told(week)]


def test_words_are_told_from_the_fifth_visitor_on():
    for visitor in range(1, 5):
        ask("Bảng giá đất 2027", visitor)
    assert told() == []
    for visitor in range(5, 12):  # two may share a seat
        ask("bang gia dat  2027!", visitor)
    assert told() == ["bang gia dat 2027"]


def test_one_visitor_who_asks_all_week_is_one(moved):
    for day in range(7):
        moved.move_to(MONDAY + timedelta(days=day))
        ask("hồ sơ của tôi")
    assert told() == []
    assert [row.taken.bit_count() for row in VainSeats.objects.all()] == [1]


def test_before_the_fifth_visitor_the_database_has_no_word_and_nobody():
    for visitor in range(1, 5):
        ask("Nguyễn Văn Tèo", visitor)
    told()
    assert not VainSearch.objects.exists()
    columns = {field.name for field in VainSeats._meta.fields}
    assert columns == {"id", "week", "digest", "taken"}


def test_nobodys_seats_under_two_searches_can_be_brought_together():
    seats = set()
    for number in range(12):
        ask(f"không có gì {number}")
    in_vain.gather_searches_in_vain()
    seats = set(VainSeats.objects.values_list("taken", flat=True))
    assert len(seats) > 4


def test_the_file_of_the_requests_is_gone_once_it_is_gathered():
    ask("không có gì")
    path = Path(settings.VAR_DIR) / "searches-in-vain"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "203.0.113" not in path.read_text()
    in_vain.gather_searches_in_vain()
    assert list(path.parent.glob("searches-in-vain*")) == []


@pytest.mark.parametrize(
    "query",
    [
        *("0913705999", "gọi 0913 705 999 giúp", "CCCD 052-083-000.123", "teo@example.vn"),
        *("0912–345–678", "0912_345_678", "0912:345|678", "9" * 9, "một câu dài " * 10, "", "???"),
    ],
)
def test_what_may_name_a_person_is_not_noted(query):
    for visitor in range(1, 20):
        ask(query, visitor)
    assert told() == []
    assert not VainSeats.objects.exists()


def test_a_document_number_is_noted():
    for visitor in range(1, 20):
        ask("224/2026/NĐ-CP", visitor)
    assert told() == ["224 2026 nđ cp"]


def test_robots_and_searches_that_find_something_are_not_noted():
    make_edition(title="Lịch cúp nước")
    for visitor in range(1, 20):
        ask("cúp nước", visitor)
        ask("không có gì", visitor, agent="Googlebot/2.1 (+http://www.google.com/bot.html)")
        ask("cúp điện", visitor, kind="notice")
        ask("cúp điện", visitor, page="2")
    assert told() == []


def test_noting_writes_nothing_into_the_database():
    make_agency()
    with CaptureQueriesContext(connection) as queries:
        ask("không có gì")
    assert {query["sql"].split()[0] for query in queries} & {"INSERT", "UPDATE", "DELETE"} == set()


def test_without_a_key_nothing_is_noted():
    VainKey.objects.all().delete()
    ask("không có gì")
    assert not (Path(settings.VAR_DIR) / "searches-in-vain").exists()


def test_a_full_disk_costs_the_note_and_not_the_page(monkeypatch):
    monkeypatch.setattr(in_vain.os, "open", lambda *_args: (_ for _ in ()).throw(OSError(28)))
    ask("không có gì")
    assert told() == []


def test_lines_that_are_none_are_left_out():
    path = Path(settings.VAR_DIR) / "searches-in-vain"
    path.write_text('\n[1]\nnull\n["x","y",3]\n["2026-11-02","giá cát",99]\n{"a":1}\n\x00\n')
    assert told() == []


def test_a_file_left_by_a_runner_that_was_killed_is_read_once_more():
    for visitor in range(1, 12):
        ask("giá cát", visitor)
    path = Path(settings.VAR_DIR) / "searches-in-vain"
    path.rename(path.with_suffix(".taken"))
    assert told() == ["giá cát"]


def test_seats_go_with_their_week_and_stand_in_no_backup(moved):
    for visitor in range(1, 12):
        ask("giá cát", visitor)
        ask(f"riêng {visitor}", visitor)
    told()
    moved.move_to(MONDAY + timedelta(days=7))
    assert told() == ["giá cát"]
    assert not VainSeats.objects.exists()
    assert [row.week for row in VainKey.objects.all()] == [
        THIS_WEEK + timedelta(days=7),
        THIS_WEEK + timedelta(days=14),
    ]
    assert {VainSeats._meta.db_table, VainKey._meta.db_table} <= set(FORGOTTEN)


def test_the_space_is_bounded(monkeypatch, moved):
    monkeypatch.setattr(in_vain, "MOST_A_WEEK", 3)
    monkeypatch.setattr(in_vain, "LARGEST_FILE", 600)
    for number in range(40):
        ask(f"không có gì {number}")
    assert (Path(settings.VAR_DIR) / "searches-in-vain").stat().st_size < 1000
    told()
    assert VainSeats.objects.count() == 3
    moved.move_to(MONDAY + timedelta(weeks=105))
    in_vain.gather_searches_in_vain()
    assert SearchWeek.objects.count() == 1


@pytest.mark.parametrize(("seats", "visitors"), [(1, 1), (5, 5), (20, 24), (62, 261), (63, 261)])
def test_visitors_are_estimated_and_never_fewer_than_seats(seats, visitors):
    assert in_vain.visitors((1 << seats) - 1) == visitors


def test_staff_see_the_words_of_the_week_and_may_search_again(staff):
    for visitor in range(1, 12):
        ask("giá cát xây dựng", visitor)
    told()
    page = staff.get(PAGE).content.decode()
    assert "giá cát xây dựng" in page
    assert "/tim-kiem/?q=gi%C3%A1+c%C3%A1t" in page
    assert "Chưa đếm trong tuần này." in staff.get(f"{PAGE}?tuan=2026-W20").content.decode()


def test_the_sheet_of_the_week_names_them(staff, moved):
    for visitor in range(1, 12):
        ask("giá cát xây dựng", visitor)
    told()
    moved.move_to(MONDAY + timedelta(days=7))
    assert "giá cát xây dựng" in staff.get("/quan-tri/thong-ke/tuan/").content.decode()


@pytest.mark.parametrize("week", ["2026-W99", "x" * 10_000, "\0", "9999-W52"])
def test_any_week_may_be_asked_for(staff, week):
    assert staff.get(PAGE, {"tuan": week}).status_code == 200


def test_who_may_not_see_figures_is_refused(client):
    client.force_login(make_user(is_superuser=False))
    assert client.get(PAGE).status_code == 403
    allowed = make_user(is_superuser=False)
    allowed.user_permissions.add(Permission.objects.get(codename="view_daytotal"))
    client.force_login(allowed)
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE).status_code == 405


def test_an_abbreviation_of_the_staff_ends_the_searching_in_vain():
    make_edition(title="Ban Quản lý Khu kinh tế họp")
    for visitor in range(1, 12):
        ask("bqlkkt", visitor)
    Abbreviation.objects.create(short="BQLKKT", full="Ban Quản lý Khu kinh tế")
    for visitor in range(12, 30):
        ask("bqlkkt", visitor)
    told()
    assert [row.taken.bit_count() <= 11 for row in VainSeats.objects.all()] == [True]


def test_the_key_of_a_week_that_is_over_is_not_even_in_the_memory_of_a_process(moved):
    VainKey.objects.create(week=THIS_WEEK - timedelta(days=7))
    assert THIS_WEEK.isoformat() in week_keys_of(read_rows())
    moved.shift(timedelta(days=7))
    kept = min(week_keys_of(read_rows()))
    assert kept == (THIS_WEEK + timedelta(days=7)).isoformat()

"""What staff see of visits: the report, its files, the sheet of the week, an article's readers."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from contacts.models import Appointment
from news.workflow import move_to_trash
from portal import reach, week_sheet
from portal.search.models import VainSearch
from stats import clock
from stats.models import (
    CounterState,
    DayDevice,
    DayLanguage,
    DayPage,
    DayReferrer,
    DayTotal,
    HourTotal,
    RuleDecision,
)
from tests.making import make_category, make_edition, make_notice, make_official, make_user

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 2)
REPORT = "/quan-tri/thong-ke/"
SHEET = "/quan-tri/thong-ke/tuan/"
XLSX = "/quan-tri/thong-ke/thong-ke.xlsx"
WEEK = "?tu=2026-11-02&den=2026-11-08"
PAGES = [REPORT, SHEET, XLSX, "/quan-tri/thong-ke/pages.csv"]


@pytest.fixture(autouse=True)
def _on_the_monday_after() -> Any:
    with time_machine.travel(datetime(2026, 11, 9, 8, tzinfo=clock.LOCAL), tick=False):
        yield


def count(page: str, pageviews: int, day: date = MONDAY, rule: str = "") -> None:
    DayPage.objects.create(day=day, page=page, pageviews=pageviews, rule=rule)


@pytest.fixture
def counted() -> None:
    DayTotal.objects.create(day=MONDAY, pageviews=90, visitors=40, visits=1250)
    DayTotal.objects.create(day=MONDAY - timedelta(days=7), pageviews=60, visitors=30, visits=1000)
    DayTotal.objects.create(day=MONDAY, rule="robot:seo", pageviews=77, visitors=7, visits=7)
    HourTotal.objects.create(start=datetime(2026, 11, 2, 9, tzinfo=clock.LOCAL), pageviews=90)
    DayReferrer.objects.create(day=MONDAY, site="zalo.me", pageviews=12)
    DayDevice.objects.create(day=MONDAY, device="phone", pageviews=60)
    DayLanguage.objects.create(day=MONDAY, language="vi", pageviews=80)


def words(client: Client, address: str) -> str:
    page = BeautifulSoup(client.get(address).content, "html.parser")
    return " ".join(page.select_one("#content-main").get_text(" ").split())


@pytest.mark.parametrize("address", PAGES)
def test_without_the_right_nobody_sees_figures(address: str, citizen: Client) -> None:
    assert citizen.get(address).status_code == 302
    citizen.force_login(make_user(is_superuser=False))
    assert citizen.get(address).status_code == 403


@pytest.mark.parametrize("address", PAGES)
def test_the_right_to_see_figures_is_enough(address: str, citizen: Client) -> None:
    user = make_user(is_superuser=False)
    user.user_permissions.add(Permission.objects.get(codename="view_daytotal"))
    citizen.force_login(user)
    assert citizen.get(address).status_code == 200
    assert citizen.post(address).status_code == 405


def test_the_report_compares_with_the_days_before(staff: Client, counted: None) -> None:
    text = words(staff, REPORT + WEEK)
    assert "1.250" in text
    assert "kỳ trước: 1.000 (+25 %)" in text
    for word in ("zalo.me", "Điện thoại", "Tiếng Việt", "Thứ Hai, từ 9 giờ", "77"):
        assert word in text


def test_the_report_says_how_the_counter_is(staff: Client) -> None:
    CounterState.objects.create(pk=1, lost_lines=3, unreadable_lines=2)
    text = words(staff, REPORT)
    assert "Lượt xem trang không ghi được 3" in text
    assert "Dòng không đọc được 2" in text


def test_the_report_compares_with_a_year_before_or_with_nothing(
    staff: Client, counted: None
) -> None:
    assert "so với 02/11/2025 – 08/11/2025" in words(staff, f"{REPORT}{WEEK}&so_voi=nam")
    assert "kỳ trước" not in words(staff, f"{REPORT}{WEEK}&so_voi=khong")


def test_the_comparison_of_a_leap_day_has_a_day_to_look_at(staff: Client) -> None:
    text = words(staff, f"{REPORT}?tu=2024-02-29&den=2024-02-29&so_voi=nam")
    assert "28/02/2023 – 28/02/2023" in text


def test_the_report_joins_visits_with_categories_and_authors(staff: Client, counted: None) -> None:
    category = make_category(name_vi="Đầu tư nước ngoài")
    edition = make_edition(category=category, author_line="Đặng Thị Ngọc Ưu", title="Tin có đọc")
    count(edition.get_absolute_url(), 31)
    count("/duong-day-nong/", 5)
    text = words(staff, REPORT + WEEK)
    for told in ("Tin có đọc", "Đầu tư nước ngoài 31", "Đặng Thị Ngọc Ưu 31", "Đường dây nóng"):
        assert told in text


@pytest.mark.parametrize(
    "query",
    [
        "?tu=abc&den=2026-11-08",
        "?tu=2026-11-08&den=2026-11-02",
        "?tu=1999-01-01&den=2026-01-01",
        "?tu=2020-01-01&den=2026-01-01",
        "?tu=&den=",
        f"?tu={'9' * 10_000}&den=2026-11-08",
        f"{WEEK}&so_voi=bia",
        "?tu=%00&den=%00",
    ],
)
def test_a_period_that_makes_no_sense_is_answered_at_its_field(staff: Client, query: str) -> None:
    answer = staff.get(REPORT + query)
    assert answer.status_code == 200
    assert "errornote" in answer.content.decode()
    assert staff.get(XLSX + query).status_code == 404
    assert staff.get("/quan-tri/thong-ke/pages.csv" + query).status_code == 404


def rows_of(staff: Client, key: str) -> list[list[str]]:
    answer = staff.get(f"/quan-tri/thong-ke/{key}.csv{WEEK}")
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("key", ["days", "pages", "categories", "authors", "referrers", "devices",
                                 "languages", "hours", "robots"])  # fmt: skip
def test_every_part_is_a_table_to_take_away(staff: Client, counted: None, key: str) -> None:
    edition = make_edition()
    count(edition.get_absolute_url(), 3)
    rows = rows_of(staff, key)
    assert len(rows) > 1
    assert len({len(row) for row in rows}) == 1


def test_a_part_that_is_not_there_is_not_found(staff: Client) -> None:
    assert staff.get(f"/quan-tri/thong-ke/khong-co.csv{WEEK}").status_code == 404


def test_a_title_cannot_become_a_formula_in_a_spreadsheet(staff: Client, counted: None) -> None:
    count(make_edition(title='=HYPERLINK("http://xau.example")').get_absolute_url(), 3)
    assert rows_of(staff, "pages")[1][0].startswith("'=")
    answer = staff.get(XLSX + WEEK)
    with ZipFile(BytesIO(answer.content)) as book:
        sheets = b"".join(book.read(name) for name in book.namelist() if "sheet" in name)
    assert b"<f>" not in sheets
    assert b"hyperlink" not in sheets


def test_the_workbook_has_a_sheet_for_each_part(staff: Client, counted: None) -> None:
    with ZipFile(BytesIO(staff.get(XLSX + WEEK).content)) as book:
        names = book.read("xl/workbook.xml").decode()
    assert names.count("<sheet ") == 9
    assert "Giờ trong tuần" in names


def test_the_queries_of_the_report_do_not_grow_with_the_pages(
    staff: Client, counted: None, django_assert_max_num_queries: Any
) -> None:
    for _number in range(30):
        count(make_edition().get_absolute_url(), 3)
    with django_assert_max_num_queries(45):
        staff.get(REPORT + WEEK)


def test_a_robot_s_row_leads_to_the_decision_about_it(staff: Client, counted: None) -> None:
    page = BeautifulSoup(staff.get(REPORT + WEEK).content, "html.parser")
    link = page.select_one("#content-main a[href*='rule=robot']")
    form = BeautifulSoup(staff.get(link["href"]).content, "html.parser")
    assert form.select_one("option[selected][value='robot:seo']")
    RuleDecision.objects.create(rule="robot:seo", taken_for="person", reason="Đã kiểm tra")
    assert "1.257" in words(staff, REPORT + WEEK)


def test_a_withdrawn_article_keeps_its_figures_and_not_its_title_in_public(
    staff: Client, citizen: Client
) -> None:
    edition = make_edition(title="Bài đăng nhầm về giá đất")
    count(edition.get_absolute_url(), 8)
    count("/gioi-thieu-cu/", 2)
    count("/", 1)
    move_to_trash(edition.article, by=None)
    pages = citizen.get(f"/thong-ke-truy-cap/du-lieu.json{WEEK}").json()["pages"]
    assert pages == [{"page": "(đã gỡ)", "pageviews": 10}, {"page": "/", "pageviews": 1}]
    assert "Bài đăng nhầm về giá đất (đã gỡ)" in words(staff, REPORT + WEEK)


def test_a_page_counted_under_its_route_is_public_in_the_data(citizen: Client) -> None:
    count("feedback_status", 4)
    pages = citizen.get(f"/thong-ke-truy-cap/du-lieu.json{WEEK}").json()["pages"]
    assert pages == [{"page": "feedback_status", "pageviews": 4}]


def test_an_english_address_is_the_same_article_s() -> None:
    edition = make_edition(language="en", title="Road works begin")
    count(edition.get_absolute_url(), 6)
    assert reach.by_article([(edition.get_absolute_url(), 6)]) == {edition.article_id: 6}
    assert reach.hide_removed([(edition.get_absolute_url(), 6)])[0][0].startswith("/en/news/")


def test_an_article_s_staff_page_says_how_often_it_was_read(staff: Client) -> None:
    edition = make_edition()
    count(edition.get_absolute_url(), 1234)
    count(edition.get_absolute_url(), 66, MONDAY - timedelta(days=200))
    page = staff.get(f"/quan-tri/news/edition/{edition.pk}/change/").content.decode()
    assert "Lượt xem trang: 1.300, trong đó 30 ngày gần nhất: 1.234" in page


def test_the_sheet_tells_the_week_before(staff: Client, counted: None) -> None:
    edition = make_edition(title="Khai trương đường mới", live_from=_at(4))
    make_notice(title="Tuần này chưa tính", live_from=_at(9))
    count(edition.get_absolute_url(), 21)
    official = make_official(name="Đỗ Ưu Việt")
    text = words(staff, SHEET)
    assert "tuần từ 02/11 đến 08/11/2026" in text
    assert "25 % so với tuần trước" in text
    assert "Khai trương đường mới 04/11 21" in text
    assert "Tuần này chưa tính" not in text
    assert "Đỗ Ưu Việt" in text
    Appointment.objects.filter(pk=official.pk).update(confirmed_on=MONDAY)
    assert "Mọi đầu mối liên hệ đều đã xác nhận." in words(staff, SHEET)


def _at(day: int) -> datetime:
    return datetime(2026, 11, day, 7, tzinfo=clock.LOCAL)


def test_what_nothing_measures_yet_is_said_to_have_no_figures(staff: Client) -> None:
    assert words(staff, SHEET).count("Chưa có số liệu.") == 2


def test_searches_and_backups_stand_on_the_sheet_as_soon_as_they_are_measured(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched = [VainSearch(words="bảng giá đất 2027", visitors=14)]
    backup = week_sheet.ProvenBackup(timezone.now(), timezone.now())
    monkeypatch.setattr(week_sheet, "searches_in_vain", lambda _period: searched)
    monkeypatch.setattr(week_sheet, "latest_proven_backup", lambda: backup)
    text = words(staff, SHEET)
    assert "bảng giá đất 2027 14" in text
    assert "đã được khôi phục thử thành công" in text


@pytest.mark.parametrize(
    "week", ["2026-W99", "0001-W01", "9999-W52", "x" * 10_000, "%00", "2026-W"]
)
def test_a_week_that_is_none_gives_the_last_one(staff: Client, week: str) -> None:
    assert "tuần từ 02/11 đến 08/11/2026" in words(staff, f"{SHEET}?tuan={week}")


def test_another_week_can_be_looked_at(staff: Client) -> None:
    assert "tuần từ 28/12 đến 03/01/2027" in words(staff, f"{SHEET}?tuan=2026-W53")

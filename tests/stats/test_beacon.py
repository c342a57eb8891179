"""Pages that report their own view, behind a cache that answers them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django.fixtures import Settings

from stats.spool import Pageview
from tests.stats.conftest import PHONE, read_spool

pytestmark = pytest.mark.django_db

REPORT = "/thong-ke-truy-cap/dem/"
PIXEL = "/thong-ke-truy-cap/dem.gif"


@pytest.fixture
def reader(spool: Path, settings: Settings) -> Client:
    settings.STATS_BEACON = True
    return Client(headers={"user-agent": PHONE, "accept-language": "vi"})


def report_address(reader: Client, page: str) -> str:
    script = BeautifulSoup(reader.get(page).content, "html.parser").select_one("[data-beacon]")
    return str(script["data-beacon"])


def counted(spool: Path) -> list[Pageview]:
    return read_spool(spool)


def test_the_page_itself_does_not_count_and_its_report_does(reader: Client, spool: Path) -> None:
    address = report_address(reader, "/thong-ke-truy-cap/")
    assert counted(spool) == []
    assert reader.post(address + "&r=https://zalo.me/").status_code == 204
    (pageview,) = counted(spool)
    assert (pageview.page, pageview.referrer) == ("/thong-ke-truy-cap/", "zalo.me")


def test_without_scripts_an_image_reports(reader: Client, spool: Path) -> None:
    page = BeautifulSoup(reader.get("/thong-ke-truy-cap/").content, "html.parser")
    answer = reader.get(str(page.select_one("noscript img")["src"]))
    assert answer["Content-Type"] == "image/gif"
    assert answer["Cache-Control"] == "no-store"
    assert [pageview.page for pageview in counted(spool)] == ["/thong-ke-truy-cap/"]


@pytest.mark.parametrize("query", ["", "p=/bia-dat/&k=0", "p=%00&k=%00", "p=" + "a" * 10_000])
def test_a_page_the_portal_has_not_made_is_not_counted(
    reader: Client, spool: Path, query: str
) -> None:
    assert reader.post(f"{REPORT}?{query}").status_code == 204
    assert reader.get(f"{PIXEL}?{query}").status_code == 200
    assert counted(spool) == []


def test_where_the_portal_counts_pages_say_nothing_and_reports_count_nothing(
    reader: Client, spool: Path, settings: Settings
) -> None:
    address = report_address(reader, "/thong-ke-truy-cap/")
    settings.STATS_BEACON = False
    assert b"data-beacon" not in reader.get("/thong-ke-truy-cap/").content
    reader.post(address)
    assert len(counted(spool)) == 1


def test_a_page_that_is_not_there_reports_nothing(reader: Client) -> None:
    assert b"data-beacon" not in reader.get("/khong-co/").content


def test_an_image_fetched_ahead_of_time_reports_nothing(reader: Client, spool: Path) -> None:
    query = urlsplit(report_address(reader, "/thong-ke-truy-cap/")).query
    assert parse_qs(query)["p"] == ["/thong-ke-truy-cap/"]
    reader.get(f"{PIXEL}?{query}", headers={"sec-purpose": "prefetch;prerender"})
    reader.head(f"{PIXEL}?{query}")
    assert counted(spool) == []


def test_a_robot_that_runs_scripts_stays_a_robot(reader: Client, spool: Path) -> None:
    address = report_address(reader, "/thong-ke-truy-cap/")
    reader.post(address, headers={"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"})
    assert counted(spool)[0].rule.startswith("robot:")


def test_a_report_sets_no_cookie_and_takes_no_other_method(reader: Client) -> None:
    assert reader.get(REPORT).status_code == 405
    assert reader.post(PIXEL).status_code == 405
    assert not reader.post(REPORT).cookies


def test_a_report_needs_no_token_of_a_form(spool: Path) -> None:
    assert Client(enforce_csrf_checks=True).post(REPORT).status_code == 204

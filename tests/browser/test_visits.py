"""The two small scripts of the counter, and the pages of its figures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from stats import clock
from tests.stats import served
from tests.stats.conftest import PHONE


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[served.Portal]:
    with served.served(tmp_path_factory.mktemp("portal"), workers=1, STATS_BEACON="1") as portal:
        yield portal


@pytest.fixture
def reader(portal: served.Portal, chromium: Browser) -> Iterator[BrowserContext]:
    """Of a portal that is served as on a real host, not by Django's test server."""
    address = f"http://127.0.0.1:{portal.port}"
    context = chromium.new_context(base_url=address, user_agent=PHONE, locale="vi-VN")
    yield context
    context.close()


def pageviews_of_today(portal: served.Portal) -> int:
    portal.wait_until_everything_is_counted()
    today = str(clock.as_date(clock.day_number(clock.wall())))
    return int(portal.figures(today, today)["days"][0]["pageviews"])


def be_counted(portal: served.Portal, reader: BrowserContext) -> Page:
    """A page of a portal that has had a reader, so that its box shows figures."""
    page = reader.new_page()
    end = time.monotonic() + served.PATIENCE
    page.goto("/gioi-thieu/")
    while not page.locator("[data-visits]").count():
        # The page that was kept before the first reader has none yet.
        assert time.monotonic() < end, "the box has no figures"
        page.wait_for_timeout(500)
        page.reload()
    return page


def test_a_page_that_is_looked_at_reports_itself_once(
    portal: served.Portal, reader: BrowserContext
) -> None:
    page = reader.new_page()
    before = pageviews_of_today(portal)
    with page.expect_response("**/thong-ke-truy-cap/dem/**") as reported:
        page.goto("/gioi-thieu/")
    assert reported.value.status == 204
    assert pageviews_of_today(portal) == before + 1


def test_the_visit_box_is_brought_to_this_minute(
    portal: served.Portal, reader: BrowserContext
) -> None:
    page = be_counted(portal, reader)
    now = {"as_of": "tính đến 23:59", "figures": {"today": "4.321"}}
    page.route("**/hien-tai.json", lambda route: route.fulfill(json=now))
    page.goto("/gioi-thieu/")
    box = page.locator("[data-visits]")
    expect(box.locator("[data-figure=today]")).to_have_text("4.321")
    expect(box.locator("[data-as-of]")).to_have_text("tính đến 23:59")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "address", ["/thong-ke-truy-cap/", "/quan-tri/thong-ke/", "/quan-tri/thong-ke/tuan/"]
)
def test_pages_about_visits_are_accessible_and_fit_a_phone(
    portal: served.Portal, reader: BrowserContext, address: str, scheme: Literal["light", "dark"]
) -> None:
    page = be_counted(portal, reader)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/quan-tri/login/")
    page.fill("[name=login]", "quantri")
    page.fill("[name=password]", "mat-khau-thu-2026")
    page.click("[type=submit]")
    page.goto(address)
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_an_answer_the_box_stays_as_it_is(
    portal: served.Portal, reader: BrowserContext
) -> None:
    page = be_counted(portal, reader)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/hien-tai.json", lambda route: route.abort())
    page.goto("/gioi-thieu/", wait_until="networkidle")
    expect(page.locator("[data-visits] [data-as-of]")).to_contain_text("tính đến")
    assert errors == []

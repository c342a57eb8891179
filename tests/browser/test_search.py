"""Search in a browser: suggestions by keyboard and by finger, and everything without scripts."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.search.models import SearchWeek, VainSearch, monday_of
from tests.browser.conftest import sign_in, violations
from tests.making import make_board, make_edition, make_official, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _texts(first_content):
    make_edition(title="Giá đất trong khu phi thuế quan")
    make_edition(title="Giá nước sạch", lead="Từ tháng tới.")
    make_official("0913 705 521", name="Đặng Thị Ưu")


@pytest.mark.parametrize("field", ["#site-search", "#page-search"])
def test_a_suggestion_is_chosen_by_keyboard(open_context, field):
    page = open_context().new_page()
    page.goto("/tim-kiem/")
    page.focus(field)
    page.keyboard.type("gia d", delay=20)
    box = page.locator(field)
    expect(page.locator("[role=option]")).to_have_text(["Giá đất trong khu phi thuế quan"])
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    option = page.locator("[role=option]").first
    expect(box).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    expect(option).to_have_attribute("aria-selected", "true")
    expect(box).to_have_value("Giá đất trong khu phi thuế quan")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_value("gia d")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tim-kiem/?q=Gi*")
    expect(page.locator(".ledger h3").first).to_have_text("Giá đất trong khu phi thuế quan")


def test_escape_closes_the_list_and_keeps_what_was_typed(open_context):
    page = open_context().new_page()
    page.goto("/tim-kiem/")
    page.focus("#page-search")
    page.keyboard.type("gia", delay=20)
    expect(page.locator("[role=option]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("[role=option]")).to_have_count(0)
    expect(page.locator("#page-search")).to_have_value("gia")
    expect(page.locator("#page-search")).to_have_attribute("aria-expanded", "false")


def test_a_suggestion_is_chosen_by_finger(open_context):
    page = open_context().new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/tim-kiem/")
    page.locator("#page-search").press_sequentially("gia nuoc", delay=20)
    page.locator("[role=option]").click()
    page.wait_for_url("**/tim-kiem/?q=Gi*")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_list_is_usable_by_everyone(open_context, scheme):
    page = open_context(scheme=scheme).new_page()
    page.goto("/tim-kiem/?q=gia")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        page.fill("#page-search", "")
        page.locator("#page-search").press_sequentially("gia", delay=20)
        expect(page.locator("[role=option]")).to_have_count(2)
        page.keyboard.press("ArrowDown")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_search_is_a_form(open_context):
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/tim-kiem/")
    expect(page.locator("#page-search")).not_to_have_attribute("role", "combobox")
    page.fill("#page-search", "gia dat")
    page.press("#page-search", "Enter")
    expect(page.locator(".ledger h3").first).to_have_text("Giá đất trong khu phi thuế quan")


def test_results_can_be_read_by_everyone(open_context):
    boards = [make_board(name_vi=f"Bảng {number}") for number in range(3)]
    for number in range(22):
        make_edition(title=f"Giá đất đợt {number}", category=boards[number % 3])
    addresses = (
        *("?q=gia+dat", "?q=gia+dat&page=2", "?q=gia+dat&kind=notice", "?q=gía+đât"),
        *("?q=gias+dooj", "?q=khong+co+gi+ca", "?q=đặng+thị+ưu", "?q=經濟", "?q="),
    )
    for scheme in ("light", "dark"):
        page = open_context(scheme=scheme).new_page()
        for address in addresses:
            page.goto(f"/tim-kiem/{address}")
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": 740})
                assert violations(page) == [], (scheme, address, width)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_was_looked_for_in_vain_can_be_read_by_everyone(open_context, scheme):
    monday = monday_of(timezone.localdate())
    week, _made = SearchWeek.objects.get_or_create(monday=monday)
    for number in range(3):
        words = f"học bổng {number}"
        VainSearch.objects.create(week=week, folded=words, words=words, visitors=5 + number)
    make_user(username="canbo")
    page = open_context(scheme=scheme).new_page()
    sign_in(page, "canbo")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto("/quan-tri/thong-ke/tim-khong-thay/")
        expect(page.get_by_text("học bổng 2")).to_be_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

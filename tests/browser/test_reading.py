"""The public pages in a browser: for everyone, on a phone, by keyboard, without scripts."""

import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from portal.samples import SampleMaker, start_of_today
from tests.browser.conftest import violations
from tests.making import make_notice

PAGES = [
    *("/", "/tin-tuc/", "/tin-tuc/hoi-nghi-1/", "/tin-tuc/2021/12/", "/chuyen-muc/hoat-dong/"),
    *("/thong-bao/", "/tim-kiem/?q=truong+ban", "/tim-kiem/?q=khong-co-gi-het", "/duong-day-nong/"),
    *("/bo-may/", "/lien-he/", "/phan-anh-kien-nghi/", "/thong-ke-truy-cap/", "/gioi-thieu/"),
    *("/ho-tro-tiep-can/", "/so-do-trang/", "/khong-co-trang-nay/"),
    *("/tin-tuc/2021/", "/chuyen-muc/hoat-dong/?nam=2021", "/tin-tuc/hoi-nghi-1/danh-gia/"),
    *("/tin-tuc/hoi-nghi-1/gop-y/?useful=no", "/nhan-tin-qua-thu/", "/en/alerts/"),
    *("/en/", "/en/hotline/", "/en/search/?q=zone", "/en/statistics/"),
]


def go_to(page, address):
    answer = page.goto(address)
    assert answer.status == (404 if "khong-co-trang" in address else 200)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_usable_by_everyone(first_content, open_context, address, scheme):
    make_notice()
    page = open_context(scheme=scheme).new_page()
    go_to(page, address)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == []


@pytest.mark.parametrize("address", PAGES)
def test_a_page_fits_a_narrow_screen(first_content, open_context, address):
    page = open_context(width=320).new_page()
    go_to(page, address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_with_many_articles_it_is_as_usable(first_content, open_context):
    next(SampleMaker(start_of_today(), photos=2).make(60))
    page = open_context().new_page()
    for address in ("/", "/tin-tuc/", "/thong-bao/", "/tim-kiem/?q=duong"):
        page.goto(address)
        assert violations(page) == [], address


@pytest.mark.parametrize("address", PAGES)
def test_a_page_doubled_in_size_loses_nothing(first_content, open_context, address):
    """At 200 % a window of 1280 has half as many of its points."""
    page = open_context(width=640, device_scale_factor=2).new_page()
    go_to(page, address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    assert violations(page) == []


def test_who_wants_no_motion_sees_none(first_content, open_context):
    page = open_context(reduced_motion="reduce").new_page()
    for address in ("/", "/tin-tuc/hoi-nghi-1/"):
        page.goto(address)
        moving = """() => [...document.querySelectorAll("*")].filter((each) => {
          const style = getComputedStyle(each);
          return [style.transitionDuration, style.animationDuration]
            .some((times) => times.split(",").some((time) => parseFloat(time) > 0.01));
        }).map((each) => each.className)"""
        assert page.evaluate(moving) == []


def test_an_investor_finds_the_head_and_taps_the_number(first_content, phone):
    phone.goto("/")
    phone.get_by_role("link", name="Tìm", exact=True).click()
    phone.get_by_role("main").get_by_role("combobox").fill("truong ban")
    phone.keyboard.press("Enter")
    number = phone.get_by_role("main").get_by_role("link", name="0913 705 521").first
    assert number.get_attribute("href") == "tel:+84913705521"
    box = number.bounding_box()
    assert box
    assert box["height"] >= 44


def test_the_hotline_is_one_tap_away_on_a_phone(first_content, phone):
    phone.goto("/tin-tuc/hoi-nghi-1/")
    call = phone.locator(".quick-bar").get_by_role("link", name="Đường dây nóng")
    expect(call).to_be_in_viewport()
    call.tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Đường dây nóng")


def test_the_menu_of_a_phone_opens_and_closes(first_content, phone):
    phone.goto("/")
    menu = phone.get_by_role("navigation", name="Mục lục chính")
    expect(menu).to_be_hidden()
    phone.get_by_role("button", name="Mục lục").click()
    expect(menu).to_be_visible()
    phone.keyboard.press("Escape")
    expect(menu).to_be_hidden()


def test_a_keyboard_alone_reaches_the_content_first(first_content, page):
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Bỏ qua, tới nội dung chính")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_nothing_covers_what_has_the_focus(first_content, phone):
    phone.goto("/")
    for _step in range(25):
        phone.keyboard.press("Tab")
        assert phone.evaluate(
            """() => {
              const focused = document.activeElement, box = focused.getBoundingClientRect();
              if (focused === document.body || !box.width) return true;
              const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
              return !top || focused.contains(top) || top.contains(focused);
            }"""
        )


def test_without_scripts_everything_a_reader_needs_is_there(first_content, open_context):
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/tin-tuc/hoi-nghi-1/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="In bài")).to_be_hidden()
    page.get_by_role("link", name="0257 3503 168").first.is_visible()
    page.get_by_role("searchbox").first.fill("hoi nghi")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hội nghị cán bộ")).to_be_visible()


def test_the_language_is_changed_on_the_same_page(first_content, page):
    page.goto("/duong-day-nong/")
    page.get_by_role("link", name="English").first.click()
    page.wait_for_url("**/en/hotline/")
    expect(page.get_by_role("link", name="+84 257 3503 168")).to_be_visible()


def test_forced_colours_keep_the_numbers_readable(first_content, open_context):
    page = open_context(forced_colors="active").new_page()
    page.goto("/duong-day-nong/")
    assert violations(page) == []


def test_reading_sets_no_cookie(first_content, open_context):
    context = open_context()
    page = context.new_page()
    for address in ("/", "/tim-kiem/?q=ban", "/en/hotline/"):
        page.goto(address)
    assert context.cookies() == []


def test_nothing_moves_while_the_page_loads(first_content, page):
    next(SampleMaker(start_of_today(), photos=2).make(30))
    page.goto("/")
    shift = page.evaluate(
        """() => new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
          requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
        })"""
    )
    assert shift == 0


def test_an_article_is_shared_by_what_the_device_has(first_content, open_context):
    context = open_context(width=360)
    context.add_init_script("navigator.share = async (what) => { window.shared = what; }")
    page = context.new_page()
    page.goto("/tin-tuc/hoi-nghi-1/")
    page.get_by_role("button", name="Chia sẻ …").click()
    shared = page.evaluate("window.shared")
    assert shared["url"].endswith("-1/")
    assert shared["title"].startswith("Hội nghị")
    mail = page.get_by_role("link", name="Qua thư điện tử").get_attribute("href") or ""
    assert mail.startswith("mailto:?subject=H%E1%BB%99i%20ngh%E1%BB%8B")


def test_a_device_without_a_sheet_of_its_own_shows_no_button_for_it(first_content, open_context):
    context = open_context()
    context.add_init_script("delete Navigator.prototype.share")
    page = context.new_page()
    page.goto("/tin-tuc/hoi-nghi-1/")
    expect(page.get_by_role("button", name="Chép địa chỉ")).to_be_visible()
    expect(page.get_by_role("button", name="Chia sẻ …")).to_be_hidden()


def test_a_printed_article_leads_back_to_its_page(first_content, page):
    page.goto("/tin-tuc/hoi-nghi-1/")
    expect(page.locator(".print-foot")).to_be_hidden()
    page.emulate_media(media="print")
    code = page.locator(".print-foot svg")
    code.scroll_into_view_if_needed()
    [found] = zxingcpp.read_barcodes(Image.open(BytesIO(code.screenshot())).resize((600, 600)))
    assert found.text.endswith(urlsplit(page.url).path)
    expect(page.locator(".print-foot")).to_contain_text("Ban Quản lý Khu kinh tế")
    expect(page.locator(".share")).to_be_hidden()


def test_a_screen_reader_is_told_what_the_eye_sees(first_content, page):
    """Chromium's own tree stands in for a person: names, levels and languages of what is read."""
    page.goto("/tin-tuc/hoi-nghi-1/")
    told = page.locator("body").aria_snapshot()
    assert told.count("[level=1]") == 1
    for part in ("- banner:", "- main", "- contentinfo:", 'navigation "Mục lục chính"'):
        assert part in told
    page.goto("/duong-day-nong/")
    told = page.get_by_role("main").aria_snapshot()
    assert 'heading "Đường dây nóng" [level=1]' in told
    assert re.search(r'link "Gọi .*Nguyễn Xuân Hùng, Trưởng ban, 0913 705 521', told)

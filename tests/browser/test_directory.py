"""The directory in a browser: on a phone, from Seoul, without a network, on paper."""

import re
from datetime import time
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from contacts.models import Appointment, Channel, Duty, OpeningHours, Person, Post, Unit
from contacts.phonebook import write_numbers
from contacts.succession import hand_over
from tests.browser.conftest import sign_in, violations
from tests.making import make_user


@pytest.fixture
def agency(first_content: None) -> dict[str, Any]:
    """The old site's hotline, and a division with a matter, a post, an official and hours."""
    root = Unit.objects.get(parent=None)
    for opens, closes in ((time(7, 30), time(11, 30)), (time(13, 30), time(17))):
        OpeningHours.objects.create(unit=root, opens=opens, closes=closes)
    unit = Unit.objects.create(
        name_vi="Phòng Quản lý đầu tư", name_en="Investment Division", parent=root
    )
    post = Post.objects.create(unit=unit, title_vi="Trưởng phòng", title_en="Head of Division")
    write_numbers(post, "0257 3500 120 máy lẻ 12")
    person = Person.objects.create(name="Đặng Thị Ngọc Ưu", honorific="ms")
    official = Appointment.objects.create(person=person, post=post)
    write_numbers(official, "0905 000 111")
    official.phonenumbers.update(languages="vi,en,ko")
    Channel.objects.create(appointment=official, kind="email", value="dautu@vidu.gov.vn")
    duty = Duty.objects.create(name_vi="Đầu tư", name_en="Investment", post=post)
    return {"unit": unit, "official": official, "duty": duty}


def addresses(agency: dict[str, Any]) -> list[str]:
    official = agency["official"]
    return [
        *("/duong-day-nong/", "/lien-he/", "/bo-may/", "/bo-may/phong-quan-ly-dau-tu/"),
        *(f"/bo-may/nguoi/{official.person_id}/", "/lien-he/dau-tu/", "/en/contact/investment/"),
        *("/duong-day-nong/to-in-a5/", "/lien-he/dau-tu/to-in-a5/", "/en/organisation/"),
        f"/en/organisation/person/{official.person_id}/",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_usable_by_everyone(agency, open_context, scheme):
    page = open_context(scheme=scheme).new_page()
    for address in addresses(agency):
        page.goto(address)
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == [], (address, width)


def test_every_page_fits_a_narrow_screen(agency, open_context):
    page = open_context(width=320).new_page()
    for address in addresses(agency):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_every_number_is_a_large_target_that_names_person_and_post(agency, open_context):
    page = open_context(width=320).new_page()
    for address in addresses(agency)[:7]:
        page.goto(address)
        for number in page.locator("a.phone").all():
            box = number.bounding_box()
            assert box
            assert box["height"] >= 48, address
    page.goto(addresses(agency)[4])
    name = "Gọi Bà Đặng Thị Ngọc Ưu, Trưởng phòng, 0905 000 111"
    expect(page.get_by_role("link", name=name)).to_have_attribute("href", "tel:+84905000111")


def test_a_number_is_reached_by_keyboard_alone(agency, page):
    page.goto("/duong-day-nong/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # to the content
    for _step in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.href") == "tel:+842573503168":
            return
    pytest.fail("The first number is more than twelve tabs away.")


def test_without_scripts_nothing_is_missing(agency, open_context):
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/lien-he/dau-tu/")
    expect(page.get_by_role("link", name="0905 000 111")).to_be_visible()
    expect(page.get_by_role("button", name="Chép địa chỉ")).to_be_hidden()
    expect(page.get_by_role("link", name="Tờ in khổ A5")).to_be_visible()


def test_a_lawyer_in_seoul_sees_the_hours_of_both_places(agency, chromium, live_server):
    context = chromium.new_context(base_url=live_server.url, timezone_id="Asia/Seoul")
    page = context.new_page()
    page.goto("/en/contact/investment/")
    hours = page.locator(".opening-hours")
    expect(hours).to_contain_text("Monday – Friday")
    expect(hours).to_contain_text("7:30–11:30")
    expect(hours).to_contain_text("In your time zone (Asia/Seoul): 09:30–13:30, 15:30–19:00")
    context.close()


def test_a_reader_in_los_angeles_sees_that_it_is_the_day_before(agency, chromium, live_server):
    context = chromium.new_context(base_url=live_server.url, timezone_id="America/Los_Angeles")
    page = context.new_page()
    page.goto("/en/contact/investment/")
    expect(page.locator(".opening-hours__local")).to_contain_text("(−1)")
    context.close()


def test_a_reader_in_viet_nam_sees_the_hours_once(agency, page):
    page.goto("/lien-he/dau-tu/")
    expect(page.locator(".opening-hours")).to_contain_text("7:30–11:30")
    expect(page.locator(".opening-hours__local")).to_have_count(0)


def test_name_and_numbers_are_copied(agency, open_context):
    context = open_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"/bo-may/nguoi/{agency['official'].person_id}/")
    page.get_by_role("button", name="Chép tên và số").click()
    expect(page.get_by_role("button", name="Đã chép")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert "Bà Đặng Thị Ngọc Ưu – Trưởng phòng" in text
    assert "0257 3500 120 (máy lẻ 12)" in text


def scanned(page: Page) -> str:
    """What a phone reads in the code on the screen."""
    picture = page.locator("img[src$='.svg'][alt*='QR']").first
    picture.scroll_into_view_if_needed()
    # Some codes load lazily, and a loaded picture is drawn only once it is decoded.
    picture.evaluate("image => image.decode()")
    found = zxingcpp.read_barcodes(Image.open(BytesIO(picture.screenshot())))
    assert len(found) == 1
    return str(found[0].text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_that_scans_the_screen_saves_the_official(agency, open_context, scheme):
    page = open_context(scheme=scheme).new_page()
    page.goto(f"/bo-may/nguoi/{agency['official'].person_id}/")
    card = scanned(page)
    for line in (
        *("BEGIN:VCARD", "FN:Đặng Thị Ngọc Ưu", "N:Đặng;Ưu;Thị Ngọc;Bà;"),
        *("TEL;TYPE=CELL:+84905000111", "TEL;TYPE=WORK,VOICE:+842573500120;ext=12"),
    ):
        assert line in card


def test_the_code_of_a_matter_leads_to_its_page(agency, page):
    page.goto("/en/contact/investment/")
    assert scanned(page).endswith("/en/contact/investment/")


@pytest.mark.parametrize(
    "address", ["/duong-day-nong/to-in-a5/", "/en/contact/investment/a5-sheet/"]
)
def test_the_printed_sheet_is_one_a5_page_with_a_code_that_can_be_read(agency, page, address):
    page.goto(address)
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    [width, height] = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed).groups()
    # A5 in points.
    assert (round(float(width)), round(float(height))) == (420, 595)
    page.emulate_media(media="print")
    assert scanned(page).startswith("http")


def test_who_follows_is_shown_at_once_to_a_reader_who_was_there_before(agency, page):
    page.goto("/en/contact/investment/")
    expect(page.get_by_role("main")).to_contain_text("Đặng Thị Ngọc Ưu")
    successor = Person.objects.create(name="Hồ Thị Mới", honorific="ms")
    hand_over(agency["official"], on=timezone.localdate(), successor=successor)
    page.goto("/")
    page.goto("/en/contact/investment/")
    expect(page.get_by_role("main")).to_contain_text("Hồ Thị Mới")
    expect(page.get_by_role("main")).not_to_contain_text("Đặng Thị Ngọc Ưu")


# Staff


@pytest.fixture
def desk(agency: dict[str, Any], page: Page) -> Page:
    make_user(username="canbo")
    sign_in(page, "canbo")
    return page


def test_numbers_come_back_as_chips_while_they_are_typed(desk):
    desk.goto("/quan-tri/contacts/appointment/add/")
    desk.get_by_label("Số điện thoại:").fill("0257. 3503 168 - 0913 705 521")
    chips = desk.locator(".chip")
    expect(chips).to_have_count(2)
    expect(chips.first).to_contain_text("0257 3503 168")
    expect(chips.first).to_contain_text("cố định")


def test_a_new_number_is_offered_and_taken_with_one_click(desk):
    desk.goto("/quan-tri/contacts/appointment/add/")
    field = desk.get_by_label("Số điện thoại:")
    field.fill("(057) 3828 250; 0913 705 521")
    desk.get_by_role("button", name="Lấy số mới").click()
    expect(field).to_have_value("0257 3828 250; 0913 705 521")
    expect(desk.locator(".chips__error")).to_have_count(0)


def test_rows_are_dragged_into_order_and_saved(desk):
    desk.goto("/quan-tri/contacts/post/order/")
    rows = desk.locator(".order__row")
    rows.nth(3).drag_to(rows.nth(0), target_position={"x": 20, "y": 4})
    desk.get_by_role("button", name="Lưu thứ tự").click()
    expect(desk.get_by_text("Đã lưu thứ tự")).to_be_visible()
    assert Post.objects.first().title_vi == "Trưởng phòng"


def test_rows_are_moved_by_keyboard_and_keep_the_focus(desk):
    desk.goto("/quan-tri/contacts/post/order/")
    button = desk.get_by_role("button", name="Lên: Trưởng phòng")
    button.focus()
    for _step in range(3):
        desk.keyboard.press("Enter")
    expect(button).to_be_focused()
    expect(desk.locator(".order__row").first).to_contain_text("Trưởng phòng")
    assert Post.objects.first().title_vi == "Trưởng ban"


def test_the_staff_pages_of_the_directory_are_usable_by_everyone(desk, agency):
    key = agency["official"].pk
    for address in ("report/", "import/", "order/", f"{key}/leave/", f"{key}/history/"):
        desk.goto(f"/quan-tri/contacts/appointment/{address}")
        found = [each for each in violations(desk) if "#nav-sidebar" not in each]
        assert found == [], address

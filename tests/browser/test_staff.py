"""The staff pages in a browser: an office worker writes a report and publishes it."""

import pytest
from playwright.sync_api import Page, expect

from editing.editor import BUTTONS
from news.models import Edition
from tests.browser.conftest import sign_in, violations
from tests.making import make_user


@pytest.fixture
def desk(first_content: None, page: Page) -> Page:
    make_user(username="canbo")
    sign_in(page, "canbo")
    return page


def test_a_report_is_written_checked_and_published(desk, open_context):
    desk.get_by_role("link", name="Viết bài mới").click()
    desk.fill("[name=title]", "Khởi công đường gom Khu công nghiệp")
    desk.select_option("[name=category]", label="Hoạt động của Ban")
    desk.fill("[name=lead]", "Sáng nay, đơn vị thi công bắt đầu san nền.")
    desk.locator(".cke_editable").click()
    desk.keyboard.type("Đường gom dài bốn ki-lô-mét.")
    desk.get_by_role("button", name="Lưu, kiểm tra và đăng").click()
    expect(desk.get_by_role("heading", name="Khởi công đường gom")).to_be_visible()
    desk.get_by_role("button", name="Đăng ngay").click()
    edition = Edition.objects.get(title__startswith="Khởi công")
    reader = open_context(width=360).new_page()
    reader.goto(edition.get_absolute_url())
    expect(reader.get_by_text("Đường gom dài bốn ki-lô-mét.")).to_be_visible()


def test_every_button_of_the_editor_is_there_and_bold_works(desk):
    desk.goto("/quan-tri/news/edition/add/")
    for group in BUTTONS:
        for name in group:
            expect(desk.locator(f".cke_button__{name.lower()}")).to_be_visible()
    desk.locator(".cke_editable").click()
    desk.locator(".cke_button__bold").click()
    desk.keyboard.type("quan trọng")
    expect(desk.locator(".cke_editable strong")).to_have_text("quan trọng")
    desk.locator(".cke_button__heading2").click()
    expect(desk.locator(".cke_editable h2")).to_have_text("quan trọng")


def test_a_link_is_made_in_the_dialog_of_the_editor(desk):
    desk.goto("/quan-tri/news/edition/add/")
    desk.locator(".cke_editable").click()
    desk.keyboard.type("xem thêm")
    desk.keyboard.press("Control+a")
    # The editor looks at the selection five times a second, which no person outruns.
    desk.evaluate("CKEDITOR.instances.id_body.selectionChange(1)")
    desk.locator(".cke_button__link").click()
    dialog = desk.locator(".cke_dialog")
    dialog.get_by_label("URL").fill("example.com/tin")
    dialog.locator(".cke_dialog_ui_button_ok").click()
    link = desk.locator(".cke_editable a")
    expect(link).to_have_text("xem thêm")
    assert "example.com/tin" in str(link.get_attribute("href"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "address",
    ["", "news/edition/", "news/edition/1/change/", "contacts/appointment/", "auth/group/"],
)
def test_a_staff_page_is_usable_by_everyone(first_content, open_context, address, scheme):
    make_user(username="canbo")
    page = open_context(scheme=scheme).new_page()
    sign_in(page, "canbo")
    page.goto(f"/quan-tri/{address}")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == []

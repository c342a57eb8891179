"""The way in, as an approver walks it: app, sheet of codes, passkey, trusted computer."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page

from tests.browser.conftest import PASSWORD, OpenContext, sign_in, violations
from tests.making import make_user

pytestmark = pytest.mark.usefixtures("first_content")


@pytest.fixture(autouse=True)
def required(settings):
    settings.REQUIRE_TWO_FACTOR = True


@pytest.fixture
def page_with_key(open_context: OpenContext):
    """A browser with a fingerprint reader, at http://localhost."""
    page = open_context().new_page()
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    options |= {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def code_of(page: Page) -> str:
    secret = page.inner_text(".setup code").replace(" ", "")
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_out(page: Page):
    page.get_by_role("button", name="Đăng xuất").click()


def first_step(page: Page, name: str):
    page.goto("/quan-tri/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("#content [type=submit]")


def test_the_way_in_from_the_first_day_to_a_trusted_computer(page_with_key):
    page = page_with_key
    make_user(username="duyet-dang")
    sign_in(page, "duyet-dang")
    page.get_by_role("link", name="Cài ngay").click()
    assert violations(page) == []

    page.get_by_role("link", name="Cài đặt", exact=True).click()
    assert violations(page) == []
    page.fill("[name=code]", code_of(page))
    page.click("#content [type=submit]")
    page.get_by_role("heading", name="Mã dự phòng để đăng nhập").wait_for()
    codes = page.locator(".recovery__sheet code").all_inner_texts()
    assert len(codes) == 10
    assert violations(page) == []

    page.get_by_role("link", name="Xong").click()
    page.get_by_role("link", name="Thêm khóa truy cập").click()
    assert violations(page) == []
    page.get_by_role("button", name="Tạo khóa truy cập").click()
    page.get_by_text("Đã thêm khóa truy cập").wait_for()

    sign_out(page)
    first_step(page, "duyet-dang")
    assert violations(page) == []
    page.get_by_label("Tin cậy máy này").check()
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    page.wait_for_url("**/quan-tri/")

    sign_out(page)
    sign_in(page, "duyet-dang")
    page.goto("/quan-tri/tai-khoan/")
    page.get_by_role("button", name="Thu hồi").click()
    sign_out(page)
    first_step(page, "duyet-dang")
    page.fill("[name=code]", codes[0])
    page.click("#content [type=submit]")
    page.wait_for_url("**/quan-tri/")


def test_the_sheet_prints_alone(page_with_key):
    page = page_with_key
    make_user(username="duyet-dang")
    sign_in(page, "duyet-dang")
    page.goto("/quan-tri/tai-khoan/ung-dung/")
    page.fill("[name=code]", code_of(page))
    page.click("#content [type=submit]")
    page.locator(".recovery__sheet").wait_for()
    page.emulate_media(media="print")
    assert page.locator(".recovery__sheet").is_visible()
    for left_out in ("#header", "#nav-sidebar", ".recovery__buttons", ".messagelist"):
        assert not page.locator(left_out).first.is_visible(), left_out


def test_an_administrator_invites_and_the_invited_one_sets_a_password(page, open_context):
    make_user(username="quan-tri")
    sign_in(page, "quan-tri")
    page.goto("/quan-tri/editing/user/add/")
    page.fill("[name=username]", "an.lt")
    page.fill("[name=last_name]", "Lê Thị")
    page.fill("[name=first_name]", "An")
    page.click("[name=_save]")
    page.get_by_role("heading", name="Mời").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Tạo liên kết").click()
    address = page.get_by_label("Địa chỉ của liên kết").input_value()
    assert violations(page) == []

    invited = open_context().new_page()
    invited.goto(address.partition("8000")[2])
    assert violations(invited) == []
    for field in ("new_password1", "new_password2"):
        invited.fill(f"[name={field}]", "ba-con-trau-den-2026")
    invited.get_by_role("button", name="Tiếp tục").click()
    invited.get_by_role("heading", name="Tài khoản của tôi").wait_for()

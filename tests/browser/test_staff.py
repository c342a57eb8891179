"""The staff pages in a browser: an office worker writes a report and publishes it."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from editing.editor import BUTTONS
from editing.models import Autosave
from news.models import Edition
from tests.browser.conftest import OpenContext, sign_in, violations
from tests.making import make_draft, make_user


@pytest.fixture
def desk(first_content: None, page: Page) -> Page:
    make_user(username="canbo")
    sign_in(page, "canbo")
    return page


def page_of(open_context: OpenContext, group: str) -> Page:
    """The browser of somebody who has the rights of this group and no others."""
    user = make_user(is_superuser=False)
    user.groups.add(Group.objects.get(name=group))
    page = open_context().new_page()
    sign_in(page, user.username)
    return page


def other_page(open_context: OpenContext, username: str, **options: Any) -> Page:
    """The browser of a colleague."""
    make_user(username=username)
    page = open_context(**options).new_page()
    sign_in(page, username)
    return page


def write(page: Page, title: str) -> None:
    page.get_by_role("link", name="Viết bài mới").first.click()
    page.fill("[name=title]", title)
    page.select_option("[name=category]", label="Hoạt động của Ban")
    page.fill("[name=lead]", "Sáng nay, đơn vị thi công bắt đầu san nền.")
    page.locator(".cke_editable").click()
    page.keyboard.type("Đường gom dài bốn ki-lô-mét.")


def test_a_report_goes_from_the_writer_over_the_approver_to_the_reader(desk, open_context):
    approver = other_page(open_context, "nguoiduyet")
    write(desk, "Khởi công đường gom Khu công nghiệp")
    desk.get_by_role("button", name="Lưu và duyệt đăng").click()
    expect(desk.get_by_text("cần một người khác duyệt")).to_be_visible()
    desk.get_by_role("button", name="Gửi duyệt").click()
    expect(desk.get_by_text("Chờ duyệt").first).to_be_visible()
    approver.reload()
    approver.get_by_role("link", name="1 tin báo").click()
    approver.get_by_role("link", name="gửi duyệt: Khởi công").click()
    approver.goto(approver.url.replace("/change/", "/step/publish/"))
    approver.get_by_role("button", name="Duyệt và đăng").click()
    edition = Edition.objects.get(title__startswith="Khởi công")
    reader = open_context(width=360).new_page()
    reader.goto(edition.get_absolute_url())
    expect(reader.get_by_text("Đường gom dài bốn ki-lô-mét.")).to_be_visible()
    # Within ten minutes it can be taken back.
    approver.get_by_role("link", name="Hoàn tác").click()
    approver.get_by_role("button", name="Hoàn tác").click()
    expect(approver.get_by_text("Bản nháp").first).to_be_visible()
    assert reader.goto(edition.get_absolute_url()).status == 404


def test_writer_and_approver_need_no_right_beyond_their_groups(
    staff_groups, open_context, drawn_photo, tmp_path
):
    writer = page_of(open_context, "Người viết bài")
    approver = page_of(open_context, "Người duyệt đăng")
    write(writer, "Khởi công đường gom Khu công nghiệp")
    picture = tmp_path / "toan-canh.png"
    picture.write_bytes(drawn_photo().read())
    writer.get_by_role("button", name="Thêm Ảnh").click()
    expect(writer.locator("[name=photos-0-position]")).to_have_value("1")
    writer.get_by_role("button", name="Thêm Ảnh").click()
    expect(writer.locator("[name=photos-1-position]")).to_have_value("2")
    writer.locator("#photos-1 .inline-deletelink").click()
    writer.set_input_files("[name=photos-0-upload]", picture)
    writer.fill("[name=photos-0-caption]", "Toàn cảnh lễ khởi công")
    # What must be fixed is said before anything can be sent.
    writer.get_by_role("button", name="Lưu và gửi duyệt").click()
    expect(writer.get_by_role("heading", name="Phải sửa")).to_be_visible()
    writer.get_by_role("link", name="Quay lại sửa").click()
    writer.get_by_role("radio", name="Chú thích đã đủ").check()
    writer.get_by_role("button", name="Lưu và gửi duyệt").click()
    writer.get_by_role("button", name="Gửi duyệt").click()
    # Returned with a remark, which stands on top of the text.
    approver.goto("/quan-tri/")
    approver.get_by_role("link", name="Khởi công đường gom Khu công nghiệp").first.click()
    approver.get_by_label("Cần sửa điều gì").fill("Ghi rõ chiều dài tuyến.")
    approver.get_by_role("button", name="Trả lại").click()
    expect(approver).to_have_url(re.compile("/quan-tri/$"))
    writer.goto("/quan-tri/")
    writer.get_by_role("link", name="Khởi công đường gom Khu công nghiệp").first.click()
    expect(writer.locator(".edition-returned")).to_contain_text("Ghi rõ chiều dài tuyến.")
    writer.fill("[name=lead]", "Tuyến đường dài bốn ki-lô-mét.")
    writer.get_by_role("button", name="Lưu và gửi duyệt").click()
    writer.get_by_role("button", name="Gửi duyệt").click()
    # Who opens the text, reads it and saves it as it was may still approve it.
    edition = Edition.objects.get(title__startswith="Khởi công")
    approver.goto(f"/quan-tri/news/edition/{edition.pk}/change/")
    approver.get_by_role("button", name="Lưu và duyệt đăng").click()
    approver.get_by_role("button", name="Duyệt và đăng").click()
    expect(approver.get_by_text("Đã đăng").first).to_be_visible()
    reader = open_context(width=360).new_page()
    reader.goto(edition.get_absolute_url())
    expect(reader.get_by_text("Tuyến đường dài bốn ki-lô-mét.")).to_be_visible()
    expect(reader.get_by_text("Toàn cảnh lễ khởi công")).to_be_visible()
    assert reader.locator("figure img").evaluate("image => image.decode().then(() => true)")


def test_what_was_typed_is_offered_after_the_browser_was_closed(desk, open_context):
    write(desk, "Bài đang viết dở")
    expect(desk.get_by_text("Đã tự lưu lúc")).to_be_visible()
    context = desk.context
    desk.close()
    again = context.new_page()
    again.goto("/quan-tri/news/edition/add/")
    again.get_by_role("button", name="Khôi phục", exact=True).click()
    expect(again.locator("[name=title]")).to_have_value("Bài đang viết dở")
    expect(again.locator(".cke_editable")).to_contain_text("Đường gom dài bốn ki-lô-mét.")


def type_without_a_network(page: Page) -> None:
    page.goto("/quan-tri/news/edition/add/")
    expect(page.locator(".cke_editable")).to_be_visible()
    page.context.set_offline(True)
    page.fill("[name=title]", "Gõ khi mất mạng")
    expect(page.get_by_text("đã giữ trong trình duyệt này")).to_be_visible()


def test_what_is_typed_without_a_network_is_kept_in_the_browser(desk):
    type_without_a_network(desk)
    context = desk.context
    desk.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto("/quan-tri/news/edition/add/")
    again.get_by_role("button", name="Khôi phục", exact=True).click()
    expect(again.locator("[name=title]")).to_have_value("Gõ khi mất mạng")


def test_what_was_kept_in_both_places_is_offered_once(desk):
    type_without_a_network(desk)
    context = desk.context
    local = desk.evaluate("({...localStorage})")
    context.set_offline(False)
    expect(desk.get_by_text("Đã tự lưu lúc")).to_be_visible()
    # As if the page had been closed before the answer came.
    desk.evaluate("(kept) => Object.assign(localStorage, kept)", local)
    desk.close()
    again = context.new_page()
    again.goto("/quan-tri/news/edition/add/")
    expect(again.get_by_role("button", name="Khôi phục", exact=True)).to_have_count(1)


def test_what_is_typed_without_a_network_is_sent_when_it_is_back(desk):
    type_without_a_network(desk)
    desk.context.set_offline(False)
    expect(desk.get_by_text("Đã tự lưu lúc")).to_be_visible()
    assert ["title", "Gõ khi mất mạng"] in Autosave.objects.get().fields


def test_two_who_edit_one_article_see_each_other_and_lose_nothing(desk, open_context):
    draft = make_draft(title="Bài hai người sửa")
    address = f"/quan-tri/news/edition/{draft.pk}/change/"
    colleague = other_page(open_context, "dongnghiep")
    colleague.goto(address)
    desk.goto(address)
    expect(desk.get_by_text("dongnghiep cũng đang sửa")).to_be_visible()
    colleague.fill("[name=title]", "Tiêu đề của đồng nghiệp")
    colleague.get_by_role("button", name="Lưu bản nháp").click()
    expect(colleague.get_by_text("Đã lưu").first).to_be_visible()
    desk.fill("[name=lead]", "Tóm tắt của tôi")
    desk.get_by_role("button", name="Lưu bản nháp").click()
    expect(desk.get_by_role("heading", name="Ba bản của cùng một nội dung")).to_be_visible()
    desk.get_by_role("button", name="Gộp cả hai").click()
    expect(desk.locator("[name=title]")).to_have_value("Tiêu đề của đồng nghiệp")
    expect(desk.locator("[name=lead]")).to_have_value("Tóm tắt của tôi")
    desk.get_by_role("button", name="Lưu bản nháp").click()
    draft.refresh_from_db()
    assert (draft.title, draft.lead) == ("Tiêu đề của đồng nghiệp", "Tóm tắt của tôi")


def test_the_preview_shows_what_is_not_saved_yet(desk):
    write(desk, "Chỉ để xem trước")
    desk.get_by_role("button", name="Xem trước").click()
    frame = desk.frame_locator("iframe[name=preview]")
    expect(frame.get_by_role("heading", name="Chỉ để xem trước").first).to_be_visible()
    assert not Edition.objects.filter(title="Chỉ để xem trước").exists()


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

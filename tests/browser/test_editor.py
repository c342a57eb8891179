"""Every button of the editor, pressed: what it makes is what is stored and what readers see."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from editing.editor import BUTTONS
from editing.files import CAPTIONS, VIDEOS
from editing.models import File, Photo
from news.models import Edition, EditionVideo
from tests.browser.conftest import sign_in, violations
from tests.browser.test_words import PASTE
from tests.making import make_edition, make_user
from tests.video_files import captions, mp4

PDF = {"name": "Quyết định 12.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"}
# Of each button: what it is called.
LABELS = {
    "Bold": "Đậm (Ctrl+B)",
    "Italic": "Nghiêng (Ctrl+I)",
    "Heading2": "Đề mục",
    "Heading3": "Đề mục nhỏ",
    "BulletedList": "Danh sách gạch đầu dòng",
    "NumberedList": "Danh sách đánh số",
    "Blockquote": "Trích dẫn",
    "Link": "Chèn hoặc sửa liên kết (Ctrl+K)",
    "Unlink": "Bỏ liên kết",
    "Table": "Bảng",
    "Undo": "Hoàn tác (Ctrl+Z)",
    "Redo": "Làm lại (Ctrl+Y)",
    "RemoveFormat": "Xóa định dạng",
}


@pytest.fixture
def form(first_content: None, page: Page) -> Page:
    make_user(username="canbo")
    sign_in(page, "canbo")
    page.goto("/quan-tri/news/edition/add/")
    expect(page.locator(".cke_editable")).to_be_visible()
    return page


def write(form: Page, text: str, button: str = "") -> None:
    """Types into the empty editor and, with all of it chosen, presses a button."""
    form.locator(".cke_editable").click()
    form.keyboard.type(text)
    if button:
        form.keyboard.press("Control+A")
        press(form, button)


def press(form: Page, button: str) -> None:
    form.locator(f".cke_button__{button.lower()}").click()


def agree(form: Page) -> None:
    form.locator(".cke_dialog_ui_button_ok").last.click()
    expect(form.locator(".cke_dialog").last).to_be_hidden()


def stored(form: Page) -> str:
    form.fill("[name=title]", "Bài thử")
    form.get_by_role("button", name="Lưu bản nháp").click()
    expect(form.get_by_text("Bài thử").first).to_be_visible()
    body: str = Edition.objects.get(title="Bài thử").body
    return body.replace("\n", "").replace("\t", "")


def test_the_toolbar_has_every_button_and_speaks_vietnamese(form):
    titles = [each.get_attribute("title") for each in form.locator(".cke_button").all()]
    assert titles == [LABELS[name] for group in BUTTONS for name in group]
    assert violations(form) == []


@pytest.mark.parametrize(
    ("button", "html"),
    [
        ("Bold", "<p><strong>Khởi công</strong></p>"),
        ("Italic", "<p><em>Khởi công</em></p>"),
        ("Heading2", "<h2>Khởi công</h2>"),
        ("Heading3", "<h3>Khởi công</h3>"),
        ("BulletedList", "<ul><li>Khởi công</li></ul>"),
        ("NumberedList", "<ol><li>Khởi công</li></ol>"),
        ("Blockquote", "<blockquote><p>Khởi công</p></blockquote>"),
    ],
)
def test_what_a_button_makes_is_stored(form, button, html):
    write(form, "Khởi công", button)
    assert stored(form) == html


@pytest.mark.parametrize("button", ["Bold", "Heading2", "BulletedList", "Blockquote"])
def test_pressed_again_a_button_takes_back_what_it_made(form, button):
    write(form, "Khởi công", button)
    press(form, button)
    assert stored(form) == "<p>Khởi công</p>"


def test_a_link_is_made_and_taken_away(form):
    write(form, "Xem quyết định", "Link")
    dialog = form.locator(".cke_dialog")
    assert "URL" not in dialog.inner_text()
    dialog.get_by_label("Địa chỉ*").fill("https://example.vn/quyet-dinh")
    agree(form)
    link = form.locator(".cke_editable a")
    expect(link).to_have_text("Xem quyết định")
    link.click()
    press(form, "Unlink")
    expect(link).to_have_count(0)
    press(form, "Undo")
    assert (
        stored(form)
        == '<p><a href="https://example.vn/quyet-dinh" rel="noopener">Xem quyết định</a></p>'
    )


@pytest.mark.parametrize(
    ("kind", "field", "typed", "address"),
    [
        ("email", "Địa chỉ thư", "bql@example.vn", "mailto:bql@example.vn"),
        ("tel", "Số điện thoại", "0203123456", "tel:0203123456"),
    ],
)
def test_a_link_may_lead_to_a_mailbox_or_a_number(form, kind, field, typed, address):
    write(form, "Liên hệ", "Link")
    form.locator(".cke_dialog select").first.select_option(kind)
    form.locator(".cke_dialog").get_by_label(field, exact=False).locator("visible=true").fill(typed)
    agree(form)
    assert f'href="{address}"' in stored(form)


def test_a_table_has_its_rows_columns_and_heading_cells(form):
    form.locator(".cke_editable").click()
    press(form, "Table")
    dialog = form.locator(".cke_dialog")
    dialog.get_by_label("Số hàng").fill("2")
    dialog.get_by_label("Số cột").fill("3")
    dialog.get_by_label("Ô tiêu đề").select_option("row")
    dialog.get_by_label("Tên bảng").fill("Giá thuê đất")
    agree(form)
    form.locator(".cke_editable th").first.click()
    form.keyboard.type("Khu")
    form.locator(".cke_editable td").first.click()
    form.keyboard.type("A1")
    body = stored(form)
    assert "<caption>Giá thuê đất</caption>" in body
    assert (body.count("<tr>"), body.count("<th scope"), body.count("<td>")) == (2, 3, 3)
    assert '<th scope="col">Khu</th>' in body
    assert "<td>A1</td>" in body


def test_a_step_is_undone_and_done_again(form):
    write(form, "Khởi công", "Bold")
    press(form, "Undo")
    expect(form.locator(".cke_editable strong")).to_have_count(0)
    press(form, "Redo")
    assert stored(form) == "<p><strong>Khởi công</strong></p>"


def test_formatting_is_taken_away(form):
    write(form, "Khởi công", "Bold")
    press(form, "Italic")
    press(form, "RemoveFormat")
    assert stored(form) == "<p>Khởi công</p>"


def test_the_toolbar_is_used_with_the_keyboard_alone(form):
    write(form, "Khởi công")
    form.keyboard.press("Control+A")
    form.keyboard.press("Alt+F10")
    focused = form.locator(":focus")
    expect(focused).to_have_attribute("title", LABELS["Bold"])
    form.keyboard.press("ArrowRight")
    expect(focused).to_have_attribute("title", LABELS["Italic"])
    form.keyboard.press("Enter")
    expect(form.locator(".cke_editable")).to_be_focused()
    # A dialog opens and is left by keys, and the focus is back in the text.
    form.keyboard.press("Control+K")
    dialog = form.locator(".cke_dialog")
    expect(dialog.get_by_label("Địa chỉ*")).to_be_focused()
    form.keyboard.type("example.vn")
    form.keyboard.press("Enter")
    expect(form.locator(".cke_editable")).to_be_focused()
    # Tab leaves the editor: nobody is caught in it.
    form.keyboard.press("Tab")
    expect(form.locator(".cke_editable")).not_to_be_focused()
    assert stored(form) == (
        '<p><a href="https://example.vn" rel="noopener"><em>Khởi công</em></a></p>'
    )


@pytest.mark.parametrize("button", ["Link", "Table"])
def test_the_windows_of_the_editor_are_usable_by_everyone(form, button):
    write(form, "Khởi công", button)
    expect(form.locator(".cke_dialog")).to_be_visible()
    assert violations(form) == []


def test_what_was_chosen_in_a_form_that_comes_back_is_still_there(form, drawn_photo):
    picture: dict[str, Any] = {"name": "Ảnh.jpg", "mimeType": "image/jpeg"}
    picture["buffer"] = drawn_photo(700, 400, "JPEG").getvalue()
    form.locator("#photos-group .add-row a").click()
    form.set_input_files("[name=photos-0-upload]", picture)
    form.locator("#attachments-group .add-row a").click()
    form.set_input_files("[name=attachments-0-upload]", PDF)
    form.fill("[name=attachments-0-title]", "Quyết định")
    form.locator("summary", has_text="Thêm: ngôn ngữ").click()
    form.fill("[name=dated]", "không phải ngày")
    form.fill("[name=title]", "Bài thử")
    form.get_by_role("button", name="Lưu bản nháp").click()
    expect(form.get_by_text("Đã giữ lại, không cần chọn lại").first).to_be_visible()
    form.fill("[name=dated]", "")
    stored(form)
    edition = Edition.objects.get(title="Bài thử")
    assert edition.photos.get().photo == Photo.objects.get()
    assert edition.attachments.get().file == File.objects.get()


def test_a_pasted_video_becomes_a_link_and_a_row_for_its_poster(form, drawn_photo):
    player = '<p>Mời xem.</p><iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>'
    form.locator(".cke_editable").click()
    form.evaluate(PASTE, [player, "Mời xem."])
    expect(form.get_by_text("1 video thành liên kết")).to_be_visible()
    address = form.locator("[name=videos-0-address]")
    expect(address).to_have_value("https://www.youtube.com/watch?v=abcdefghijk")
    expect(form.locator("[name=videos-0-position]")).to_have_value("1")
    form.fill("[name=videos-0-title]", "Toàn cảnh lễ khởi công")
    poster: dict[str, Any] = {"name": "Ảnh.jpg", "mimeType": "image/jpeg"}
    poster["buffer"] = drawn_photo(700, 400, "JPEG").getvalue()
    form.set_input_files("[name=videos-0-new_poster]", poster)
    stored(form)
    video = Edition.objects.get(title="Bài thử").videos.get()
    assert (video.title, video.poster) == ("Toàn cảnh lễ khởi công", Photo.objects.get())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_videos_are_usable_by_everyone_and_ask_nobody_else(
    first_content, open_context, drawn_photo, scheme
):
    """That no other host is asked, the browser watches on every page."""
    edition = make_edition(body='<p><a href="https://youtu.be/abcdefghijk">Lễ khởi công</a></p>')
    poster = Photo.store(drawn_photo(1600, 900))
    file = File.store(mp4(), "a.mp4", kinds=VIDEOS)
    said = File.store(captions(), "a.vtt", kinds=CAPTIONS)
    for values in (
        {"address": "https://vimeo.com/1", "title": "Lễ ký", "poster": poster, "position": 1},
        {"file": file, "captions": said, "title": "Toàn cảnh", "position": 2},
    ):
        EditionVideo.objects.create(edition=edition, **values)
    page = open_context(scheme=scheme).new_page()
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(edition.get_absolute_url())
        expect(page.locator(".video")).to_have_count(3)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

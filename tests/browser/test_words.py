"""Words and pictures in a browser: what an office worker pastes, drops and sorts."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in, violations
from tests.making import make_user
from tests.word_files import paragraph, word_file
from tests.word_files import picture as word_picture

PASTE = """([html, text]) => {
    const data = new DataTransfer();
    if (html) data.setData("text/html", html);
    data.setData("text/plain", text);
    const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    document.querySelector(".cke_editable").dispatchEvent(event);
}"""
WORD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><!--StartFragment-->'
    "<p class=MsoNormal style='text-indent:36pt'><b><span style='font-family:\".VnTime\"'>"
    "Céng hoµ x· héi</span></b><o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
    "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·"
    "</span>Mét</p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>"
    "<span style='mso-list:Ignore'>·</span>Hai<img src=x onerror=alert(1)></p></body></html>"
)


@pytest.fixture
def desk(first_content: None, page: Page) -> Page:
    make_user(username="canbo")
    sign_in(page, "canbo")
    return page


def paste(page: Page, html: str, text: str) -> None:
    page.locator(".cke_editable").click()
    page.evaluate(PASTE, [html, text])


def test_what_is_pasted_from_word_comes_out_clean_and_says_so(desk):
    desk.goto("/quan-tri/news/edition/add/")
    paste(desk, WORD, "Céng hoµ x· héi")
    editor = desk.locator(".cke_editable")
    expect(editor.locator("strong")).to_have_text("Cộng hoà xã hội")
    expect(editor.locator("li")).to_have_count(2)
    expect(desk.get_by_text("Đã dán và làm sạch: bỏ")).to_contain_text("dựng lại 1 danh sách")


def test_without_the_server_the_plain_text_is_pasted(desk):
    desk.goto("/quan-tri/news/edition/add/")
    expect(desk.locator(".cke_editable")).to_be_visible()
    desk.context.set_offline(True)
    paste(desk, WORD, "Dòng một\nDòng <b>hai</b>")
    expect(desk.locator(".cke_editable")).to_contain_text("Dòng <b>hai</b>")
    expect(desk.get_by_text("chỉ dán chữ thuần")).to_be_visible()


def report(picture: bytes) -> dict[str, object]:
    """A report as staff keep it in Word."""
    file = word_file(
        paragraph("Khởi công đường gom Khu công nghiệp", bold=True),
        paragraph("Ngày 05/03/2026"),
        paragraph("Sáng nay, đơn vị thi công bắt đầu san nền."),
        word_picture(1),
        paragraph("Quang cảnh lễ khởi công"),
        paragraph("Đường gom dài bốn ki-lô-mét."),
        paragraph("Lê Thị Ưu", bold=True),
        pictures=(picture,),
    )
    return {"name": "Báo cáo.docx", "mimeType": "", "buffer": file.getvalue()}


def test_a_word_file_fills_the_form_and_each_guess_can_be_taken_back(desk, drawn_photo):
    desk.get_by_label("Thả tệp Word vào đây").set_input_files(
        [report(drawn_photo(640, 400).getvalue())]
    )
    expect(desk.get_by_text("Đã chọn: Báo cáo.docx")).to_be_visible()
    desk.get_by_role("button", name="Tạo bản nháp").click()
    expect(desk.locator("[name=title]")).to_have_value("Khởi công đường gom Khu công nghiệp")
    expect(desk.locator("[name=author_line]")).to_have_value("Lê Thị Ưu")
    expect(desk.locator("[name=photos-0-caption]")).to_have_value("Quang cảnh lễ khởi công")
    editor = desk.locator(".cke_editable")
    expect(editor).not_to_contain_text("Lê Thị Ưu")
    desk.get_by_role("button", name="Bỏ đề xuất: Tác giả").click()
    expect(desk.locator("[name=author_line]")).to_have_value("")
    expect(editor).to_contain_text("Lê Thị Ưu")
    desk.get_by_role("button", name="Bỏ đề xuất: Chú thích ảnh").click()
    expect(editor).to_contain_text("Quang cảnh lễ khởi công")
    assert violations(desk) == []


def test_text_pasted_on_the_desk_keeps_its_formatting(desk):
    desk.get_by_label("hoặc dán nội dung").click()
    desk.evaluate(
        PASTE.replace(".cke_editable", "#drop-text"),
        ["<h1>Tiêu đề</h1><p>Mở đầu.</p><p>Một <b>điểm</b>.</p>", "Tiêu đề"],
    )
    expect(desk.get_by_text("Đã dán nội dung có định dạng.")).to_be_visible()
    desk.get_by_role("button", name="Tạo bản nháp").click()
    expect(desk.locator(".cke_editable strong")).to_have_text("điểm")


def test_a_connection_that_breaks_leaves_everything_chosen(desk, drawn_photo):
    desk.get_by_label("Thả tệp Word vào đây").set_input_files(
        [report(drawn_photo(640, 400).getvalue())]
    )
    desk.context.set_offline(True)
    desk.get_by_role("button", name="Tạo bản nháp").click()
    expect(desk.get_by_text("Mất kết nối")).to_be_visible()
    desk.context.set_offline(False)
    desk.get_by_role("button", name="Tạo bản nháp").click()
    expect(desk.locator("[name=title]")).to_have_value("Khởi công đường gom Khu công nghiệp")

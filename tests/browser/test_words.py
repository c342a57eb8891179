"""Words and pictures in a browser: what an office worker pastes, drops and sorts."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.making import make_user

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

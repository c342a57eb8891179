"""Words and pictures in a browser: what an office worker pastes, drops and sorts."""

import base64

import pytest
from playwright.sync_api import Page, expect

from editing.models import Photo
from news.models import EditionPhoto
from tests.browser.conftest import sign_in, violations
from tests.making import make_draft, make_user
from tests.word_files import paragraph, word_file
from tests.word_files import picture as word_picture

UNREADABLE = "Tệp này không phải ảnh đọc được. Hãy chọn tệp JPEG, PNG, WebP hoặc AVIF."
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


PASTE_WITH_RTF = PASTE.replace("([html, text])", "([html, text, rtf])").replace(
    'data.setData("text/plain"', 'data.setData("text/rtf", rtf); data.setData("text/plain"'
)


def in_rtf(content: bytes, kind: str) -> str:
    """As Word writes it, with another form of the picture behind it for old programs."""
    return (
        r"{\*\shppict{\pict{\*\picprop{\sp{\sn x}{\sv 1}}}\picw9\pich9"
        + f"\\{kind}blip\\bliptag-12"
        r"{\*\blipuid ab12}" + f"\n{content.hex()}}}}}" + r"{\nonshppict{\pict\wmetafile8 0100}}"
    )


def test_pictures_that_the_clipboard_carries_become_photos_of_the_form(desk, drawn_photo):
    desk.goto("/quan-tri/news/edition/add/")
    first, second = drawn_photo(640, 400).getvalue(), drawn_photo(500, 400, "JPEG").getvalue()
    html = (
        "<p class=MsoNormal>Một<img width=300 src='file:///C:/1.png'></p><p>Hai"
        '<img src="https://example.com/xa.png"></p><p>Ba<img width=300 src="file:///C:/2.jpg"></p>'
    )
    rtf = "{\\rtf1 " + in_rtf(first, "png") + in_rtf(second, "jpeg") + "}"
    desk.locator(".cke_editable").click()
    desk.evaluate(PASTE_WITH_RTF, [html, "Một", rtf])
    expect(desk.get_by_text("đưa 2 ảnh vào phần “Ảnh”")).to_be_visible()
    expect(desk.locator(".cke_editable")).to_contain_text("[Ảnh 3]")
    expect(desk.locator("#photos-group .field-picture img")).to_have_count(2)
    expect(desk.get_by_text("Ảnh đã thêm ở dưới")).to_be_visible()
    desk.fill("[name=title]", "Bài có ba ảnh")
    desk.select_option("[name=category]", label="Hoạt động của Ban")
    desk.get_by_role("button", name="Lưu bản nháp").click()
    expect(desk.get_by_text("Bài có ba ảnh").first).to_be_visible()
    uses = EditionPhoto.objects.filter(edition__title="Bài có ba ảnh").order_by("position")
    assert list(uses.values_list("position", "photo__width")) == [(1, 640), (2, None), (3, 500)]


def test_a_picture_inside_the_pasted_text_becomes_a_photo_of_the_form(desk, drawn_photo):
    desk.goto("/quan-tri/news/edition/add/")
    content = base64.b64encode(drawn_photo(700, 400).getvalue()).decode()
    paste(desk, f'<p>Một</p><img src="data:image/png;base64,{content}">', "Một")
    expect(desk.locator("#photos-group .field-picture img")).to_have_count(1)
    assert Photo.objects.get().width == 700


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


def photos(drawn_photo, count: int) -> list[dict[str, object]]:
    return [
        {
            "name": f"Ảnh {at}.jpg",
            "mimeType": "image/jpeg",
            "buffer": drawn_photo(600 + at, 400, "JPEG").getvalue(),
        }
        for at in range(count)
    ]


def test_thirty_photos_go_up_in_one_drop_and_the_bad_one_is_named(desk, drawn_photo):
    desk.goto("/quan-tri/editing/photo/")
    bad = {"name": "hỏng.jpg", "mimeType": "image/jpeg", "buffer": b"khong phai anh"}
    desk.set_input_files("#library-files", [*photos(drawn_photo, 30), bad])
    expect(desk.get_by_text("Xong. Gõ dưới từng ảnh")).to_be_visible(timeout=60_000)
    expect(desk.locator(".library__photo")).to_have_count(30)
    expect(desk.locator(".drop__errors li")).to_have_text(["hỏng.jpg: " + UNREADABLE])
    # Enter goes from caption to caption, and what was typed is kept.
    desk.keyboard.type("Ảnh thứ nhất")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Ảnh thứ hai")
    desk.keyboard.press("Enter")
    expect(desk.locator(".library__state").nth(1)).to_have_text("Đã lưu")
    captions = Photo.objects.exclude(caption="").values_list("caption", flat=True)
    assert sorted(captions) == ["Ảnh thứ hai", "Ảnh thứ nhất"]


def test_a_click_on_the_photo_sets_its_focal_point(desk, drawn_photo):
    photo = Photo.store(drawn_photo())
    desk.goto(f"/quan-tri/editing/photo/{photo.pk}/change/")
    desk.locator(".focus-picture img").click(position={"x": 5, "y": 5})
    desk.get_by_role("button", name="Lưu", exact=True).click()
    expect(desk.get_by_text("Kho ảnh").first).to_be_visible()
    photo.refresh_from_db()
    assert photo.focal_point == "top-left"


DROP = """async (files) => {
    const data = new DataTransfer();
    for (const { name, bytes } of files) data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/jpeg" }));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def test_photos_dropped_on_a_form_become_its_photos(desk, drawn_photo):
    desk.goto("/quan-tri/news/edition/add/")
    files = [
        {"name": each["name"], "bytes": list(each["buffer"])} for each in photos(drawn_photo, 2)
    ]
    desk.evaluate(DROP, files)
    expect(desk.get_by_text("Ảnh đã thêm ở dưới")).to_be_visible()
    desk.keyboard.type("Chú thích một")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Chú thích hai")
    desk.fill("[name=title]", "Bài có hai ảnh")
    desk.select_option("[name=category]", label="Hoạt động của Ban")
    desk.get_by_role("button", name="Lưu bản nháp").click()
    expect(desk.get_by_text("Bài có hai ảnh").first).to_be_visible()
    uses = (
        EditionPhoto.objects.exclude(photo=None)
        .order_by("position")
        .values_list("caption", "photo__width")
    )
    assert list(uses) == [("Chú thích một", 600), ("Chú thích hai", 601)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_photos_are_usable_by_everyone(
    first_content, open_context, drawn_photo, scheme
):
    make_user(username="canbo")
    photo = Photo.store(drawn_photo(), caption="Hội nghị")
    page = open_context(scheme=scheme).new_page()
    sign_in(page, "canbo")
    for address in ("", f"{photo.pk}/change/"):
        page.goto(f"/quan-tri/editing/photo/{address}")
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == []


def test_what_must_be_fixed_appears_while_writing(desk):
    desk.goto("/quan-tri/news/edition/add/")
    desk.fill("[name=title]", "KHỞI CÔNG ĐƯỜNG GOM")
    paste(desk, '<p>Xem <a href="http://10.0.0.1/x">tại đây</a></p>', "Xem")
    panel = desk.locator(".checks")
    expect(panel.get_by_text("dẫn tới nơi nguy hiểm")).to_be_visible()
    panel.locator("summary").click()
    expect(panel.get_by_text("chữ hoa").first).to_be_visible()


def test_advice_is_dismissed_with_one_click(desk):
    draft = make_draft(title="KHỞI CÔNG ĐƯỜNG GOM", author_line="Văn phòng")
    desk.goto(f"/quan-tri/news/edition/{draft.pk}/step/publish/")
    desk.locator(".publish-advice summary").click()
    desk.locator(".publish-advice .dismiss button").click()
    expect(desk.get_by_role("heading", name="Trước khi đăng")).to_be_visible()
    expect(desk.locator(".publish-advice")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_checks_are_usable_by_everyone(
    first_content, open_context, drawn_photo, scheme
):
    make_user(username="canbo")
    table = "<table><tr><th>Khu</th></tr><tr><td>A</td></tr><tr><td>B</td></tr></table>"
    body = f'<h2>Mục</h2><p><a href="/khong-co/">x</a></p><ul><li>Một</li></ul>{table}'
    draft = make_draft(title="KHỞI CÔNG ĐƯỜNG GOM", body=body)
    EditionPhoto.objects.create(edition=draft, photo=Photo.store(drawn_photo()), caption="Lễ ký")
    page = open_context(scheme=scheme).new_page()
    sign_in(page, "canbo")
    for address in ("checks/", f"{draft.pk}/step/publish/", f"{draft.pk}/change/", "drop/"):
        page.goto(f"/quan-tri/news/edition/{address}")
        if "change" in address:
            expect(page.locator(".cke_editable")).to_be_visible()
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == [], address

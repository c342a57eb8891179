"""A report with five photos from Word to published: what an office worker does on a busy morning."""

import time

from playwright.sync_api import expect

from news.models import Category, Edition, Review
from tests.browser.conftest import sign_in
from tests.making import make_user
from tests.word_files import paragraph, picture, word_file

LONGEST = 180  # seconds, and that is with a person's pauses


def five_photos(drawn_photo):
    return tuple(drawn_photo(1600 + at, 1067, "PNG").getvalue() for at in range(5))


def test_a_report_with_five_photos_goes_from_word_to_published(first_content, page, drawn_photo):
    Category.objects.update(review=Review.OFF)
    pictures = [
        part
        for at in range(1, 6)
        for part in (
            paragraph(f"Đoạn văn thứ {at} của báo cáo, nói về công việc đã làm trong năm."),
            picture(at),
            paragraph(f"Quang cảnh hội nghị, ảnh {at}"),
        )
    ]
    file = word_file(
        paragraph("Hội nghị tổng kết công tác năm", bold=True),
        paragraph("Sáng nay, Ban Quản lý Khu kinh tế tổng kết công tác năm."),
        *pictures,
        paragraph("Lê Thị Ưu", bold=True),
        pictures=five_photos(drawn_photo),
    )
    make_user(username="canbo")
    sign_in(page, "canbo")
    start = time.monotonic()
    upload = {"name": "Báo cáo tổng kết.docx", "mimeType": "", "buffer": file.getvalue()}
    page.set_input_files("#drop-files", [upload])
    page.get_by_role("button", name="Tạo bản nháp").click()
    page.wait_for_url("**/change/", timeout=60_000)
    for at in range(5):
        page.locator(f"[name=photos-{at}-describing][value=caption]").check()
    page.get_by_role("button", name="Lưu và duyệt đăng").click()
    page.get_by_role("button", name="Duyệt và đăng").first.click()
    expect(page.get_by_text("Đã đăng").first).to_be_visible()
    assert time.monotonic() - start < LONGEST
    page.goto(Edition.objects.live().get(title="Hội nghị tổng kết công tác năm").get_absolute_url())
    expect(page.locator("figure img")).to_have_count(5)
    expect(page.locator("figcaption").nth(4)).to_contain_text("Quang cảnh hội nghị, ảnh 5")

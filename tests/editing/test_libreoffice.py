"""Documents as LibreOffice writes them: headings, nested lists, a table, a footnote, a text box, a
tracked deletion and a link, once as Word file and once as HTML."""

from pathlib import Path

import pytest

from editing.documents import read_document
from editing.pasting import clean_paste
from editing.richtext import clean_html

FOLDER = Path(__file__).parent / "documents"


@pytest.fixture(params=["docx", "html"])
def body(request):
    name = f"bao-cao.{request.param}"
    with (FOLDER / name).open("rb") as file:
        lines = read_document(file, name).lines
    return (
        "".join(line.html for line in lines)
        .replace("\n", "")
        .replace("> <", "><")
        .replace(" <ul>", "<ul>")
    )


@pytest.mark.parametrize(
    "html",
    [
        "<h2>Báo cáo tình hình thu hút đầu tư</h2>",
        "<h2>Kết quả</h2>",
        "<strong>Ban Quản lý</strong> họp <em>định kỳ</em>.",
        "<ul><li>Một dự án mới<ul><li>Vốn trong nước</li><li>Vốn nước ngoài</li></ul></li>"
        "<li>Hai dự án điều chỉnh</li></ul>",
        "<ol><li>Việc thứ nhất</li><li>Việc thứ hai</li></ol>",
        '<tr><th scope="col">Khu</th><th scope="col">Vốn</th></tr><tr><td>A1</td><td>120 tỷ</td></tr>',
        '<a href="https://example.vn/van-ban" rel="noopener">văn bản</a>',
        "<p>Chữ trong khung.</p>",
        "Theo số liệu tháng 3.<",
    ],
)
def test_what_means_something_is_kept(body, html):
    assert html in body


@pytest.mark.parametrize("trace", ["↑", "style", "class", "<font", "1Theo"])
def test_what_means_nothing_is_gone(body, trace):
    assert trace not in body


def test_a_tracked_deletion_of_a_word_file_is_no_text():
    """LibreOffice's HTML does not tell it from other text."""
    with (FOLDER / "bao-cao.docx").open("rb") as file:
        assert any(line.text == "Câu này còn lại." for line in read_document(file, "a.docx").lines)


def test_it_is_clean_already(body):
    assert clean_html(body) == body


def test_comments_and_deletions_of_word_are_no_text():
    source = (
        "<p class=MsoNormal>Dự án <del cite='mailto:x' datetime='2026-01-01'>cũ </del>mới"
        "<span class=msocomanchor><a href='#_msocom_1'>[NV1]</a></span>.</p>"
        "<div style='mso-element:comment-list'><div style='mso-element:comment'>Sửa lại</div></div>"
    )
    assert clean_paste(source).html == "<p>Dự án mới.</p>"

"""Texts of LibreOffice (.odt) through the same door as Word files."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from editing.documents import Document, read_document
from editing.guessing import guess
from tests.open_files import letters, list_style, open_file

LOOKS = (
    letters("Dam", fo_font_weight="bold")
    + letters("Cao", style_text_position="super 58%")
    + letters("Cu", style_font_name=".VnTimeH")
    + letters("An", text_display="none")
)


def read(body: str, styles: str = "", **parts: bytes) -> Document:
    return read_document(open_file(body, LOOKS + styles, **parts), "Báo cáo.odt")


def html(body: str, styles: str = "", **parts: bytes) -> str:
    return "".join(line.html for line in read(body, styles, **parts).lines).replace("\n", "")


def span(style: str, text: str) -> str:
    return f'<text:span text:style-name="{style}">{text}</text:span>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<text:h text:outline-level="2">Kết quả</text:h>', "<h2>Kết quả</h2>"),
        (f"<text:p>Một {span('Dam', 'điểm')}</text:p>", "<p>Một <strong>điểm</strong></p>"),
        (f"<text:p>m{span('Cao', '2')}</text:p>", "<p>m<sup>2</sup></p>"),
        (f"<text:p>{span('Cu', 'ñy ban')}</text:p>", "<p>ỦY BAN</p>"),
        (f"<text:p>Chữ{span('An', ' không ai đọc')}</text:p>", "<p>Chữ</p>"),
        ('<text:p>Một<text:s text:c="4"/><text:tab/>Hai</text:p>', "<p>Một Hai</p>"),
        ("<text:p>Một<text:line-break/>Hai</text:p>", "<p>Một<br/>Hai</p>"),
        (
            '<text:p><text:a xlink:href="https://example.vn/?a=1&amp;b=2">văn bản</text:a></text:p>',
            '<p><a href="https://example.vn/?a=1&amp;b=2" rel="noopener">văn bản</a></p>',
        ),
        (
            '<text:p>Số<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Nguồn.'
            "</text:p></text:note-body></text:note></text:p>",
            "<p>Số<sup>[1]</sup></p><p>1. Nguồn.</p>",
        ),
        (
            "<text:p>Chữ<draw:custom-shape><text:p>Trong khung</text:p></draw:custom-shape></text:p>",
            "<p>Chữ</p><p>Trong khung</p>",
        ),
        ("<text:p>A&lt;script&gt;</text:p>", "<p>A&lt;script&gt;</p>"),
        ('<text:section text:display="none"><text:p>Ẩn</text:p></text:section><text:p>Chữ</text:p>', "<p>Chữ</p>"),
        ("<text:tracked-changes><text:p>Đã xóa</text:p></text:tracked-changes><text:p>Chữ</text:p>", "<p>Chữ</p>"),
    ],
)  # fmt: skip
def test_what_means_something_is_kept(body, expected):
    assert html(body) == expected


def points(*words: str, style: str = "So") -> str:
    rows = "".join(f"<text:list-item>{each}</text:list-item>" for each in words)
    return f'<text:list text:style-name="{style}">{rows}</text:list>'


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


@pytest.mark.parametrize(
    ("levels", "body", "expected"),
    [
        (("",), points(p("Một"), p("Hai")), "<ul><li>Một</li><li>Hai</li></ul>"),
        (
            ('style:num-format="1" style:num-suffix="."', 'style:num-format="a" style:num-suffix=")"'),
            points(p("Một") + points(p("con"), style=""), p("Hai")),
            '<ol><li>Một<ol type="a"><li>con</li></ol></li><li>Hai</li></ol>',
        ),
        (
            ('style:num-format="1" text:start-value="4"',), points(p("Bốn")),
            '<ol start="4"><li>Bốn</li></ol>',
        ),
        (
            ('style:num-format="1" style:num-prefix="Điều " style:num-suffix="."',),
            points(p("Phạm vi"), p("Đối tượng")),
            "<p>Điều 1. Phạm vi</p><p>Điều 2. Đối tượng</p>",
        ),
        (
            ('style:num-format="1"',),
            points(p("Một")) + p("Chữ")
            + points(p("Hai")).replace("<text:list ", '<text:list text:continue-numbering="true" ', 1),
            '<ol><li>Một</li></ol><p>Chữ</p><ol start="2"><li>Hai</li></ol>',
        ),
    ],
)  # fmt: skip
def test_lists_count_as_libreoffice_counts(levels, body, expected):
    assert html(body, list_style("So", *levels)) == expected


def test_tables_keep_their_cells():
    cell = "<table:table-cell{}><text:p>{}</text:p></table:table-cell>"
    wide = cell.format(' table:number-columns-spanned="2"', "Rộng") + "<table:covered-table-cell/>"
    rows = f"<table:table-row>{wide}</table:table-row>"
    rows += f"<table:table-row>{cell.format('', 'A')}{cell.format('', 'B')}</table:table-row>"
    assert html(f"<table:table>{rows}</table:table>") == (
        '<table><tbody><tr><td colspan="2">Rộng</td></tr><tr><td>A</td><td>B</td></tr></tbody></table>'
    )


def frame(name: str, style: str = "") -> str:
    return f'<text:p><draw:frame draw:style-name="{style}"><draw:image xlink:href="{name}"/></draw:frame></text:p>'


def test_a_picture_stands_where_it_stood_without_what_was_cut_off(drawn_photo):
    cut = '<style:style style:name="Cat"><style:graphic-properties fo:clip="rect(0in, 1in, 0in, 0in)"/></style:style>'
    content = drawn_photo(192, 96).getvalue()  # two inches wide
    document = read(
        p("Mở đầu dài hơn một chút.") + frame("Pictures/a.png", "Cat") + p("Quang cảnh"), cut,
        **{"Pictures/a.png": content},
    )  # fmt: skip
    assert Image.open(BytesIO(document.pictures[1])).size == (96, 96)
    assert guess(document.lines).captions[0].text == "Quang cảnh"


@pytest.mark.parametrize(
    "name", ["Pictures/mat.png", "https://example.com/a.png", "file:///etc/passwd"]
)
def test_a_picture_that_is_not_in_the_file_is_told_and_not_fetched(name):
    document = read(p("Chữ") + frame(name))
    assert (document.pictures, document.lost_pictures) == ({}, 1)


def test_equations_are_read_and_charts_are_told():
    thing = '<text:p><draw:frame><draw:object xlink:href="./{}"/></draw:frame></text:p>'
    document = read(
        thing.format("M") + thing.format("C"),
        **{"M/content.xml": b"<math><mi>x</mi><annotation>x^2 = 4</annotation></math>"},
    )
    assert [line.text for line in document.lines] == ["x^2 = 4"]
    assert "1 công thức" in document.summary
    assert "bỏ 1 biểu đồ" in document.summary


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ({"content": b"<broken"}, "Không đọc được"),
        ({"content": b"\x00\x01", "META-INF/manifest.xml": b"<encryption-data/>"}, "có mật khẩu"),
        ({"content": b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>'}, "Không đọc được"),
        ({"content": b"<x/>"}, "Không đọc được"),
    ],
)
def test_the_editor_is_told_why_a_file_cannot_be_read(parts, line):
    with pytest.raises(ValidationError) as refusal:
        read("", **parts)
    assert line in refusal.value.messages[0]


def test_what_is_no_package_is_refused():
    with pytest.raises(ValidationError):
        read_document(BytesIO(b"PK khong phai"), "a.odt")

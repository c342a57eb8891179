"""What Word files of other people hold beside paragraphs: each case was seen in one that nobody here
made."""

import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from editing.documents import Document, read_document
from tests.word_files import paragraph, part, word_file


def read(*paragraphs, name="Báo cáo.docx", **parts) -> Document:
    return read_document(word_file(*paragraphs, **parts), name)


def body(*paragraphs, **parts) -> str:
    lines = read(*paragraphs, **parts).lines
    return "".join(line.html for line in lines).replace("\n", "")


def of_style(style: str, text: str, *, rules: str = "") -> str:
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{rules}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
    )


# Drawings

BOX = "<w:txbxContent><w:p><w:r><w:t>Chữ trong khung</w:t></w:r></w:p></w:txbxContent>"
SHAPE = (
    f"<w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx>{BOX}</wps:txbx></wps:wsp>"
)
SHAPE += "</a:graphicData></a:graphic></wp:anchor></w:drawing>"
OLD_SHAPE = f"<w:pict><v:oval><v:textbox>{BOX}</v:textbox></v:oval></w:pict>"
BOTH = (
    f'<mc:AlternateContent><mc:Choice Requires="wps">{SHAPE}</mc:Choice>'
    f"<mc:Fallback>{OLD_SHAPE}</mc:Fallback></mc:AlternateContent>"
)


@pytest.mark.parametrize("drawing", [SHAPE, OLD_SHAPE, BOTH])
def test_text_in_a_drawing_is_read_once(drawing):
    html = body(paragraph("Đầu"), f"<w:p><w:r>{drawing}</w:r></w:p>")
    assert html == "<p>Đầu</p><p>Chữ trong khung</p>"


def in_group(*, crop="", turn="") -> str:
    return (
        "<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData><wpg:wgp><pic:pic><pic:blipFill>"
        f'<a:blip r:embed="rPic1"/><a:srcRect {crop}/></pic:blipFill><pic:spPr><a:xfrm {turn}/></pic:spPr>'
        "</pic:pic></wpg:wgp></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


@pytest.mark.parametrize(
    ("looks", "size"),
    [
        ({}, (400, 200)),
        ({"crop": 'l="25000" r="25000"'}, (200, 200)),
        ({"turn": 'rot="5400000"'}, (200, 400)),
        ({"crop": 't="50000"', "turn": 'rot="16200000" flipH="1"'}, (100, 400)),
        ({"crop": 'l="-5000" r="200000"'}, (4, 200)),
    ],
)
def test_a_picture_comes_as_the_document_shows_it(drawn_photo, looks, size):
    """What was cut off it was not to be seen."""
    file = word_file(in_group(**looks), pictures=(drawn_photo(400, 200).getvalue(),))
    content = read_document(file, "a.docx").pictures[1]
    assert Image.open(BytesIO(content)).size == size


def test_a_picture_with_too_many_pixels_is_not_decoded_to_be_cut(drawn_photo, monkeypatch):
    monkeypatch.setattr("editing.shown_pictures.LARGEST_PICTURE", 1000)
    content = drawn_photo(400, 200).getvalue()
    file = word_file(in_group(crop='l="25000"'), pictures=(content,))
    assert read_document(file, "a.docx").pictures[1] == content


@pytest.mark.parametrize("kind", ["BMP", "GIF", "TIFF"])
def test_kinds_of_pictures_that_only_old_programs_write_can_be_used(drawn_photo, kind):
    file = word_file(in_group(), pictures=(drawn_photo(40, 20, kind).getvalue(),))
    content = read_document(file, "a.docx").pictures[1]
    assert Image.open(BytesIO(content)).format in ("PNG", "JPEG")


def test_a_picture_that_is_missing_in_the_file_costs_no_word():
    file = word_file(paragraph("Chữ"), in_group(), linked=("media/mat.png",))
    document = read_document(file, "a.docx")
    assert [line.text for line in document.lines] == ["Chữ", "[Ảnh 1]"]
    assert document.lost_pictures == 1


def test_a_chart_is_told_to_be_missing():
    chart = '<w:drawing><a:graphic><a:graphicData uri="http://example.vn/chart"/></a:graphic></w:drawing>'
    document = read(paragraph("Chữ"), f"<w:p><w:r>{chart}</w:r></w:p>")
    assert "bỏ 1 biểu đồ" in document.summary


# Fields, equations, what is hidden


@pytest.mark.parametrize(
    "around",
    [
        '<w:fldSimple w:instr=" AUTHOR ">{}</w:fldSimple>',
        '<w:bdo w:val="ltr">{}</w:bdo>',
        "<w:smartTag>{}</w:smartTag>",
        "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>",
        '<w:hyperlink r:id="rGone">{}</w:hyperlink>',
        '<w:ins w:id="1">{}</w:ins>',
        "<w:r><w:ruby><w:rt><w:r><w:t>x</w:t></w:r></w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>",
    ],
)
def test_what_stands_around_words_costs_none(around):
    inner = around.format("<w:r><w:t>Lê Thị Ưu</w:t></w:r>")
    assert body(f"<w:p>{inner}</w:p>") == "<p>Lê Thị Ưu</p>"


def letter(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def test_an_equation_becomes_one_line_and_is_told():
    fraction = f"<m:f><m:num>{letter('a+b')}</m:num><m:den>{letter('2')}</m:den></m:f>"
    power = f"<m:sSup><m:e>{letter('x')}</m:e><m:sup>{letter('2')}</m:sup></m:sSup>"
    root = f"<m:rad><m:deg/><m:e>{letter('y+1')}</m:e></m:rad>"
    equation = f"<m:oMath>{fraction}{letter(' = ')}{power}{letter(' + ')}{root}</m:oMath>"
    document = read(f"<w:p>{equation}</w:p>")
    assert document.lines[0].text == "(a+b)/2 = x^2 + √(y+1)"
    assert "1 công thức" in document.summary


HIDDEN = '<w:style w:type="character" w:styleId="An"><w:rPr><w:vanish/></w:rPr></w:style>'


@pytest.mark.parametrize("look", ["<w:vanish/>", '<w:rStyle w:val="An"/>'])
def test_hidden_text_is_no_text_and_is_told(look):
    hidden = f"<w:r><w:rPr>{look}</w:rPr><w:t>Không ai đọc</w:t></w:r>"
    document = read(
        f"<w:p><w:r><w:t>Chữ</w:t></w:r>{hidden}</w:p>",
        **{"word/styles.xml": part("styles", HIDDEN)},
    )
    assert [line.html for line in document.lines] == ["<p>Chữ</p>"]
    assert "bỏ chữ ẩn" in document.summary


def test_a_table_of_contents_is_taken_out_and_told():
    styles = part("styles", '<w:style w:styleId="M1"><w:name w:val="toc 1"/></w:style>')
    line = '<w:p><w:pPr><w:pStyle w:val="M1"/></w:pPr><w:r><w:t>Mở đầu</w:t><w:tab/><w:t>3</w:t></w:r></w:p>'
    document = read(line, paragraph("Chữ"), **{"word/styles.xml": styles})
    assert [line.text for line in document.lines] == ["Chữ"]
    assert "bỏ mục lục" in document.summary


def test_letters_of_fonts_that_draw_pictures_become_signs():
    assert body(paragraph("\uf0a7 Một"), paragraph("\uf0a7 Hai")) == (
        "<ul><li>Một</li><li>Hai</li></ul>"
    )


# Styles

STYLES = part(
    "styles",
    '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Muc"><w:name w:val="Mục"/><w:basedOn w:val="H2"/></w:style>'
    '<w:style w:styleId="Cap"><w:name w:val="Cấp"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Dam"><w:name w:val="Đậm"/><w:rPr><w:b/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Cu"><w:name w:val="Cũ"/><w:rPr><w:rFonts w:ascii=".VnTimeH"'
    ' w:hAnsi=".VnTimeH"/></w:rPr></w:style>',
)


@pytest.mark.parametrize(
    ("style", "text", "html"),
    [
        ("H2", "Kết quả", "<h2>Kết quả</h2>"),
        ("Muc", "Kết quả", "<h2>Kết quả</h2>"),
        ("Cap", "Kết quả", "<h3>Kết quả</h3>"),
        ("Dam", "Kết quả", "<p><strong>Kết quả</strong></p>"),
        ("Cu", "ñy ban", "<p>ỦY BAN</p>"),
        ("Khong", "Kết quả", "<p>Kết quả</p>"),
    ],
)
def test_what_only_a_style_says_is_understood(style, text, html):
    assert body(of_style(style, text), **{"word/styles.xml": STYLES}) == html


def test_unicode_typed_in_an_old_font_stays_beside_old_letters():
    assert (
        body(
            paragraph("Céng hoµ x· héi", font=".VnTime"),
            paragraph("Đã có từ năm nay", font=".VnTime"),
            paragraph("có", font=".VnTime"),
            paragraph("Coäng hoøa", font="VNI-Times"),
        )
        == "<p>Cộng hoà xã hội</p><p>Đã có từ năm nay</p><p>có</p><p>Cộng hòa</p>"
    )


# Numbers


def numbering(*levels: tuple[str, str]) -> bytes:
    rows = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (kind, text) in enumerate(levels)
    )
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    return part(
        "numbering",
        f'<w:abstractNum w:abstractNumId="7">{rows}</w:abstractNum>'
        '<w:num w:numId="5"><w:abstractNumId w:val="7"/></w:num>'
        f'<w:num w:numId="6"><w:abstractNumId w:val="7"/>{anew}</w:num>',
    )


def point(text: str, level: int = 0, key: int = 5, style: str = "") -> str:
    rules = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{key}"/></w:numPr>'
    return of_style(style, text, rules=rules)


PLAIN = numbering(("decimal", "%1."), ("lowerLetter", "%2)"), ("decimal", "%1.%2.%3."))


@pytest.mark.parametrize(
    ("points", "html"),
    [
        ([point("Một"), point("Hai")], "<ol><li>Một</li><li>Hai</li></ol>"),
        (
            [point("Một"), point("a", 1), point("b", 1), point("Hai")],
            '<ol><li>Một<ol type="a"><li>a</li><li>b</li></ol></li><li>Hai</li></ol>',
        ),
        (
            [point("Một"), paragraph("Chữ"), point("Hai")],
            '<ol><li>Một</li></ol><p>Chữ</p><ol start="2"><li>Hai</li></ol>',
        ),
        ([point("Một"), point("Một", key=6)], "<ol><li>Một</li></ol><ol><li>Một</li></ol>"),
        ([point("a", 1), point("b", 1)], '<ol type="a"><li>a</li><li>b</li></ol>'),
        ([point("Một"), point("a", 1), point("Con", 2)][2:], "<p>1.a.1. Con</p>"),
        ([point("Không", key=99)], "<p>Không</p>"),
    ],
)
def test_lists_count_as_word_counts(points, html):
    assert body(*points, **{"word/numbering.xml": PLAIN}) == html


def test_numbers_that_no_list_of_html_writes_are_words():
    rules = numbering(("upperRoman", "Chương %1"), ("decimal", "Điều %2."))
    assert body(
        point("Quy định chung", style="H2"), point("Phạm vi", 1), point("Đối tượng", 1),
        **{"word/numbering.xml": rules, "word/styles.xml": STYLES},
    ) == "<h2>Chương I Quy định chung</h2><p>Điều 1. Phạm vi</p><p>Điều 2. Đối tượng</p>"  # fmt: skip


# Packages


def test_a_file_whose_main_part_has_another_name_is_read():
    made = BytesIO()
    with zipfile.ZipFile(word_file(paragraph("Chữ"))) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b"word/document.xml", b"word/document2.xml")
            new.writestr(name.replace("document.xml", "document2.xml"), content)
    made.seek(0)
    assert read_document(made, "a.docx").lines[0].text == "Chữ"


@pytest.mark.parametrize(
    "parts",
    [
        {"word/styles.xml": part("styles", '<w:style w:styleId="A"/>')},
        {"word/styles.xml": b"<broken"},
        {"word/numbering.xml": b"<broken"},
        {"docProps/app.xml": b"<broken"},
    ],
)
def test_a_broken_part_costs_no_word(parts):
    assert body(of_style("A", "Chữ"), **parts) == "<p>Chữ</p>"


def test_a_footnote_that_is_not_there_costs_no_word():
    reference = '<w:p><w:r><w:t>Chữ</w:t></w:r><w:r><w:footnoteReference w:id="9"/></w:r></w:p>'
    assert body(reference, **{"word/footnotes.xml": part("footnotes", "")}) == "<p>Chữ</p>"


def test_what_mammoth_cannot_read_is_read_without_its_formatting():
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="hai"/></w:tcPr><w:p><w:r><w:t>Chữ</w:t></w:r></w:p></w:tc>'
    document = read(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")
    assert [line.text for line in document.lines] == ["Chữ"]
    assert "chỉ đọc được phần chữ" in document.summary


OLE = b"\xd0\xcf\x11\xe0" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (OLE + "EncryptedPackage".encode("utf-16-le"), "có mật khẩu"),
        (OLE, "tệp Word cũ (.doc)"),
        (b"PK", "Không đọc được tệp Word này"),
    ],
)
def test_the_editor_is_told_why_a_file_cannot_be_read(content, line):
    with pytest.raises(ValidationError) as refusal:
        read_document(BytesIO(content), "a.docx")
    assert line in refusal.value.messages[0]

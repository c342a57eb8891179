from io import BytesIO

import pytest
from django.core.exceptions import ValidationError

from editing import packages
from editing.documents import read_document, read_html, read_text
from editing.guessing import Caption, NoSuchDateError, guess
from tests.word_files import paragraph, picture, word_file

REPORT = (
    paragraph("Hội nghị công chức, viên chức năm 2026", bold=True),
    paragraph("Ngày 05/03/2026"),
    paragraph("Sáng nay, Ban Quản lý họp hội nghị thường niên."),
    picture(1),
    paragraph("Quang cảnh hội nghị"),
    paragraph("Hội nghị nghe hai báo cáo:"),
    paragraph("Báo cáo công tác năm", point=True),
    paragraph("Báo cáo tài chính", point=True),
    paragraph("Lê Thị Ưu", bold=True),
)


def test_a_report_from_word_is_understood(drawn_photo):
    content = drawn_photo(60, 40).getvalue()
    document = read_document(word_file(*REPORT, pictures=(content,)), "Báo cáo.docx")
    found = guess(document.lines)
    assert found.title == "Hội nghị công chức, viên chức năm 2026"
    assert f"{found.published_on}" == "2026-03-05"
    assert found.lead.startswith("Sáng nay")
    assert found.author == "Lê Thị Ưu"
    assert found.captions == [Caption("Quang cảnh hội nghị", 1)]
    assert "<li>Báo cáo công tác năm</li>" in found.body()
    assert document.pictures == {1: content}


def test_old_letters_in_word_are_converted():
    file = word_file(
        paragraph("Céng hoµ x· héi", font=".VnTime"), paragraph("ñy ban", font=".VnTimeH")
    )
    document = read_document(file, "cu.docx")
    assert [line.text for line in document.lines] == ["Cộng hoà xã hội", "ỦY BAN"]


def test_a_linked_picture_is_not_fetched_and_is_told():
    file = word_file(paragraph("Chữ"), picture(1, link=True), linked=("file:///etc/passwd",))
    document = read_document(file, "x.docx")
    assert document.pictures == {}


def test_what_lies_outside_is_not_looked_for_inside():
    file = word_file(paragraph("Chữ"), picture(1, link=True), linked=("word/document.xml",))
    assert read_document(file, "x.docx").lost_pictures == 1


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"PK\x03\x04 broken", b"<html>", b"\xd0\xcf\x11\xe0" + b"\x00" * 600),
        word_file(document=b"<broken").getvalue(),
        word_file(
            document=b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
        ).getvalue(),
        word_file(
            document=b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
        ).getvalue(),
    ],
)
def test_what_is_no_word_file_is_refused(content):
    with pytest.raises(ValidationError):
        read_document(BytesIO(content), "x.docx")


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(packages, "LARGEST_UNPACKED", 10_000)
    bomb = word_file(paragraph("Chữ"), **{"word/media/x.bin": b"\0" * 20_000})
    with pytest.raises(ValidationError) as refusal:
        read_document(bomb, "x.docx")
    assert refusal.value.code == "too_large"


@pytest.mark.parametrize("limit", ["LARGEST_TEXT", "MOST_PARTS"])
def test_a_text_too_long_and_too_many_parts_are_refused(monkeypatch, limit):
    monkeypatch.setattr(packages, limit, 3)
    with pytest.raises(ValidationError) as refusal:
        read_document(word_file(paragraph("Chữ")), "x.docx")
    assert refusal.value.code == "too_large"


@pytest.mark.parametrize("name", ["a.doc", "a.rtf", "a.exe", "a", "../../a.php", "a.docx.svg"])
def test_other_kinds_are_refused_by_name(name):
    with pytest.raises(ValidationError):
        read_document(BytesIO(b"x"), name)


def test_pictures_inside_a_text_are_taken_and_others_are_counted():
    document = read_html(
        '<p>Chữ</p><img src="data:image/png;base64,QUI="><img src="https://example.com/a.png">'
    )
    assert document.pictures == {1: b"AB"}
    assert document.lost_pictures == 1


def test_old_letters_in_plain_text_are_converted():
    document = read_text("Céng hoµ x· héi chñ nghÜa ViÖt Nam")
    assert document.lines[0].text == "Cộng hoà xã hội chủ nghĩa Việt Nam"
    assert "TCVN3" in document.summary


HEAD = (
    "<table><tr><td><p>BAN QUẢN LÝ KHU KINH TẾ</p><p>Số: 12/TB-BQL</p></td><td><p>CỘNG HÒA XÃ HỘI CHỦ "
    "NGHĨA VIỆT NAM</p><p>Độc lập - Tự do - Hạnh phúc</p><p>ngày {} tháng 3 năm 2026</p></td></tr></table>"
)
LETTER = (
    "<p><b>THÔNG BÁO</b></p><p><b>Về việc nghỉ lễ Quốc khánh</b></p>"
    "<p>Ban Quản lý thông báo lịch nghỉ lễ như sau:</p><p>Nghỉ hai ngày.</p>"
)


def test_an_official_letter_is_understood():
    found = guess(read_html(HEAD.format("05") + LETTER).lines)
    assert found.title == "Thông báo về việc nghỉ lễ Quốc khánh"
    assert found.title_line == "THÔNG BÁO Về việc nghỉ lễ Quốc khánh"
    assert f"{found.published_on}" == "2026-03-05"
    assert "Số: 12/TB-BQL" in found.date_line
    assert found.lead == ""
    assert (
        found.body() == "<p>Ban Quản lý thông báo lịch nghỉ lễ như sau:</p>\n<p>Nghỉ hai ngày.</p>"
    )


def test_a_letter_without_its_day_keeps_its_head():
    found = guess(read_html(HEAD.format("…") + LETTER).lines)
    assert "12/TB-BQL" in found.body()


def test_a_day_that_the_calendar_does_not_have_is_told():
    with pytest.raises(NoSuchDateError):
        guess(read_html(HEAD.format("32") + LETTER).lines)


@pytest.mark.parametrize("word", ["Thông báo", "ĐƯỜNG DÂY NÓNG"])
def test_a_word_that_names_a_box_of_old_pages_costs_a_document_nothing(word):
    source = f"<p>Tin trong ngày</p><p>Sáng nay, Ban họp.</p><p>{word}</p><p>Chiều nay, Ban họp tiếp.</p>"
    assert "Chiều nay" in guess(read_html(source).lines).body()

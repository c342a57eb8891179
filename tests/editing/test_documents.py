from io import BytesIO

import pytest
from django.core.exceptions import ValidationError

from editing import word
from editing.documents import read_document, read_html, read_text
from editing.guessing import Caption, guess
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
    monkeypatch.setattr(word, "LARGEST_UNPACKED", 10_000)
    bomb = word_file(paragraph("Chữ"), **{"word/media/x.bin": b"\0" * 20_000})
    with pytest.raises(ValidationError) as refusal:
        read_document(bomb, "x.docx")
    assert refusal.value.code == "too_large"


@pytest.mark.parametrize("name", ["a.doc", "a.odt", "a.exe", "a", "../../a.php", "a.docx.svg"])
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

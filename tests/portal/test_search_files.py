"""Attached files are found by their number and by their text, as long as readers can open them."""

import unicodedata
import zlib
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from pypdf import PdfReader, PdfWriter

from editing.models import File, Legibility
from news.checks import advice
from news.models import Attachment, Withdrawal
from news.workflow import withdraw
from portal.search import file_text, reading
from portal.search.models import FileText
from portal.search.reading import read_files
from tests.making import make_draft, make_edition
from tests.pdf_files import pdf_file
from tests.word_files import paragraph, word_file

pytestmark = pytest.mark.django_db

SENTENCE = "Giá thuê đất trong khu phi thuế quan\náp dụng từ ngày một tháng Giêng."


def attach(content, name="QD-12.pdf", edition=None, **fields):
    file = File.store(content, name)
    for field, value in fields.items():
        setattr(file, field, value)
    file.save()
    edition = edition or make_edition(title="Công bố văn bản")
    Attachment.objects.create(edition=edition, file=file, title="Quyết định kèm theo")
    return file


def hits(client, query):
    answer = client.get("/tim-kiem/", {"q": query}).context["answer"]
    return [hit for hit in answer.hits if hit.is_attached]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (pdf_file("Trang đầu", SENTENCE), "a.pdf"),
        (pdf_file(unicodedata.normalize("NFD", SENTENCE)), "a.pdf"),
        (word_file(*map(paragraph, SENTENCE.split("\n"))), "a.docx"),
    ],
)
def test_the_text_of_a_file_is_found_with_its_article(citizen, content, name):
    file = attach(content, name)
    assert hits(citizen, "phi thuế quan") == []
    assert read_files() == 1
    (hit,) = hits(citizen, "phi thuế quan")
    assert hit.url == file.get_absolute_url()
    page = citizen.get("/tim-kiem/?q=phi+thue+quan").content.decode()
    assert "<mark>phi thuế quan</mark>" in page
    assert hit.edition.get_absolute_url() in page
    assert unicodedata.is_normalized("NFC", FileText.objects.get().text)


def test_old_letters_in_a_word_file_are_read():
    old = paragraph("§¬n vÞ thuª ®Êt trong khu kinh tÕ", font=".VnTime")
    attach(word_file(old), "a.docx")
    read_files()
    assert "Đơn vị thuê đất" in FileText.objects.get().text


def test_a_word_file_that_has_to_be_cleaned_is_read():
    dashes = [paragraph("- Đất sạch"), paragraph("- Điện, nước"), paragraph()]
    address = paragraph("https://youtu.be/abcdefghijk")
    attach(word_file(*dashes, address, paragraph("Hạn nộp hồ sơ")), "a.docx")
    read_files()
    assert "Hạn nộp hồ sơ" in FileText.objects.get().text


def test_a_file_is_found_by_what_the_document_says_of_itself(citizen):
    attach(pdf_file(SENTENCE), number="12/2026/QĐ-BQL", signer="Lê Thị Ưu", issuer="Sở Tài chính")
    for query in ("12/2026/QĐ-BQL", "12 2026 qd bql", "lê thị ưu", "sở tài chính"):
        assert len(hits(citizen, query)) == 1, query


def test_a_file_is_read_once():
    attach(pdf_file(SENTENCE))
    assert (read_files(), read_files()) == (1, 0)


def test_the_text_of_a_replaced_file_takes_the_place_of_the_old_one(citizen):
    file = attach(pdf_file(SENTENCE))
    read_files()
    file.replace(pdf_file("Mức phí hạ tầng của các lô đất công nghiệp"), "moi.pdf")
    assert hits(citizen, "phi thuế quan") == []
    read_files()
    assert len(hits(citizen, "phí hạ tầng")) == 1


def test_what_was_read_is_left_out_when_the_file_was_replaced_meanwhile(citizen):
    file = attach(pdf_file(SENTENCE))
    before = File.objects.get()
    file.replace(pdf_file("Mức phí hạ tầng của các lô đất"), "moi.pdf")
    reading.take(before, SENTENCE, Legibility.TEXT)
    assert hits(citizen, "phi thuế quan") == []


def test_a_withdrawn_article_takes_its_files_out_at_that_instant(citizen):
    edition = make_edition(title="Công bố văn bản")
    attach(pdf_file(SENTENCE), edition=edition)
    read_files()
    assert len(hits(citizen, "phi thuế quan")) == 1
    withdraw(edition, by=None, reason=Withdrawal.IN_ERROR, note="Đăng nhầm.")
    assert hits(citizen, "phi thuế quan") == []


def test_files_of_a_draft_are_read_and_not_found(citizen):
    attach(pdf_file(SENTENCE), edition=make_draft())
    assert read_files() == 1
    assert hits(citizen, "phi thuế quan") == []


@pytest.mark.slow
def test_staff_are_told_that_a_scan_has_no_text(staff):
    edition = make_draft()
    file = attach(pdf_file("", ""), edition=edition)
    read_files()
    page = staff.get(f"/quan-tri/editing/file/{file.pk}/change/").content.decode()
    assert "chỉ có ảnh chụp các trang" in page
    assert [hint.field for hint in advice(edition) if hint.code == "illegible"] == ["attachments"]
    file.refresh_from_db()
    file.replace(pdf_file(SENTENCE, SENTENCE), "moi.pdf")
    read_files()
    assert not [hint for hint in advice(edition) if hint.code == "illegible"]


def locked():
    writer = PdfWriter()
    for page in PdfReader(pdf_file(SENTENCE)).pages:
        writer.add_page(page)
    writer.encrypt("mat-khau", algorithm="RC4-128")
    file = BytesIO()
    writer.write(file)
    return file


def swollen():
    """Forty megabytes of nothing that unpack to forty thousand times as much work."""
    packed = zlib.compress(b"BT /F 12 Tf (a) Tj ET\n" * 5_000_000, 9)
    stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)
    whole = pdf_file("x").getvalue()
    start = whole.index(b"6 0 obj\n") + len(b"6 0 obj\n")
    end = whole.index(b"\nendobj", start)
    return ContentFile(whole[:start] + stream + whole[end:])


@pytest.mark.slow
@pytest.mark.parametrize("content", [locked, swollen, lambda: ContentFile(b"%PDF-1.7\n" * 99)])
def test_a_file_that_cannot_be_read_stops_nothing(content, monkeypatch):
    monkeypatch.setattr(reading, "MOST_SECONDS", 8)
    attach(content(), "a.pdf")
    attach(pdf_file(SENTENCE), "b.pdf")
    assert read_files() + read_files() == 2
    states = dict(File.objects.values_list("name", "legibility"))
    assert states == {"a.pdf": Legibility.UNREADABLE, "b.pdf": Legibility.TEXT}


def test_a_reader_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(reading, "MOST_SECONDS", 0.01)
    attach(pdf_file(SENTENCE))
    read_files()
    assert File.objects.get().legibility == Legibility.UNREADABLE


def test_the_limits_are_set_before_the_file_is_read(monkeypatch):
    limits = {}
    monkeypatch.setattr(
        file_text.resource, "setrlimit", lambda kind, pair: limits.update({kind: pair})
    )
    file_text.limit()
    assert limits[file_text.resource.RLIMIT_CPU] == (10, 10)
    assert limits[file_text.resource.RLIMIT_AS] == (1 << 30, 1 << 30)
    assert limits[file_text.resource.RLIMIT_FSIZE] == (0, 0)


def test_pages_and_letters_are_bounded(monkeypatch):
    monkeypatch.setattr(file_text, "MOST_PAGES", 2)
    assert file_text.read(pdf_file("một", "hai", "ba"), "pdf").split() == ["một", "hai"]
    monkeypatch.setattr(file_text, "MOST_CHARACTERS", 4)
    assert file_text.read(pdf_file("một", "hai"), "pdf") == "một\n"


def test_the_reader_gets_no_secret_of_the_portal(monkeypatch):
    seen = {}
    run = reading.subprocess.run
    monkeypatch.setattr(
        reading.subprocess,
        "run",
        lambda *args, **kwargs: run(*args, **(seen.update(kwargs) or kwargs)),
    )
    monkeypatch.setenv("SECRET_KEY", "bí mật")
    attach(pdf_file(SENTENCE))
    read_files()
    assert set(seen["env"]) == {"PATH", "LANG", "PYTHONDONTWRITEBYTECODE"}

"""What may be attached, what an official document says of itself, and what replaces it."""

import socket
import struct
import threading
import zipfile
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter

from editing.models import File
from news.models import Attachment
from tests.making import make_draft, make_edition, make_user
from tests.portal.test_media import fetch
from tests.word_files import paragraph, word_file

pytestmark = pytest.mark.django_db


def pdf(pages=1):
    writer, file = PdfWriter(), BytesIO()
    for _page in range(pages):
        writer.add_blank_page(100, 100)
    writer.write(file)
    file.seek(0)
    return file


def archive(**members):
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, content in members.items():
            package.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    file.seek(0)
    return file


def attach(file, edition=None, **changes):
    for name, value in changes.items():
        setattr(file, name, value)
    file.save()
    edition = edition or make_edition()
    Attachment.objects.create(edition=edition, file=file, title="Quyết định về giá thuê đất")
    return edition


def change(client, file, **values):
    return client.post(f"/quan-tri/editing/file/{file.pk}/change/", values)


def test_readers_see_kind_pages_and_what_the_document_says_of_itself(citizen):
    file = File.store(pdf(3), "Quyết định 12.pdf")
    edition = attach(
        file,
        number="12/2026/QĐ-BQL",
        issued_on="2026-03-05",
        issuer="Ban Quản lý Khu kinh tế",
        signer="Lê Thị Ưu",
        abstract="Giá thuê đất năm 2026.",
        validity="in_force",
    )
    page = citizen.get(edition.get_absolute_url()).content.decode()
    for words in (
        *("PDF", "3 trang", "Số 12/2026/QĐ-BQL", "ngày 05/03/2026", "Lê Thị Ưu", "Còn hiệu lực"),
        "Giá thuê đất năm 2026.",
    ):
        assert words in page, words


def test_a_replaced_file_keeps_its_address_and_its_older_version(staff, citizen):
    file = File.store(pdf(1), "Quyết định 12.pdf")
    attach(file)
    address, old = file.get_absolute_url(), fetch(citizen, file.get_absolute_url())[1]
    new = SimpleUploadedFile("khac.pdf", pdf(2).getvalue())
    assert change(staff, file, number="12/QĐ", replacement=new).status_code == 302
    assert fetch(citizen, address)[1] == pdf(2).getvalue()
    file.refresh_from_db()
    version = file.versions.get()
    assert (file.pages, version.pages, version.replaced_by.is_staff) == (2, 1, True)
    _answer, kept = fetch(staff, f"/quan-tri/editing/file/version/{version.pk}/")
    assert kept == old


def test_only_who_may_publish_replaces_what_stands_in_an_article(citizen):
    file = File.store(pdf(1), "a.pdf")
    attach(file)
    new = SimpleUploadedFile("khac.pdf", pdf(2).getvalue())
    for group, pages in (("Người viết bài", 1), ("Người duyệt đăng", 2)):
        user = make_user(is_superuser=False)
        user.groups.add(Group.objects.get(name=group))
        citizen.force_login(user)
        new.seek(0)
        change(citizen, file, number="12/QĐ", replacement=new)
        file.refresh_from_db()
        assert (file.pages, file.number) == (pages, "12/QĐ")


def test_readers_never_get_an_older_version(citizen):
    file = File.store(pdf(1), "a.pdf")
    attach(file)
    file.replace(pdf(2), "b.pdf")
    version = file.versions.get()
    assert citizen.get(f"/quan-tri/editing/file/version/{version.pk}/").status_code == 302
    assert citizen.get(f"/media/{version.path}").status_code == 404
    citizen.force_login(make_user(is_superuser=False))
    assert citizen.get(f"/quan-tri/editing/file/version/{version.pk}/").status_code == 403


def test_a_replacement_of_another_kind_is_refused_at_its_field(staff):
    file = File.store(pdf(), "a.pdf")
    answer = change(
        staff, file, replacement=SimpleUploadedFile("a.docx", word_file(paragraph("x")).getvalue())
    )
    assert answer.status_code == 200
    assert "hãy thay bằng tệp cùng loại" in answer.content.decode()
    assert not file.versions.exists()


def fill_the_disk(monkeypatch):
    default_storage.exists("x")

    def full(self, name, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(default_storage._wrapped), "_save", full)


def test_a_replacement_waits_until_the_whole_form_is_well(staff):
    file = File.store(pdf(1), "a.pdf")
    new = SimpleUploadedFile("khac.pdf", pdf(2).getvalue())
    page = change(staff, file, number="9" * 100, replacement=new).content.decode()
    assert "Chưa thay gì: hãy chọn lại tệp." in page
    file.refresh_from_db()
    assert (file.pages, file.versions.count()) == (1, 0)


def test_a_full_disk_is_told_at_the_replacement_and_nothing_is_changed(staff, monkeypatch):
    file = File.store(pdf(1), "a.pdf")
    fill_the_disk(monkeypatch)
    new = SimpleUploadedFile("khac.pdf", pdf(2).getvalue())
    answer = change(staff, file, number="12/QĐ", replacement=new)
    form = answer.context["adminform"].form
    assert [error.code for error in form.errors.as_data()["replacement"]] == ["no_space"]
    assert 'value="12/QĐ"' in answer.content.decode()
    file.refresh_from_db()
    assert (file.number, file.pages, file.versions.count()) == ("", 1, 0)


def test_a_file_is_inert(citizen):
    file = File.store(pdf(), "a.pdf")
    attach(file)
    answer, _content = fetch(citizen, file.get_absolute_url())
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Type"] == "application/pdf"


def test_a_file_of_a_draft_is_unreachable_by_every_address(citizen):
    file = File.store(pdf(), "a.pdf")
    attach(file, make_draft())
    for address in (file.get_absolute_url(), f"/media/{file.path}", f"/{file.path}"):
        assert citizen.get(address).status_code == 404


MACRO = {"word/vbaProject.bin": b"x"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("chuong-trinh.zip", archive(a_dot_exe=b"MZ")),
        ("trang.zip", archive(a_dot_html=b"<script>")),
        ("ngoai.zip", archive(**{"..__..__a_dot_pdf": b"x"})),
        ("macro.docx", word_file(paragraph("x"), **MACRO)),
        ("doi-ten.docx", archive(a_dot_pdf=b"x")),
        ("doi-ten.xlsx", word_file(paragraph("x"))),
        ("doi-ten.pdf", BytesIO(b"<html><script>alert(1)</script></html>")),
        ("doi-ten.doc", BytesIO(b"MZ")),
        ("hong.zip", BytesIO(b"PK\x03\x04 hong")),
        ("a.pdf.exe", pdf()),
        ("a.svg", BytesIO(b"<svg/>")),
        ("a.html", BytesIO(b"<p>")),
        ("a", pdf()),
        ("", pdf()),
    ],
)
def test_what_lies_or_could_act_is_refused_and_leaves_nothing(name, content):
    content.seek(0)
    with pytest.raises(ValidationError):
        File.store(content, name)
    assert not File.objects.exists()
    assert not default_storage.exists("files")


@pytest.mark.parametrize(
    "name", ["../../Đường dây nóng.pdf", "a/b\\c.pdf", "…\u0000.pdf", "ư" * 300 + ".pdf"]
)
def test_odd_names_become_plain_ones(name):
    file = File.store(pdf(), name)
    assert file.name.isascii()
    assert not set("/\\\0") & set(file.name)
    assert len(file.name) <= 120


def test_a_pdf_that_cannot_be_counted_is_taken_without_pages():
    assert (
        File.store(BytesIO(b"%PDF-1.4 broken /Type /Pages /Count 9999999"), "a.pdf").pages is None
    )


def test_a_full_disk_is_told_at_the_field_and_nothing_typed_is_lost(staff, monkeypatch):
    from tests.portal.test_staff import filled_form

    fill_the_disk(monkeypatch)
    form = filled_form(title="Tiêu đề đã gõ", _continue="1") | {
        "attachments-TOTAL_FORMS": "1",
        "attachments-0-title": "Quyết định",
        "attachments-0-position": "1",
        "attachments-0-upload": SimpleUploadedFile("a.pdf", pdf().getvalue()),
    }
    page = staff.post("/quan-tri/news/edition/add/", form).content.decode()
    assert "đĩa đã đầy" in page
    assert "Tiêu đề đã gõ" in page
    assert not File.objects.exists()


# The virus scanner


@pytest.fixture
def scanner(settings):
    """A stand-in for clamd that names what contains “EICAR”."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack("!L", stream.read(4))[0]:
                    content += stream.read(length)
                found = b"stream: Eicar FOUND\0" if b"EICAR" in content else b"stream: OK\0"
                connection.sendall(found)

    thread = threading.Thread(target=serve)
    thread.start()
    settings.CLAMD = f"127.0.0.1:{server.getsockname()[1]}"
    yield server
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def test_what_the_scanner_names_is_refused(scanner):
    with pytest.raises(ValidationError) as refusal:
        File.store(BytesIO(b"%PDF-1.4 EICAR"), "a.pdf")
    assert refusal.value.code == "virus"
    assert File.store(pdf(), "b.pdf").pk


def test_without_its_scanner_nothing_is_taken(settings):
    settings.CLAMD = "/nowhere/clamd.ctl"
    with pytest.raises(ValidationError) as refusal:
        File.store(pdf(), "a.pdf")
    assert refusal.value.code == "not_scanned"
    assert not File.objects.exists()

"""What is too large or finds no room is thrown away as it comes, and the form says so at its field."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from editing import uploads
from editing.models import File, Photo
from news.models import Edition
from tests.making import make_category
from tests.portal.test_staff import filled_form

pytestmark = pytest.mark.django_db

ADD = "/quan-tri/news/edition/add/"


@pytest.fixture(autouse=True)
def _every_file_goes_to_the_disk(settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100


def send(staff, name, content):
    rows = {"attachments-TOTAL_FORMS": "1", "attachments-0-title": "Quyết định"}
    rows |= {"attachments-0-position": "1"}
    rows |= {"attachments-0-upload": SimpleUploadedFile(name, content)}
    return staff.post(ADD, filled_form(title="Tiêu đề đã gõ", _continue="1") | rows)


def test_what_is_too_large_is_told_at_its_field_and_nothing_typed_is_lost(staff, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD", 2**20)
    page = send(staff, "a.pdf", b"%PDF-1.4" + bytes(2**21)).content.decode()
    assert "Tệp lớn hơn 1 MB nên không được nhận." in page
    assert "Tiêu đề đã gõ" in page
    assert not File.objects.exists()
    assert not Edition.objects.exists()


def test_a_disk_that_is_full_is_told_at_the_field_and_nothing_typed_is_lost(staff, monkeypatch):
    def full(self, raw_data, start):
        raise OSError(28, "No space left on device")

    parent = uploads.BoundedUploadHandler.__base__
    monkeypatch.setattr(parent, "receive_data_chunk", full)
    page = send(staff, "a.pdf", b"%PDF-1.4" + bytes(1000)).content.decode()
    assert "đĩa đã đầy" in page
    assert "Tiêu đề đã gõ" in page
    assert not File.objects.exists()


@pytest.mark.parametrize(
    "address", ["/quan-tri/editing/photo/upload/", "/quan-tri/news/edition/drop/"]
)
def test_what_is_too_large_is_told_by_every_door(staff, monkeypatch, drawn_photo, address):
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD", 1000)
    make_category()
    name = "file" if "photo" in address else "files"
    upload = SimpleUploadedFile("bai.docx" if name == "files" else "a.jpg", bytes(5000))
    answer = staff.post(address, {name: upload}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert "không được nhận" in answer.json()["error"]
    assert not Photo.objects.exists()
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "Quyết định số 12/QĐ-BQL.pdf",
        "..\\..\\a.pdf",
        "/etc/a.pdf",
        "Đường dây nóng.pdf",
        "a" * 300 + ".pdf",
    ],
)
def test_whatever_a_file_is_called_it_gets_a_name_of_its_own(staff, name):
    send(staff, name, b"%PDF-1.4" + bytes(1000))
    kept = File.objects.get()
    assert kept.name.endswith(".pdf")
    assert not set(kept.name) & set("/\\ ")
    assert kept.name.isascii()

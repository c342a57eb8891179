"""Photos and films come in by every door; in all that then lies on the disk is no trace of where, when
and with what they were made."""

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from editing.models import File, Photo
from tests.making import make_category
from tests.portal.test_staff import filled_form
from tests.video_files import PLACE, mp4
from tests.word_files import paragraph, picture, word_file

pytestmark = pytest.mark.django_db

OWNER, DEVICE = "Nguyen Van Mau", "May anh rieng"


def from_a_phone(colour):
    exif, file = Image.Exif(), BytesIO()
    exif[0x8825] = {1: "N", 2: (13.0, 5.0, 0.0), 3: "E", 4: (109.0, 18.0, 0.0)}
    exif[0x010F], exif[0x013B], exif[0x9003] = DEVICE, OWNER, "2026:03:05 08:00:00"
    Image.new("RGB", (900, 600), colour).save(file, "JPEG", exif=exif, comment=OWNER.encode())
    return file.getvalue()


def test_nothing_on_the_disk_says_where_and_with_what_it_was_made(staff):
    make_category()
    by_library, by_form, by_drop, in_word = map(from_a_phone, ("red", "green", "blue", "white"))
    assert OWNER.encode() in by_library
    staff.post("/quan-tri/editing/photo/upload/", {"file": SimpleUploadedFile("a.jpg", by_library)})
    rows = {"photos-TOTAL_FORMS": "1", "photos-0-position": "1"}
    rows |= {"photos-0-upload": SimpleUploadedFile("b.jpg", by_form)}
    rows |= {"videos-TOTAL_FORMS": "1", "videos-0-title": "Lễ", "videos-0-position": "1"}
    rows |= {"videos-0-upload": SimpleUploadedFile("c.mp4", mp4().getvalue())}
    staff.post("/quan-tri/news/edition/add/", filled_form(_continue="1") | rows)
    document = word_file(paragraph("Tin", bold=True), picture(1), pictures=(in_word,))
    dropped = [
        SimpleUploadedFile("d.docx", document.getvalue()),
        SimpleUploadedFile("d.jpg", by_drop),
    ]
    staff.post("/quan-tri/news/edition/drop/", {"files": dropped, "text": ""})
    assert (Photo.objects.count(), File.objects.count()) == (4, 1)

    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert len(files) > 40
    for path in files:
        content = path.read_bytes()
        for trace in (b"Exif\0\0", b"http://ns.adobe.com", OWNER.encode(), DEVICE.encode(), PLACE):
            assert trace not in content, (path.name, trace)
        if path.suffix != ".mp4":
            with Image.open(path) as kept:
                assert not kept.getexif(), path.name

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from editing.models import File, Photo
from news.models import Attachment, Edition, EditionPhoto
from news.workflow import approve, move_to_trash, withdraw
from tests.making import make_draft, make_edition, make_user

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n" + b"0123456789" * 10


def fetch(client, address, **headers):
    """The answer and its bytes; reading to the end closes the file."""
    response = client.get(address, headers=headers)
    return response, b"".join(response)


def publish_photo(file):
    photo = Photo.store(file)
    edition = make_edition()
    EditionPhoto.objects.create(edition=edition, photo=photo)
    return photo, edition


def attach(content=PDF, name="Quyết định số 12.pdf", **changes):
    file = File.store(BytesIO(content), name)
    edition = make_edition(**changes)
    Attachment.objects.create(edition=edition, file=file, title="Quyết định")
    return file, edition


def test_a_public_photo_is_served_in_a_closed_list_of_sizes(citizen, drawn_photo):
    photo, _edition = publish_photo(drawn_photo())
    assert fetch(citizen, photo.url(960, "webp"))[0].headers["Content-Type"] == "image/webp"
    assert citizen.get(photo.url(961)).status_code == 404
    assert citizen.get(photo.url(960, "svg")).status_code == 404


def test_the_photo_of_a_draft_is_hidden_from_citizens_and_shown_to_staff(
    citizen, staff, drawn_photo
):
    photo = Photo.store(drawn_photo())
    EditionPhoto.objects.create(edition=make_draft(), photo=photo)
    assert citizen.get(photo.url(480)).status_code == 404
    response, _content = fetch(staff, photo.url(480))
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]


def test_a_photo_goes_with_its_article(citizen, drawn_photo):
    photo, edition = publish_photo(drawn_photo())
    assert fetch(citizen, photo.url(480))[0].status_code == 200
    move_to_trash(edition.article, by=None)
    assert citizen.get(photo.url(480)).status_code == 404


def test_the_place_where_a_photo_was_taken_is_not_published(citizen):
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (13.0, 5.0, 0.0)}
    exif[0x010F] = "Máy ảnh"
    file = BytesIO()
    Image.new("RGB", (900, 600)).save(file, "JPEG", exif=exif)
    photo, _edition = publish_photo(file)
    for extension in ("jpg", "webp"):
        _response, content = fetch(citizen, photo.url(480, extension))
        assert not Image.open(BytesIO(content)).getexif()


def test_a_turned_photo_is_served_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    file = BytesIO()
    Image.new("RGB", (900, 600)).save(file, "JPEG", exif=exif)
    photo = Photo.store(file)
    assert (photo.width, photo.height) == (600, 900)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", PDF),
        *(b"GIF89a" + b"\x00" * 40, b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, b"\xff\xd8\xff\xe0broken"),
    ],
)
def test_what_is_no_photo_is_refused_and_leaves_nothing_behind(content):
    with pytest.raises(ValidationError):
        Photo.store(BytesIO(content))
    assert not Photo.objects.exists()
    assert not default_storage.exists("photos")


@pytest.mark.slow
def test_a_bomb_is_refused_before_it_is_unpacked():
    file = BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    with pytest.raises(ValidationError) as refusal:
        Photo.store(file)
    assert refusal.value.code == "too_many_pixels"


def test_the_same_photo_is_kept_once(drawn_photo):
    assert Photo.store(drawn_photo()) == Photo.store(drawn_photo())


def test_an_attachment_keeps_its_vietnamese_name_readable(citizen):
    file, _edition = attach()
    response, _content = fetch(citizen, file.get_absolute_url())
    assert file.name == "quyet-dinh-so-12.pdf"
    assert 'filename="quyet-dinh-so-12.pdf"' in response.headers["Content-Disposition"]


def test_an_attachment_is_inert(citizen):
    file, _edition = attach()
    response, _content = fetch(citizen, file.get_absolute_url())
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_an_attachment_of_a_scheduled_article_waits_with_it(citizen):
    file, _edition = attach(live_from=timezone.now() + timedelta(hours=1))
    assert citizen.get(file.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "status", "length"),
    [
        *(("bytes=0-9", 206, 10), ("bytes=-5", 206, 5), ("bytes=100-", 206, 9)),
        *(("bytes=500-", 416, 0), ("bytes=9-3", 416, 0), ("lines=1-2", 200, 109)),
    ],
)
def test_parts_of_a_file_can_be_asked_for(citizen, wanted, status, length):
    file, _edition = attach()
    response, content = fetch(citizen, file.get_absolute_url(), range=wanted)
    assert (response.status_code, len(content)) == (status, length)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *(("a.html", b"<script>"), ("a.svg", b"<svg/>"), ("a.pdf", b"<html>"), ("a", PDF)),
        *(("a.docx", b"PK\x03\x04 nothing"), ("a.exe", b"MZ"), ("../../a.php", PDF)),
    ],
)
def test_files_that_lie_or_could_act_are_refused(name, content):
    with pytest.raises(ValidationError):
        File.store(BytesIO(content), name)
    assert not File.objects.exists()


def test_the_disk_address_of_a_file_leads_nowhere(citizen):
    file, _edition = attach()
    assert citizen.get(f"/media/{file.path}").status_code == 404


def test_the_crop_for_cards_is_as_closed_as_the_photo(citizen, drawn_photo):
    photo = Photo.store(drawn_photo())
    draft = make_draft(lead_photo=photo)
    address = photo.card_url(480, "webp")
    assert citizen.get(address).status_code == 404
    approve(draft, by=make_user())
    answer, _content = fetch(citizen, address)
    assert answer.headers["Content-Type"] == "image/webp"
    for wrong in ("-card-500.webp", "-card-480.gif", "-card-960.php"):
        assert citizen.get(address.replace("-card-480.webp", wrong)).status_code == 404


def test_the_crop_for_social_networks_is_as_closed_as_the_photo(citizen, drawn_photo):
    photo = Photo.store(drawn_photo())
    draft = make_draft()
    EditionPhoto.objects.create(edition=draft, photo=photo, caption="Ảnh")
    assert citizen.get(photo.social_url).status_code == 404
    approve(draft, by=None)
    answer, _content = fetch(citizen, photo.social_url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    withdraw(Edition.objects.get(), by=None, reason="in_error", note="Đăng nhầm")
    assert citizen.get(photo.social_url).status_code == 404

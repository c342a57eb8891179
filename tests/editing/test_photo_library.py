"""The library: many photos, their words, where they are used, and what is refused."""

import json
from functools import cache
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

from editing.files import EVERY_KIND
from editing.models import AuditEntry, File, Photo
from editing.photos import FORMATS, SOCIAL, read_photo
from editing.rendering import render_what_is_missing
from news.models import EditionPhoto
from tests.making import make_draft, make_edition, make_user

pytestmark = pytest.mark.django_db

UPLOAD = "/quan-tri/editing/photo/upload/"
LIBRARY = "/quan-tri/editing/photo/"


def upload(client, content, name="Ảnh hội nghị.jpg"):
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)})


def change(client, photo, **values):
    form = {"focal_point": photo.focal_point, "caption": photo.caption} | values
    return client.post(f"{LIBRARY}{photo.pk}/change/", form)


def test_an_upload_answers_with_what_the_grid_shows(staff, drawn_photo):
    answer = upload(staff, drawn_photo().getvalue()).json()
    photo = Photo.objects.get()
    assert answer["id"] == photo.pk
    assert f"words/{photo.pk}" not in answer["words"]
    assert photo.uploaded_by.is_staff
    assert AuditEntry.objects.about(photo).count() == 1


def test_every_format_of_the_closed_list_is_made_at_upload(drawn_photo):
    photo = Photo.store(drawn_photo())
    for width in photo.widths:
        for extension in FORMATS:
            path = Photo.path_of(photo.sha256, width, extension)
            with default_storage.open(path) as file, Image.open(file) as picture:
                assert picture.width == width
    with default_storage.open(photo.social_path) as file, Image.open(file) as picture:
        assert picture.size == SOCIAL


def test_what_is_kept_to_render_from_has_no_address(citizen, drawn_photo):
    photo = Photo.store(drawn_photo())
    EditionPhoto.objects.create(edition=make_edition(), photo=photo)
    for address in (f"/media/{photo.master_path}", photo.url(960).replace("-960", "-master")):
        assert citizen.get(address).status_code == 404


def test_nothing_of_the_camera_is_in_any_file(citizen):
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (13.0, 5.0, 0.0)}
    file = BytesIO()
    Image.new("RGB", (1700, 900)).save(file, "JPEG", exif=exif, comment=b"May anh cua toi")
    photo = Photo.store(file)
    for path in photo.paths():
        with default_storage.open(path) as stored, Image.open(stored) as picture:
            assert not picture.getexif(), path
            assert not {"comment", "xmp", "icc_profile"} & picture.info.keys(), path


def test_colours_of_another_profile_are_converted():
    # A profile whose red and green are exchanged: what it calls green is seen as red.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exchanged = (
        profile.replace(b"rXYZ", b"tmpX").replace(b"gXYZ", b"rXYZ").replace(b"tmpX", b"gXYZ")
    )
    file = BytesIO()
    Image.new("RGB", (600, 400), (0, 200, 0)).save(file, "PNG", icc_profile=exchanged)
    photo = Photo.store(file)
    with default_storage.open(Photo.path_of(photo.sha256, 480, "jpg")) as stored:
        red, green, _blue = Image.open(stored).getpixel((100, 100))
    assert red > green


def test_pages_offer_avif_only_where_it_was_made(citizen, drawn_photo):
    photo = Photo.store(drawn_photo())
    edition = make_edition()
    EditionPhoto.objects.create(edition=edition, photo=photo)
    address = edition.get_absolute_url()
    assert 'type="image/avif"' in citizen.get(address).content.decode()
    Photo.objects.update(rendered=1)
    assert 'type="image/avif"' not in citizen.get(f"{address}?x").content.decode()


def test_the_runner_makes_what_an_older_release_did_not(drawn_photo):
    photo = Photo.store(drawn_photo())
    for path in list(photo.paths()):
        if not path.endswith("-960.jpg"):
            default_storage.delete(path)
    Photo.objects.update(rendered=1)
    assert render_what_is_missing() == 1
    photo.refresh_from_db()
    assert all(default_storage.exists(path) for path in photo.paths())
    assert render_what_is_missing() == 0


def test_the_crop_for_social_networks_follows_the_focal_point(staff):
    file = BytesIO()
    picture = Image.new("RGB", (1600, 1600), "white")
    picture.paste("black", (0, 0, 1600, 400))
    picture.save(file, "PNG")
    photo = Photo.store(file)
    with default_storage.open(photo.social_path) as stored:
        before = stored.read()
    change(staff, photo, focal_point="top")
    with default_storage.open(photo.social_path) as stored:
        content = stored.read()
    assert content != before
    assert Image.open(BytesIO(content)).getpixel((600, 100))[0] < 40


def colour_of(path, at):
    with default_storage.open(path) as stored, Image.open(stored) as picture:
        return picture.convert("RGB").getpixel(at)


@pytest.mark.parametrize("extension", FORMATS)
def test_the_crops_for_cards_follow_the_focal_point(staff, extension):
    file, picture = BytesIO(), Image.new("RGB", (800, 1600), "white")
    picture.paste("black", (0, 0, 800, 400))
    picture.save(file, "PNG")
    photo = Photo.store(file)
    assert photo.card_widths == [240, 480]
    path = photo.card_path(480, extension)
    assert colour_of(path, (240, 100))[0] > 200
    change(staff, photo, focal_point="top")
    assert colour_of(path, (240, 100))[0] < 40
    with default_storage.open(path) as stored, Image.open(stored) as crop:
        assert crop.size == (480, 320)


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((1600, 1067), [240, 480, 960]),
        ((600, 300), [240]),
        ((100, 90), [240]),
        ((500, 400), [240, 480]),
    ],
)
def test_a_card_has_the_widths_that_its_photo_can_fill(drawn_photo, size, widths):
    photo = Photo.store(drawn_photo(*size))
    assert photo.card_widths == widths
    assert all(default_storage.exists(photo.card_path(width, "avif")) for width in widths)


def test_a_card_shows_the_crop_and_without_one_the_whole(citizen, drawn_photo):
    photo = Photo.store(drawn_photo())
    make_edition(lead_photo=photo)
    assert photo.card_url(480, "webp") in citizen.get("/tin-tuc/").content.decode()
    Photo.objects.update(rendered=2)
    html = citizen.get("/tin-tuc/").content.decode()
    assert photo.url(480, "webp") in html
    assert "-card-" not in html


def test_a_replaced_picture_shows_wherever_the_photo_is_used(staff, citizen, drawn_photo):
    photo = Photo.store(drawn_photo(), caption="Chú thích")
    edition = make_edition()
    EditionPhoto.objects.create(edition=edition, photo=photo)
    old_address, old_files = photo.url(480), list(photo.paths())
    new = SimpleUploadedFile("moi.png", drawn_photo(700, 500).getvalue())
    assert change(staff, photo, replacement=new).status_code == 302
    photo.refresh_from_db()
    assert (photo.width, photo.caption) == (700, "Chú thích")
    assert photo.url(480) in citizen.get(edition.get_absolute_url()).content.decode()
    assert citizen.get(old_address).headers["Location"] == photo.url(480)
    assert all(default_storage.exists(path) for path in photo.paths())
    assert old_files != list(photo.paths())


def test_a_replacement_that_is_no_photo_changes_nothing(staff, drawn_photo):
    photo = Photo.store(drawn_photo())
    answer = change(staff, photo, replacement=SimpleUploadedFile("x.jpg", b"<svg/>"))
    assert answer.status_code == 200
    photo.refresh_from_db()
    assert all(default_storage.exists(path) for path in photo.paths())


def test_words_typed_in_the_grid_are_saved_and_on_record(staff, drawn_photo):
    photo = Photo.store(drawn_photo())
    address = f"{LIBRARY}{photo.pk}/words/"
    answer = staff.post(address, json.dumps({"caption": "Lễ ký kết"}), "application/json")
    assert answer.json() == {"saved": ["caption"]}
    assert AuditEntry.objects.about(photo).get().changes == {"caption": ["", "Lễ ký kết"]}


@pytest.mark.parametrize("content", ["", "[]", '{"caption": "%s"}' % ("x" * 10_000)])
def test_words_that_cannot_be_saved_are_refused(staff, drawn_photo, content):
    photo = Photo.store(drawn_photo())
    answer = staff.post(f"{LIBRARY}{photo.pk}/words/", content, "application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["hoi nghi", "Hội nghị", "tuy hoa", "05/03/2026"])
def test_a_photo_is_found_by_words_place_and_day_without_marks(staff, drawn_photo, query):
    Photo.store(drawn_photo(), caption="Hội nghị", place="Tuy Hòa", taken_on="2026-03-05")
    photo = Photo.objects.get()
    photo.save()
    Photo.store(drawn_photo(500, 400), caption="Khác")
    page = staff.get(LIBRARY, {"q": query})
    assert [row.pk for row in page.context["cl"].result_list] == [photo.pk]


def test_the_photo_says_where_it_is_used_and_cannot_be_deleted(staff, drawn_photo):
    photo = Photo.store(drawn_photo())
    draft = make_draft()
    EditionPhoto.objects.create(edition=draft, photo=photo)
    page = staff.get(f"{LIBRARY}{photo.pk}/change/").content.decode()
    assert f"/quan-tri/news/edition/{draft.pk}/change/" in page
    assert staff.post(f"{LIBRARY}{photo.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_deleted_photo_leaves_no_file(staff, drawn_photo, django_capture_on_commit_callbacks):
    photo = Photo.store(drawn_photo())
    paths = list(photo.paths())
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(f"{LIBRARY}{photo.pk}/delete/", {"post": "yes"})
    assert not Photo.objects.exists()
    assert not any(default_storage.exists(path) for path in paths)


# Refused, with nothing left behind


def moving(kind, **options):
    file = BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], **options)
    return file.getvalue()


@cache
def bomb(kind):
    file = BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, kind)
    return file.getvalue()


SMALL = BytesIO()
Image.new("RGB", (40, 40)).save(SMALL, "JPEG")
ATTACKS = {
    "empty.jpg": b"",
    "text.jpg": b"khong phai anh",
    "vector.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "vector.jpg": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
    "page.jpg": b"<html><script>alert(1)</script></html>",
    "document.png": b"%PDF-1.7\n",
    "program.jpg": b"MZ\x90\x00" + b"\0" * 100,
    "zip.jpg": b"PK\x03\x04" + b"\0" * 60,
    "gif.gif": b"GIF89a" + b"\0" * 40,
    "gif-script.gif": b"GIF89a/*<script>alert(1)</script>*/=1;",
    "cut.jpg": SMALL.getvalue()[: len(SMALL.getvalue()) // 2],
    "bomb.png": lambda: bomb("PNG"),  # takes a second, which no other test shall wait for
    "bomb.tif": lambda: bomb("TIFF"),
    "moving.png": moving("PNG"),
    "moving.webp": moving("WEBP"),
    "moving.gif": moving("GIF"),
    "bitmap.bmp": moving("TIFF"),
    "header.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
    "ppm.jpg": b"P6 99999 99999 255\n",
    "eps.jpg": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
}


def attack(name):
    content = ATTACKS[name]
    return content() if callable(content) else content


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"\0\0\0\x18ftypheic" + bytes(40), "ảnh HEIC của iPhone"),
        (b"\x01\0\0\0" + bytes(36) + b" EMF" + bytes(20), "hình vẽ (WMF hoặc EMF)"),
        (b"\xd7\xcd\xc6\x9a" + bytes(40), "hình vẽ (WMF hoặc EMF)"),
        (b"\x01\0\0\0" + bytes(60), "không phải ảnh đọc được"),
    ],
)
def test_for_kinds_that_people_often_have_it_is_told_what_to_do(staff, content, line):
    answer = upload(staff, content, "anh.jpg")
    assert answer.status_code == 400
    assert line in answer.json()["error"]


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_no_photo_is_refused_with_one_line_and_leaves_nothing(staff, name):
    answer = upload(staff, attack(name), name)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert not Photo.objects.exists()
    assert not default_storage.exists("photos")


@pytest.mark.parametrize("name", [name for name in ATTACKS if name != "document.png"])
def test_what_is_no_photo_is_nothing_else_either(staff, name):
    """Under every name that a file may have, and by the door of the desk."""
    for kind in EVERY_KIND:
        with pytest.raises(ValidationError):
            File.store(BytesIO(attack(name)), f"a.{kind}", kinds=EVERY_KIND)
    for kind in ("docx", "jpg", "avif", "webp", "exe"):
        sent = SimpleUploadedFile(f"a.{kind}", attack(name) or b" ")
        staff.post("/quan-tri/news/edition/drop/", {"files": [sent], "text": ""})
    assert not Photo.objects.exists()
    assert not File.objects.exists()
    assert not default_storage.exists("files")


def test_a_photo_of_a_phone_with_a_second_picture_behind_it_is_taken(staff, drawn_photo):
    depth = Image.new("RGB", (40, 30))
    photo = drawn_photo(400, 300, "MPO", save_all=True, append_images=[depth])
    assert upload(staff, photo.getvalue(), "PXL_20260305.jpg").status_code == 200
    assert Photo.objects.get().width == 400


def test_a_polyglot_is_taken_as_the_picture_that_it_is(staff):
    polyglot = SMALL.getvalue() + b"<script>alert(1)</script>PK\x03\x04"
    assert upload(staff, polyglot, "../../anh<script>.php.jpg").status_code == 200
    for path in Photo.objects.get().paths():
        with default_storage.open(path) as file:
            assert b"script" not in file.read(), path


def test_a_full_disk_is_told_and_leaves_nothing_half_stored(staff, drawn_photo, monkeypatch):
    default_storage.exists("x")
    storage = type(default_storage._wrapped)
    real, left = storage._save, [3]

    def full(self, name, content):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        return real(self, name, content)

    monkeypatch.setattr(storage, "_save", full)
    answer = upload(staff, drawn_photo().getvalue())
    assert answer.status_code == 400
    assert "đĩa đã đầy" in answer.json()["error"]
    assert not Photo.objects.exists()
    sha_folder = default_storage.listdir("photos")[0] if default_storage.exists("photos") else []
    assert not any(default_storage.listdir(f"photos/{each}")[1] for each in sha_folder)


def test_a_photo_with_too_many_pixels_is_refused_before_it_is_decoded(monkeypatch, drawn_photo):
    photo = drawn_photo(101, 100, "JPEG")
    monkeypatch.setattr("editing.photos.LARGEST_PICTURE", 10_000)
    monkeypatch.setattr(Image.Image, "load", lambda _picture: pytest.fail("decoded"))
    with pytest.raises(ValidationError) as refusal:
        read_photo(photo)
    assert refusal.value.code == "too_many_pixels"


def test_too_large_a_file_is_refused_before_it_is_read(monkeypatch, drawn_photo):
    monkeypatch.setattr("editing.photos.LARGEST_FILE", 100)
    with pytest.raises(ValidationError) as refusal:
        Photo.store(drawn_photo())
    assert refusal.value.code == "too_large"


@pytest.mark.parametrize("address", [UPLOAD, f"{LIBRARY}1/words/", LIBRARY])
def test_staff_without_the_right_are_refused(citizen, drawn_photo, address):
    Photo.store(drawn_photo())
    citizen.force_login(make_user(is_superuser=False))
    assert citizen.post(address).status_code == 403


# The three choices


def use_form(client, draft, photo, **values):
    from tests.portal.test_staff_work import form_of, save

    rows = {"photos-TOTAL_FORMS": "1", "photos-INITIAL_FORMS": "0", "photos-0-photo": str(photo.pk)}
    rows |= {"photos-0-position": "1"} | {f"photos-0-{name}": each for name, each in values.items()}
    save(client, draft, form_of(client, draft), **rows)
    return EditionPhoto.objects.get()


@pytest.mark.parametrize(
    ("values", "is_described", "alt"),
    [
        ({}, False, ""),
        ({"description": "Hội trường đông người"}, True, "Hội trường đông người"),
        ({"describing": "caption", "caption": "Lễ ký"}, True, ""),
        ({"describing": "caption"}, False, ""),
        ({"describing": "decorative"}, True, ""),
    ],
)
def test_one_of_three_says_what_a_photo_shows(staff, drawn_photo, values, is_described, alt):
    use = use_form(staff, make_draft(), Photo.store(drawn_photo()), **values)
    assert (use.is_described, use.alt) == (is_described, alt)


def test_readers_are_told_of_pictures_by_ai(citizen, drawn_photo):
    photo = Photo.store(drawn_photo(), is_ai=True)
    edition = make_edition()
    EditionPhoto.objects.create(edition=edition, photo=photo)
    assert (
        "Ảnh do AI tạo hoặc chỉnh sửa" in citizen.get(edition.get_absolute_url()).content.decode()
    )

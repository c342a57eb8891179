"""From what is dropped on the desk to a filled form."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from editing.models import File, Photo
from news.models import Article, Edition
from portal.first_content import OLD_PAGE
from portal.importing import import_page
from tests.making import make_board, make_category, make_user
from tests.word_files import paragraph, picture, word_file

pytestmark = pytest.mark.django_db

ADDRESS = "/quan-tri/news/edition/drop/"
SEED = OLD_PAGE.read_bytes()


@pytest.fixture(autouse=True)
def _category(db):
    make_category()


def upload(content, name):
    return SimpleUploadedFile(name, content.getvalue() if isinstance(content, BytesIO) else content)


def drop(client, *files, **values):
    return client.post(ADDRESS, {"files": list(files), **values}, follow=True)


def messages_of(answer):
    return " ".join(str(message) for message in answer.context["messages"])


def test_the_seed_pasted_raw_is_the_article_that_the_importer_makes(staff):
    drop(staff, text=SEED.decode())
    pasted = Edition.objects.get()
    import_page(SEED)
    imported = Edition.objects.exclude(pk=pasted.pk).get()
    for name in ("title", "lead", "body", "author_line", "source", "listed_at"):
        assert getattr(pasted, name) == getattr(imported, name), name
    captions = [list(row.photos.values_list("position", "caption")) for row in (pasted, imported)]
    assert captions[0] == captions[1]


def test_what_is_left_out_of_the_seed_and_of_a_letter_is_told(staff):
    answer = drop(staff, text=SEED.decode())
    assert "thông báo, đường dây nóng, thống kê truy cập" in messages_of(answer)
    letter = (
        "<p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p><p>Độc lập - Tự do - Hạnh phúc</p><p>Số: 5/TB-BQL</p>"
        "<p>Hà Nội, ngày 5 tháng 3 năm 2026</p><p>Nghỉ lễ</p><p>Ban nghỉ một ngày.</p>"
    )
    answer = drop(staff, html=letter)
    assert "Số: 5/TB-BQL" in messages_of(answer)
    edition = Edition.objects.latest("pk")
    assert (edition.title, f"{edition.dated}") == ("Nghỉ lễ", "2026-03-05")
    assert "5/TB-BQL" in next(row["back"] for row in edition.suggestions if row["field"] == "dated")


def test_a_photo_of_an_iphone_is_told_what_to_do_with(staff):
    heic = upload(b"\0\0\0\x18ftypheic" + bytes(40), "IMG_1.HEIC")
    assert "ảnh HEIC của iPhone" in messages_of(drop(staff, heic, text="Tin\n\nMột câu."))


def test_a_word_file_with_pictures_fills_the_form(staff, drawn_photo):
    file = word_file(
        paragraph("Khởi công đường gom", bold=True),
        paragraph("Sáng nay, đơn vị thi công bắt đầu san nền."),
        picture(1),
        paragraph("Quang cảnh lễ khởi công"),
        pictures=(drawn_photo(640, 400).getvalue(),),
    )
    answer = drop(staff, upload(file, "Báo cáo.docx"))
    edition = Edition.objects.get()
    use = edition.photos.get()
    assert (edition.title, use.caption) == ("Khởi công đường gom", "Quang cảnh lễ khởi công")
    assert use.photo.width == 640
    assert edition.body == "<p>[Ảnh 1]</p>"
    assert answer.redirect_chain[-1][0].endswith(f"/{edition.pk}/change/")
    fields = [row["field"] for row in edition.suggestions]
    assert fields == ["title", "lead", "photos-0-caption"]


def test_photos_of_a_folder_follow_the_text_and_other_files_are_attached(staff, drawn_photo):
    drop(
        staff,
        upload(b"%PDF-1.4 x", "Quyết định 12.pdf"),
        upload(drawn_photo(500, 300), "b.png"),
        upload(drawn_photo(600, 300), "a.png"),
        upload("Tiêu đề bài\n\nMột câu mở đầu.".encode(), "bai.txt"),
    )
    edition = Edition.objects.get()
    assert [use.photo.width for use in edition.photos.all()] == [600, 500]
    assert edition.attachments.get().title == "Quyết định 12"


def test_one_bad_photo_is_named_and_the_rest_goes_in(staff, drawn_photo):
    answer = drop(
        staff,
        upload("Tiêu đề bài\n\nMột câu.".encode(), "bai.txt"),
        upload(b"<svg/>", "anh/hỏng.png"),
        upload(drawn_photo(500, 300), "tốt.jpg"),
    )
    assert "hỏng.png" in messages_of(answer)
    assert Edition.objects.get().photos.count() == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [
        *(
            (b"", "a.docx"),
            (b"MZ", "a.docx"),
            (b"\x00\x01", "a.txt"),
            (b"x", "a.doc"),
            (b"", "a.txt"),
        ),
        ("Ngày 31/02/2022\nChữ".encode(), "a.txt"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_and_nothing_is_kept(staff, content, name):
    answer = staff.post(ADDRESS, {"files": upload(content, name), "text": ""})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert not (Article.objects.exists())
    assert not (Photo.objects.exists())
    assert not (File.objects.exists())


def test_a_script_is_answered_with_the_reason(staff):
    answer = staff.post(ADDRESS, {}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"] == "Hãy chọn tệp hoặc dán nội dung trước."


def test_a_notice_goes_to_the_board(staff):
    board = make_board()
    drop(staff, text="Lịch tiếp công dân\n\nThứ năm hằng tuần.", notice="1")
    assert Edition.objects.get().category == board


def test_staff_without_the_right_are_refused(citizen):
    citizen.force_login(make_user(is_superuser=False))
    assert citizen.get(ADDRESS).status_code == 403
    assert citizen.post(ADDRESS, {"text": "x"}).status_code == 403


def test_text_that_would_run_is_cleaned(staff):
    drop(
        staff,
        html="<h1>Tiêu đề</h1><p>Một.</p><p>Hai <img src=x onerror=alert(1)></p><script>x</script>",
    )
    assert "<" not in Edition.objects.get().body.replace("<p>", "").replace("</p>", "")

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from editing.models import File, Photo
from news import views, workflow
from news.lists import PER_PAGE
from news.models import Article, Attachment, Category, Edition, EditionPhoto, Tag
from news.workflow import move_to_trash
from tests.making import (
    make_agency,
    make_board,
    make_category,
    make_draft,
    make_edition,
    make_notice,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
# Frames of MPEG audio, 417 bytes each.
MP3 = (b"\xff\xfb\x90\x00" + bytes(413)) * 3


def text(response):
    return response.content.decode()


def test_a_draft_is_hidden_from_citizens(citizen):
    draft = make_draft(title="Chưa được đọc")
    assert citizen.get(draft.get_absolute_url()).status_code == 404
    for address in (
        "/",
        "/tin-tuc/",
        "/rss/",
        "/sitemap.xml",
        "/sitemap-articles.xml",
        "/tim-kiem/?q=doc",
    ):
        assert "Chưa được đọc" not in text(citizen.get(address)), address
        assert "chua-duoc-doc" not in text(citizen.get(address)), address


def test_a_scheduled_article_is_hidden_until_its_second(citizen):
    edition = make_edition(live_from=NOW + timedelta(hours=1))
    assert citizen.get(edition.get_absolute_url()).status_code == 404


def test_an_article_in_the_trash_is_gone_everywhere(citizen):
    edition = make_edition(title="Đã bỏ đi")
    move_to_trash(edition.article, by=None)
    assert citizen.get(edition.get_absolute_url()).status_code == 404
    assert "Đã bỏ đi" not in text(citizen.get("/"))


def test_a_wrong_slug_leads_to_the_right_one(citizen):
    edition = make_edition()
    response = citizen.get(f"/tin-tuc/sai-{edition.article_id}/")
    assert response.status_code == 301
    assert response.headers["Location"] == edition.get_absolute_url()


def test_an_article_asked_for_in_the_other_language_leads_home_to_its_own(citizen):
    edition = make_edition()
    response = citizen.get(f"/en/news/x-{edition.article_id}/")
    assert response.headers["Location"] == edition.get_absolute_url()


def test_an_article_shows_its_day_in_vietnam(citizen):
    evening_utc = datetime(2021, 12, 27, 18, 0, tzinfo=UTC)
    edition = make_edition(live_from=evening_utc)
    assert 'datetime="2021-12-28"' in text(citizen.get(edition.get_absolute_url()))


def test_a_lost_photo_stands_where_the_text_says_with_its_caption(citizen):
    edition = make_edition(body="<p>Trước</p><p>[Ảnh 1]</p><p>Sau</p>")
    EditionPhoto.objects.create(edition=edition, caption="Trao giấy khen", position=1)
    page = text(citizen.get(edition.get_absolute_url()))
    assert page.index("Trước") < page.index("<figcaption") < page.index("Sau")
    assert "[Ảnh 1]" not in page


def test_a_photo_that_no_line_places_follows_the_text(citizen):
    edition = make_edition(body="<p>Thân bài</p>")
    EditionPhoto.objects.create(edition=edition, caption="Quang cảnh")
    page = text(citizen.get(edition.get_absolute_url()))
    assert page.index("Thân bài") < page.index("Quang cảnh")


def test_lists_go_from_new_to_old(citizen):
    make_edition(title="Bài cũ", live_from=NOW - timedelta(days=3))
    make_edition(title="Bài mới", live_from=NOW - timedelta(days=1))
    page = text(citizen.get("/tin-tuc/"))
    assert page.index("Bài mới") < page.index("Bài cũ")


def test_notices_stand_apart_from_news(citizen):
    make_notice(title="Cúp điện ngày mai")
    assert "Cúp điện" not in text(citizen.get("/tin-tuc/")).partition("<aside")[0]
    assert "Cúp điện" in text(citizen.get("/thong-bao/"))


def test_a_notice_whose_time_is_over_leaves_the_list_and_keeps_its_address(citizen):
    notice = make_notice(title="Nhận hồ sơ đến hôm qua", ends_at=NOW - timedelta(minutes=1))
    assert "Nhận hồ sơ" not in text(citizen.get("/thong-bao/"))
    assert citizen.get(notice.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("few", [0, 2, 3, 500])
def test_of_many_notices_the_same_are_shown_as_of_few(citizen, monkeypatch, few):
    monkeypatch.setattr(views, "FEW_NOTICES", few)
    for number in range(3):
        make_notice(title=f"Đang có {number}")
        make_notice(title=f"Đã qua {number}", ends_at=NOW - timedelta(minutes=1))
    context = citizen.get("/thong-bao/?past").context
    assert {row.title for row in context["notices"]} == {f"Đang có {at}" for at in range(3)}
    assert {row.title for row in context["page"].editions} == {f"Đã qua {at}" for at in range(3)}


def test_urgent_notices_stand_first(citizen):
    make_notice(title="Thông thường", live_from=NOW - timedelta(hours=1))
    make_notice(title="Khẩn cấp bão", notice_level=1, live_from=NOW - timedelta(days=2))
    page = text(citizen.get("/thong-bao/"))
    assert page.index("Khẩn cấp bão") < page.index("Thông thường")


def test_the_notice_board_has_one_address(citizen):
    make_board(name_vi="Thông báo", name_en="Notices")
    response = citizen.get("/chuyen-muc/thong-bao/")
    assert (response.status_code, response.headers["Location"]) == (301, "/thong-bao/")


def test_a_category_shows_its_own_and_its_childrens(citizen):
    parent = make_category(name_vi="Doanh nghiệp")
    child = make_category(name_vi="Tuyển dụng", parent=parent)
    make_edition(title="Tuyển kỹ sư", category=child)
    assert "Tuyển kỹ sư" in text(citizen.get("/chuyen-muc/doanh-nghiep/"))


def test_a_category_has_its_own_address_in_english(citizen):
    make_category(name_vi="Môi trường", name_en="Environment")
    assert citizen.get("/en/category/environment/").status_code == 200
    response = citizen.get("/en/category/moi-truong/")
    assert response.headers["Location"] == "/en/category/environment/"


@pytest.mark.parametrize(
    "address",
    [
        *("/tin-tuc/?page=2", "/tin-tuc/?page=0", "/tin-tuc/?page=-1", "/tin-tuc/?page=x"),
        *("/tin-tuc/?page=51", "/tin-tuc/?page=99999999999999999999", "/tin-tuc/?truoc=7"),
        *("/tin-tuc/2021/13/", "/tin-tuc/0000/", "/tin-tuc/khong-co-999999/"),
        *("/tin-tuc/x-99999999999999999999999/", "/chuyen-muc/khong-co/", "/the/khong-co/"),
    ],
)
def test_an_address_that_leads_nowhere_is_a_helpful_404(citizen, address):
    assert citizen.get(address).status_code == 404


def test_deep_pages_go_on_by_key_and_miss_nothing(citizen, monkeypatch):
    monkeypatch.setattr("news.lists.LAST_NUMBERED_PAGE", 1)
    for number in range(PER_PAGE + 3):
        make_edition(title=f"Bài số {number:02d}.", live_from=NOW - timedelta(hours=number + 1))
    first = citizen.get("/tin-tuc/").context["page"]
    assert first.older.startswith("?truoc=")
    rest = citizen.get("/tin-tuc/" + first.older).context["page"]
    assert [e.title for e in first.editions + rest.editions] == [
        f"Bài số {number:02d}." for number in range(PER_PAGE + 3)
    ]


def test_the_archive_of_a_month_holds_that_month_in_vietnam(citizen):
    make_edition(title="Cuối tháng Mười Hai", live_from=datetime(2021, 12, 31, 16, 59, tzinfo=UTC))
    make_edition(title="Đầu tháng Giêng", live_from=datetime(2021, 12, 31, 17, 0, tzinfo=UTC))
    page = text(citizen.get("/tin-tuc/2021/12/"))
    assert "Cuối tháng Mười Hai" in page
    assert "Đầu tháng Giêng" not in page.partition("<aside")[0]


@pytest.mark.parametrize(
    "address", ["/tin-tuc/", "/thong-bao/", "/", "/tim-kiem/", "/duong-day-nong/"]
)
def test_public_pages_are_only_read(citizen, address):
    assert citizen.post(address).status_code == 405


def test_articles_of_one_language_stay_out_of_the_other(citizen):
    make_edition(title="Chỉ tiếng Việt")
    make_edition(title="English only", language="en")
    assert "Chỉ tiếng Việt" not in text(citizen.get("/en/news/"))
    assert "English only" not in text(citizen.get("/tin-tuc/"))


def test_an_article_leads_to_its_translation(citizen):
    vietnamese = make_edition(title="Khởi công")
    english = make_edition(title="Ground-breaking", language="en")
    Article.objects.filter(pk=english.article_id).update(
        translation_group=vietnamese.article.translation_group
    )
    page = text(citizen.get(vietnamese.get_absolute_url()))
    assert f'href="{english.get_absolute_url()}"' in page


def test_the_feed_carries_the_whole_text_under_the_sites_own_address(citizen, settings):
    edition = make_edition(body="<p>Toàn văn ở đây.</p>")
    feed = text(citizen.get("/rss/"))
    assert "Toàn văn ở đây." in feed
    assert settings.SITE_URL + edition.get_absolute_url() in feed
    assert "example.com" not in feed


def test_the_sitemap_names_what_is_public(citizen, settings):
    edition = make_edition()
    assert f"{settings.SITE_URL}/sitemap-articles.xml" in text(citizen.get("/sitemap.xml"))
    assert settings.SITE_URL + edition.get_absolute_url() in text(
        citizen.get("/sitemap-articles.xml")
    )


def test_the_sitemap_shows_the_photo_of_the_card(citizen, settings, drawn_photo):
    photo = Photo.store(drawn_photo())
    make_edition(lead_photo=photo)
    sitemap = text(citizen.get("/sitemap-articles.xml"))
    [address] = re.findall("<image:loc>(.*)</image:loc>", sitemap)
    assert address == settings.SITE_URL + photo.largest_url
    ET.fromstring(sitemap.encode())  # noqa: S314


def test_the_sitemap_for_news_services_has_two_days_and_no_notices(citizen, settings, clock):
    make_agency()
    new = make_edition(title="Khởi công & bàn giao", live_from=NOW - timedelta(hours=47))
    make_edition(title="Hôm kìa", live_from=NOW - timedelta(hours=49))
    make_edition(title="News", language="en")
    make_notice()
    sitemap = text(citizen.get("/sitemap-news.xml"))
    ET.fromstring(sitemap.encode())  # noqa: S314
    assert settings.SITE_URL + new.get_absolute_url() in sitemap
    assert "Khởi công &amp; bàn giao" in sitemap
    assert re.findall("<news:language>(.*?)</news:language>", sitemap) == ["en", "vi"]
    assert re.findall("<news:name>(.*?)</news:name>", sitemap) == [
        *("Economic Zone Authority", "Ban Quản lý Khu kinh tế"),
    ]
    assert f"{settings.SITE_URL}/sitemap-news.xml" in text(citizen.get("/sitemap.xml"))


def test_slugs_keep_the_letter_d():
    assert make_draft(title="Đường dây nóng").slug == "duong-day-nong"
    assert Category.objects.create(name_vi="Đấu thầu").slug_vi == "dau-thau"


def test_moving_an_article_in_time_moves_all_its_editions():
    edition = make_edition()
    edition.article.set_first_published_at(NOW - timedelta(days=400))
    assert Edition.objects.get().listed_at == NOW - timedelta(days=400)


def approved_anew(edition, **changes):
    draft = workflow.edit_anew(edition, by=None)
    Edition.objects.filter(pk=draft.pk).update(**changes)
    return workflow.approve(draft, by=None)


def test_what_was_published_in_error_is_gone_with_an_explanation(citizen):
    edition = make_edition(title="Đăng nhầm")
    workflow.withdraw(edition, by=None, reason="in_error", note="Bài đăng nhầm bản nháp.")
    answer = citizen.get(edition.get_absolute_url())
    assert answer.status_code == 410
    assert "Bài đăng nhầm bản nháp." in answer.content.decode()
    assert "Sáng nay, đơn vị thi công" not in answer.content.decode()


def test_what_is_no_longer_valid_is_read_under_a_banner_and_is_in_no_list(citizen):
    edition = make_edition(title="Quy định cũ")
    workflow.withdraw(edition, by=None, reason="not_valid", note="Đã có quy định mới.")
    page = citizen.get(edition.get_absolute_url())
    assert page.status_code == 200
    assert "Không còn hiệu lực" in page.content.decode()
    for address in ("/", "/tin-tuc/", "/rss/", "/tim-kiem/?q=quy+dinh+cu", "/sitemap-articles.xml"):
        assert "Quy định cũ" not in citizen.get(address).content.decode(), address


def test_a_merged_article_leads_to_the_other(citizen):
    edition, target = make_edition(title="Bài một"), make_edition(title="Bài hai")
    workflow.withdraw(edition, by=None, reason="merged", note="Gộp", merged_into=target.article)
    answer = citizen.get(edition.get_absolute_url())
    assert answer.status_code == 301
    assert answer.headers["Location"] == target.get_absolute_url()


def test_a_withdrawn_article_in_the_trash_is_not_found(citizen):
    edition = make_edition()
    workflow.withdraw(edition, by=None, reason="in_error", note="Nhầm")
    workflow.move_to_trash(edition.article, by=None)
    assert citizen.get(edition.get_absolute_url()).status_code == 404


def test_an_archived_article_leaves_the_lists_and_keeps_its_address(citizen):
    edition = make_edition(title="Bài lưu trữ")
    workflow.archive(edition, by=None)
    assert "Bài lưu trữ" not in citizen.get("/").content.decode()
    assert "Bài lưu trữ" not in citizen.get("/tin-tuc/").content.decode()
    assert "Lưu trữ" in citizen.get(edition.get_absolute_url()).content.decode()
    assert "Bài lưu trữ" in citizen.get("/tim-kiem/?q=bai+luu+tru").content.decode()


def test_an_ended_notice_stays_in_its_list_only_where_staff_say_so(citizen):
    over = timezone.now() - timedelta(minutes=1)
    make_notice(title="Thông báo rời đi", ends_at=over)
    make_notice(title="Thông báo ở lại", ends_at=over, leaves_when_ended=False)
    page = citizen.get("/thong-bao/").content.decode().partition("<main")[2]
    assert "Thông báo rời đi" not in page
    assert "Thông báo ở lại" in page
    assert "Đã hết hạn" in page


def test_the_list_of_updates_says_what_changed(citizen):
    edition = make_edition()
    new = approved_anew(edition, change_note="Sửa số liệu quý I", change_kind="correction")
    page = citizen.get(new.get_absolute_url()).content.decode()
    assert "Lịch sử cập nhật" in page
    assert "Đính chính" in page
    assert "Sửa số liệu quý I" in page


def test_a_minor_change_is_in_no_list_of_updates(citizen):
    edition = make_edition()
    new = approved_anew(edition, change_note="Sửa lỗi gõ", is_minor=True)
    page = citizen.get(new.get_absolute_url()).content.decode()
    assert "Sửa lỗi gõ" not in page
    assert "Lịch sử cập nhật" not in page


def test_a_correction_never_moves_an_article_in_lists(citizen):
    old = make_edition(title="Bài cũ", live_from=timezone.now() - timedelta(days=9))
    make_edition(title="Bài mới")
    approved_anew(old, title="Bài cũ đã đính chính")
    page = citizen.get("/tin-tuc/").content.decode()
    assert page.index("Bài mới") < page.index("Bài cũ đã đính chính")


def test_related_articles_are_those_picked_and_then_those_of_a_tag(citizen):
    tag = Tag.objects.create(name_vi="đầu tư")
    articles = [make_edition(title=f"Bài {number}") for number in range(6)]
    articles[0].tags.add(tag)
    articles[2].tags.add(tag)
    articles[0].related.add(articles[4].article)
    related = citizen.get(articles[0].get_absolute_url()).context["related"]
    assert [row.title for row in related] == ["Bài 4", "Bài 2"]


def test_a_changed_slug_leads_on_in_one_step(citizen):
    category = make_category(name_vi="Đầu tư", slug_vi="dau-tu")
    for slug in ("dau-tu-moi", "dau-tu-moi-hon"):
        category.slug_vi = slug
        category.save()
    for old in ("dau-tu", "dau-tu-moi"):
        answer = citizen.get(f"/chuyen-muc/{old}/")
        assert answer.status_code == 301
        assert answer.headers["Location"] == "/chuyen-muc/dau-tu-moi-hon/"


def test_a_slug_taken_back_makes_no_loop(citizen):
    category = make_category(name_vi="Đầu tư", slug_vi="mot")
    for slug in ("hai", "mot"):
        category.slug_vi = slug
        category.save()
    assert citizen.get("/chuyen-muc/mot/").status_code == 200
    assert citizen.get("/chuyen-muc/hai/").headers["Location"] == "/chuyen-muc/mot/"


def test_two_photos_of_one_number_are_both_shown(citizen):
    edition = make_edition(body="<p>Một</p><p>[Ảnh 1]</p><p>Hai</p>")
    for caption in ("Toàn cảnh", "Trao giấy khen"):
        EditionPhoto.objects.create(edition=edition, caption=caption, position=1)
    page = text(citizen.get(edition.get_absolute_url()))
    assert page.count("Toàn cảnh") == page.count("Trao giấy khen") == 1
    assert page.index("Một") < page.index("Toàn cảnh") < page.index("Hai")


def test_a_reading_that_staff_attached_is_heard_at_the_top(citizen):
    make_agency()
    edition = make_edition()
    content = SimpleUploadedFile("bai.mp3", MP3)
    file = File.store(content, "bai.mp3")
    Attachment.objects.create(edition=edition, file=file, title="Nghe bài")
    page = citizen.get(edition.get_absolute_url()).content.decode()
    assert f'controls preload="none" src="{file.get_absolute_url()}"' in page
    assert "data-listen " not in page
    answer = citizen.get(file.get_absolute_url(), headers={"range": "bytes=0-9"})
    assert (answer.status_code, answer["Content-Type"]) == (206, "audio/mpeg")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content) == MP3[:10]

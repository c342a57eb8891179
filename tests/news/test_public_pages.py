from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from news.lists import PER_PAGE
from news.models import Article, Category, Edition, EditionPhoto
from news.workflow import move_to_trash
from tests.making import make_board, make_category, make_draft, make_edition, make_notice

pytestmark = pytest.mark.django_db
NOW = timezone.now()


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


def test_slugs_keep_the_letter_d():
    assert make_draft(title="Đường dây nóng").slug == "duong-day-nong"
    assert Category.objects.create(name_vi="Đấu thầu").slug_vi == "dau-thau"


def test_moving_an_article_in_time_moves_all_its_editions():
    edition = make_edition()
    edition.article.set_first_published_at(NOW - timedelta(days=400))
    assert Edition.objects.get().listed_at == NOW - timedelta(days=400)

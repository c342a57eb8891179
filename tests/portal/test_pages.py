"""Every public page: it works, says the right thing, and asks the database little."""

import json
import re
from datetime import date
from html.parser import HTMLParser
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from editing.models import File, Photo
from news.models import Article, Attachment, Edition, EditionPhoto
from portal import hotline_copy
from tests.making import (
    make_agency,
    make_edition,
    make_notice,
    make_official,
)

pytestmark = pytest.mark.django_db

MOST_QUERIES = 9


@pytest.fixture(scope="module", autouse=True)
def first_content(rows_of_the_module):
    call_command("first_content", stdout=StringIO())


ADDRESSES = [
    *("/", "/tin-tuc/", "/tin-tuc/2021/", "/tin-tuc/2021/12/", "/chuyen-muc/hoat-dong/"),
    *("/thong-bao/", "/tim-kiem/?q=khu+kinh+te", "/duong-day-nong/", "/bo-may/", "/lien-he/"),
    *("/phan-anh-kien-nghi/", "/thong-ke-truy-cap/", "/gioi-thieu/", "/du-lieu-ca-nhan/"),
    *("/ho-tro-tiep-can/", "/su-dung-lai-thong-tin/", "/so-do-trang/", "/rss/"),
    *("/atom/", "/feed.json", "/en/atom/", "/en/feed.json", "/chuyen-muc/hoat-dong/atom/"),
    *("/thong-bao/rss/", "/chuyen-muc/hoat-dong/rss/", "/duong-day-nong.vcf"),
    *("/en/", "/en/news/", "/en/category/activities/", "/en/notices/", "/en/search/?q=zone"),
    *("/en/hotline/", "/en/organisation/", "/en/contact/", "/en/feedback/", "/en/statistics/"),
    *("/en/about/", "/en/personal-data/", "/en/accessibility/", "/en/reuse/", "/en/sitemap/"),
    *("/en/rss/", "/en/hotline.vcf", "/sitemap.xml", "/sitemap-pages.xml", "/robots.txt"),
    *("/sitemap-articles.xml", "/sitemap-news.xml", "/healthz", "/readyz", "/khong-co-trang-nay/"),
]


def queries_of(address):
    # A client of its own: nothing may be remembered from the page before.
    with CaptureQueriesContext(connection) as queries:
        response = Client().get(address)
        if not response.streaming:
            response.content  # noqa: B018
    return response, len(queries)


# Those of a portal with many texts stand in test_page_budgets.
@pytest.mark.parametrize("address", [address for address in ADDRESSES if "2021" in address])
def test_a_past_year_answers_within_its_budget(first_content, address):
    response, queries = queries_of(address)
    assert response.status_code == 200
    assert queries <= MOST_QUERIES


def test_the_fullest_article_stays_within_the_budget(first_content, drawn_photo):
    edition = make_edition(title="Bài đầy đủ")
    make_edition(title="Bài trước")
    make_notice()
    photo = Photo.store(drawn_photo())
    EditionPhoto.objects.create(edition=edition, photo=photo, caption="Ảnh")
    file = File.objects.create(
        name="a.pdf", extension="pdf", path="files/a.pdf", size=1, sha256="0"
    )
    Attachment.objects.create(edition=edition, file=file, title="Quyết định")
    response, queries = queries_of(edition.get_absolute_url())
    assert response.status_code == 200
    assert queries <= MOST_QUERIES


class Visible(HTMLParser):
    """The text a reader sees, without scripts and without what is marked as another language."""

    def __init__(self, language):
        super().__init__()
        self.language, self.stack, self.text = language, [], []

    def handle_starttag(self, tag, attributes):
        if tag in ("meta", "link", "img", "input", "br", "hr", "path", "rect", "circle", "source"):
            return
        self.stack.append((tag, dict(attributes).get("lang")))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        languages = [language for _tag, language in self.stack if language]
        is_shown = not {"script", "style"} & {tag for tag, _language in self.stack}
        if is_shown and (languages or [self.language])[-1] == self.language:
            self.text.append(data)


def visible_text(response, language):
    parser = Visible(language)
    parser.feed(response.content.decode())
    return " ".join(" ".join(parser.text).split())


ENGLISH_WORDS = re.compile(
    r"\b(the|and|of|search|news|notices?|hotline|home|page|visits?|today|not confirmed)\b", re.I
)
VIETNAMESE_LETTERS = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.I)


@pytest.mark.parametrize(
    "address", [a for a in ADDRESSES if not a.startswith("/en/") and a.endswith("/")]
)
def test_a_vietnamese_page_has_no_english_word(first_content, citizen, address):
    found = ENGLISH_WORDS.findall(visible_text(citizen.get(address), "vi"))
    assert found == []


@pytest.mark.parametrize(
    "address", [a for a in ADDRESSES if a.startswith("/en/") and a.endswith("/") and "rss" not in a]
)
def test_an_english_page_has_no_vietnamese_label(first_content, citizen, address):
    text = visible_text(citizen.get(address), "en")
    assert VIETNAMESE_LETTERS.findall(text) == [], text


def test_the_first_screen_of_a_new_portal(first_content, citizen):
    page = citizen.get("/").content.decode()
    for words in (
        *("Ban Quản lý Khu kinh tế", "Bản chạy thử", "Hiện không có thông báo."),
        *("28/12/2021", "Chưa xác nhận", "Ông Nguyễn Xuân Hùng", "tel:+84913705521"),
        *("Dịch vụ công trực tuyến", "Hỗ trợ tiếp cận"),
    ):
        assert words in page, words


def test_robots_are_asked_to_stay_away_until_the_agency_announces(first_content, citizen):
    assert "Disallow: /\n" in citizen.get("/robots.txt").content.decode()
    assert 'content="noindex' in citizen.get("/").content.decode()
    make_agency(set_up_on=date(2026, 12, 1))
    assert "Disallow: /\n" not in citizen.get("/robots.txt").content.decode()
    assert "noindex" not in citizen.get("/").content.decode()


def test_a_menu_entry_without_content_is_not_shown(first_content, citizen):
    assert 'href="/thong-bao/"' not in citizen.get("/").content.decode().partition("<main")[0]
    make_notice()
    assert 'href="/thong-bao/"' in citizen.get("/").content.decode().partition("<main")[0]


def test_the_hotline_survives_the_database(first_content, citizen, monkeypatch):
    from django.db import OperationalError

    hotline_copy.renew()

    def gone(*args, **kwargs):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("portal.views.front_page", gone)
    response = citizen.get("/")
    assert response.status_code == 503
    assert "tel:+84913705521" in response.content.decode()
    assert response.headers["Retry-After"]


def test_an_error_of_ours_shows_the_hotline_and_nothing_inside(first_content, monkeypatch):
    hotline_copy.renew()

    def broken(*args, **kwargs):
        raise RuntimeError("mật khẩu trong này")

    monkeypatch.setattr("portal.views.front_page", broken)
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 500
    assert "tel:+84913705521" in response.content.decode()
    assert "mật khẩu" not in response.content.decode()


def test_the_pages_of_500_and_503_ask_the_database_nothing(
    first_content, django_assert_num_queries, rf
):
    from portal import errors

    hotline_copy.renew()
    with django_assert_num_queries(0):
        errors.server_error(rf.get("/"))
        errors.unavailable(rf.get("/en/"))


def test_the_copy_of_the_hotline_is_renewed_only_when_something_changed(first_content):
    assert hotline_copy.renew()
    assert not hotline_copy.renew()
    make_official("0913 000 111", name="Trần Văn Được")
    assert hotline_copy.renew()
    assert "Trần Văn Được" in json.dumps(hotline_copy.read("vi"), ensure_ascii=False)


def test_a_missing_page_shows_the_hotline(first_content, citizen):
    response = citizen.get("/khong-co-trang-nay/")
    assert response.status_code == 404
    assert "tel:+84913705521" in response.content.decode()


def test_a_program_that_asks_for_the_icon_is_led_to_it(citizen):
    answer = citizen.get("/favicon.ico")
    assert answer.headers["Location"].endswith("icon.svg")


def test_a_phone_can_put_the_portal_beside_its_programs(first_content, citizen, settings):
    assert '<link rel="manifest" href="/manifest.webmanifest">' in citizen.get("/").content.decode()
    answer = citizen.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["name"] == "Ban Quản lý Khu kinh tế"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"any", "192x192", "512x512"}
    for each in manifest["shortcuts"]:
        assert citizen.get(each["url"]).status_code == 200


def test_pages_link_to_their_translation(first_content, citizen):
    assert 'hreflang="en"' in citizen.get("/gioi-thieu/").content.decode()
    assert 'href="/en/about/"' in citizen.get("/gioi-thieu/").content.decode()


def test_readers_of_any_other_language_are_led_to_vietnamese(first_content, citizen, settings):
    default = f'hreflang="x-default" href="{settings.SITE_URL}/gioi-thieu/"'
    for address in ("/gioi-thieu/", "/en/about/"):
        assert default in citizen.get(address).content.decode()
    assert "x-default" not in citizen.get("/tin-tuc/hoi-nghi-1/", follow=True).content.decode()


def test_the_canonical_address_has_no_stray_parameters(first_content, citizen, settings):
    page = citizen.get("/tin-tuc/?utm_source=x&page=1").content.decode()
    assert f'<link rel="canonical" href="{settings.SITE_URL}/tin-tuc/' in page
    assert "utm_source" not in page.partition("</head>")[0]


def test_public_pages_carry_a_policy_without_inline_script_or_style(first_content, citizen):
    policy = citizen.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_no_page_asks_another_host_for_anything(first_content, citizen):
    for address in ADDRESSES:
        page = citizen.get(address).content.decode()
        for found in re.findall(r'(?:src|srcset|action)="([^"]+)"', page):
            assert found.startswith("/"), (address, found)
        for found in re.findall(
            r'<link[^>]+rel="(?:stylesheet|icon|preload)"[^>]+href="([^"]+)"', page
        ):
            assert found.startswith("/"), (address, found)


def test_the_first_content_is_made_once(first_content):
    Edition.objects.all().delete()
    Article.objects.all().delete()
    call_command("first_content", stdout=StringIO())
    assert not Article.objects.exists()


def test_readiness_names_what_is_wrong_and_stays_200(first_content, citizen):
    response = citizen.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "degraded", "problems": ["runner", "backup"]}

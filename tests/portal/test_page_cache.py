"""Kept pages: the same bytes as a page built now, for everybody, at every instant."""

import dataclasses
import gzip
import io
import json
import re
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from pathlib import Path

import brotli
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, resolve, reverse
from django.utils import timezone, translation
from gunicorn.config import Config
from gunicorn.http.wsgi import Response

from contacts.models import Appointment, OpeningHours, PhoneNumber, SpecialDay
from editing.models import File, Photo
from news import workflow
from news.models import Attachment, Category, Edition, EditionPhoto, FrontStory, Tag
from news.models.articles import Withdrawal
from portal import hotline_copy
from portal.models import Agency, Emergency, Link, LinkGroup, MenuItem, Page, Redirect
from portal.page_cache import entries, layer, moments, places
from portal.page_cache.changes import SILENT
from portal.page_cache.entries import Shelf
from portal.page_cache.layer import PageCache
from portal.page_cache.rules import KEPT, NOT_KEPT, NOT_KEPT_SPACES, query_of
from stats import box
from stats.spool import Pageview
from tests.making import (
    make_agency,
    make_board,
    make_category,
    make_draft,
    make_edition,
    make_notice,
    make_official,
    make_user,
)
from tests.portal.test_faults import database_gone

PHONE = "Mozilla/5.0 (Linux; Android 14; CUBOT X90) AppleWebKit/537.36 Chrome/130.0 Mobile"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        decode = {"gzip": gzip.decompress, "br": brotli.decompress}
        plain = decode.get(self.headers.get("Content-Encoding", ""), bytes)
        return plain(self.body).decode()


@dataclass
class Front:
    """Asks as a web server does, and counts what Django had to build."""

    application: object = field(default_factory=WSGIHandler)
    built: int = 0

    def __post_init__(self) -> None:
        self.cache = PageCache(self._count)

    def _count(self, environ, start_response):
        self.built += 1
        return self.application(environ, start_response)

    def get(self, address: str, method: str = "GET", **headers: str) -> Answer:
        said = []
        with connections_stay():
            body = self.send(address, method, said, **headers)
            content = b"".join(body)
            if hasattr(body, "close"):
                body.close()
        ((status, head),) = said
        return Answer(int(status[:3]), dict(head), content)

    def send(self, address: str, method: str = "GET", said: list | None = None, **headers: str):
        said = [] if said is None else said
        environ = self.environ(address, method, **headers)
        return self.cache(environ, lambda status, head: said.append((status, head)))

    def environ(self, address: str, method: str = "GET", **headers: str):
        path, _mark, query = address.partition("?")
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "198.51.100.7",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_USER_AGENT": PHONE,
            "HTTP_ACCEPT_LANGUAGE": "vi",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }


@contextmanager
def connections_stay():
    """As with Django's own test client: a test's connection outlives its requests."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@pytest.fixture
def pages(settings, tmp_path):
    settings.PAGE_CACHE, settings.VAR_DIR = True, tmp_path
    settings.MARKS_DIR = tmp_path / "marks"
    for known in (places.folder, places.marks, moments._read_once):
        known.cache_clear()
    yield
    for known in (places.folder, places.marks, moments._read_once):
        known.cache_clear()


@pytest.fixture
def front(pages, db):
    make_agency()
    return Front()


# What is kept, and for whom


def test_a_page_is_built_once(front):
    first, second = front.get("/tin-tuc/"), front.get("/tin-tuc/")
    assert front.built == 1
    assert (first.status, first.headers, first.body) == (
        second.status,
        second.headers,
        second.body,
    )


def test_another_process_finds_it(front):
    front.get("/tin-tuc/")
    other = Front()
    assert other.get("/tin-tuc/").status == 200
    assert other.built == 0


def test_it_is_what_django_says(front):
    make_edition(title="Hội nghị")
    plain = Client().get("/tin-tuc/")
    for _time in range(2):
        answer = front.get("/tin-tuc/")
        assert answer.body == plain.content
        assert "Content-Security-Policy" in answer.headers
        for name, value in plain.headers.items():
            if name not in ("Vary", "ETag", "Content-Length"):
                assert answer.headers[name] == value


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("GZIP;q=1.0", "gzip"),
        ("", None),
        ("identity", None),
        ("gzip;q=0, br;q=0.000", None),
        ("*" * 5000, None),
    ],
)
def test_it_is_sent_in_the_reader_s_coding(front, accepted, coding):
    plain = front.get("/tin-tuc/").body.decode()
    answer = front.get("/tin-tuc/", accept_encoding=accepted)
    assert answer.headers.get("Content-Encoding") == coding
    assert answer.text == plain
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert front.built == 1


@pytest.mark.parametrize("is_behind_a_cache", [False, True])
@pytest.mark.parametrize("accepted", ["", "gzip", "br"])
def test_gunicorn_sends_the_same_page_in_one_piece(
    pages, db, settings, accepted, is_behind_a_cache
):
    settings.STATS_BEACON = is_behind_a_cache
    make_agency()
    front = Front()
    plain = front.get("/tin-tuc/", accept_encoding=accepted)
    response = Response(Request(), None, Config())
    environ = front.environ("/tin-tuc/", accept_encoding=accepted)
    [piece] = front.cache(environ, response.start_response)
    head, _gap, body = piece.partition(b"\r\n\r\n")
    sent = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:])
    own = {name: sent.pop(name) for name in ("Server", "Date", "Connection")}
    assert own["Connection"] == "keep-alive"
    assert (sent, body) == (plain.headers, plain.body)


class Request:
    """As much of gunicorn's as an answer looks at."""

    version, method = (1, 1), "GET"

    def should_close(self):
        return False


def test_each_coding_has_a_strong_tag_of_its_own(front):
    tags = {
        front.get("/tin-tuc/", accept_encoding=coding).headers["ETag"]
        for coding in ("", "gzip", "br")
    }
    assert len(tags) == 3
    assert not any(tag.startswith("W/") for tag in tags)


@pytest.mark.parametrize("given", ["{}", 'W/"x", {}', "W/{}", "*"])
def test_a_browser_that_has_it_is_told_so(front, given):
    tag = front.get("/tin-tuc/").headers["ETag"]
    answer = front.get("/tin-tuc/", if_none_match=given.format(tag))
    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", tag)
    assert "Content-Security-Policy" in answer.headers
    assert "Content-Length" not in answer.headers


@pytest.mark.parametrize("given", ['"another"', "", "x" * 9000, '"'])
def test_a_browser_that_has_another_one_gets_it(front, given):
    front.get("/tin-tuc/")
    assert front.get("/tin-tuc/", if_none_match=given).status == 200


@pytest.mark.parametrize(("ahead", "status"), [(0, 304), (-5, 200), (None, 200)])
def test_a_date_will_do_where_there_is_no_tag(front, ahead, status):
    front.get("/tin-tuc/")
    since = "gestern" if ahead is None else formatdate(time.time() + ahead, usegmt=True)
    assert front.get("/tin-tuc/", if_modified_since=since).status == status


def test_the_same_bytes_keep_their_date_and_tag(front, clock):
    first = front.get("/sw.js")
    clock.shift(entries.LIFE + 1)
    second = front.get("/sw.js")
    assert front.built == 2
    assert second.headers["Last-Modified"] == first.headers["Last-Modified"]
    assert second.headers["ETag"] == first.headers["ETag"]


def test_head_is_answered_without_a_body_from_the_same_page(front):
    whole = front.get("/tin-tuc/")
    head = front.get("/tin-tuc/", "HEAD")
    assert (head.status, head.body, head.headers) == (200, b"", whole.headers)
    assert front.built == 1


STRANGE = {
    "cookie": "session=geheim; csrf=x",
    "accept_language": "en",
    "x_forwarded_host": "evil.example",
    "x_forwarded_proto": "https",
    "x_forwarded_for": "203.0.113.1",
    "x_original_url": "/quan-tri/",
    "x_rewrite_url": "/en/",
    "x_http_method_override": "POST",
    "authorization": "Basic Zm9v",
    "range": "bytes=0-10",
    "sec_purpose": "prefetch",
    "save_data": "on",
    "forwarded": "host=evil.example",
    "accept": "application/json",
}


@pytest.mark.parametrize("name", STRANGE)
def test_no_header_of_a_reader_splits_or_poisons_it(front, name):
    poisoned = front.get("/tin-tuc/", **{name: STRANGE[name]})
    assert front.get("/tin-tuc/").body == poisoned.body == Client().get("/tin-tuc/").content
    assert front.built == 1


def test_nothing_of_a_signed_in_reader_is_kept(front):
    client = Client()
    client.force_login(make_user())
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    answer = front.get("/", cookie=cookie)
    assert "Set-Cookie" not in answer.headers
    assert answer.body == Client().get("/").content


@pytest.mark.parametrize("query", ["?utm_source=zalo", "?fbclid=x&y", "?page=", "?nam=2021", "?&&"])
def test_unknown_words_of_the_query_change_nothing(front, query):
    address = "/so-do-trang/"
    assert front.get(address + query).body == front.get(address).body
    assert front.built == 1


def test_known_words_of_the_query_make_another_page(front):
    category = make_category(name_vi="Tin", slug_vi="tin")
    for number in range(25):
        make_edition(title=f"Bài {number}", category=category)
    first, second = front.get("/tin-tuc/"), front.get("/tin-tuc/?utm=1&page=2&page=2")
    assert first.body != second.body
    assert second.body == Client().get("/tin-tuc/?page=2").content
    assert front.get("/tin-tuc/?page=2").body == second.body
    assert front.built == 2


@pytest.mark.parametrize("before", ["vi", "en"])
def test_an_address_is_read_in_its_own_language(front, before):
    """Whatever language the thread has from the request before."""
    category = make_category(name_en="News", slug_en="news", name_vi="Tin", slug_vi="tin")
    for number in range(25):
        for language in ("vi", "en"):
            make_edition(title=f"Bài {number}", category=category, language=language)
    for address, other in (
        ("/tin-tuc/", "?page=2"),
        ("/en/news/", "?page=2"),
        ("/tim-kiem/", "?q=bai"),
        ("/en/search/", "?q=bai"),
    ):
        layer._parameters_of.cache_clear()
        with translation.override(before):
            first, second = front.get(address), front.get(address + other)
        assert first.body != second.body
        assert second.body == Client().get(address + other).content


def test_what_is_longer_than_any_address_of_ours_is_not_remembered(front):
    kept = layer._parameters_of.cache_info, query_of.cache_info
    known = [info().currsize for info in kept]
    for number in range(20):
        assert front.get(f"/{'a' * 2000}{number}/").status == 404
        front.get(f"/tin-tuc/?x={'a' * 2000}{number}")
    assert [info().currsize for info in kept] == known


def test_an_error_of_one_page_is_shown_and_makes_no_other_page_late(pages, db, clock):
    front = Front(answering(["200 OK", "200 OK", "500 Internal Server Error", "200 OK"]))
    front.get("/tin-tuc/")
    front.get("/thong-bao/")
    clock.shift(entries.LIFE)
    assert front.get("/tin-tuc/").status == 500
    front.get("/thong-bao/")
    assert front.built == 4


def test_a_query_is_always_written_in_one_way():
    names = ("page", "before")
    assert query_of("before=3&x=1&page=2", names) == query_of("page=2&before=3", names)
    assert query_of("x=" + "1" * 5000, names) == ""
    assert query_of("page=" + "1" * 5000, names) is None
    assert query_of("&".join(f"a{number}" for number in range(200)), names) is None


@pytest.mark.parametrize(
    ("address", "method"), [("/tim-kiem/?q=x", "GET"), ("/quan-tri/login/", "GET"), ("/", "POST")]
)
def test_other_requests_go_to_django_as_they_are(front, address, method):
    front.get(address, method)
    front.get(address, method)
    assert front.built == 2


def test_a_foreign_host_gets_no_kept_page(front):
    front.get("/tin-tuc/")
    assert front.get("/tin-tuc/", host="evil.example").status == 400


def test_below_a_path_all_addresses_begin_with_it(front):
    environ = front.environ("/tin-tuc/") | {"SCRIPT_NAME": "/cong"}
    with connections_stay():
        page = b"".join(front.cache(environ, lambda *_answer: None)).decode()
    assert 'href="/cong/duong-day-nong/"' in page
    assert 'href="/duong-day-nong/"' not in page


def test_readers_without_tls_are_led_to_it(front, settings):
    front.get("/tin-tuc/")
    settings.SECURE_SSL_REDIRECT = True
    secure = Front()  # Django reads the setting when it starts
    assert secure.get("/tin-tuc/").status == 301


def test_a_missing_page_is_looked_for_by_its_whole_address(front):
    Redirect.objects.create(old_path="/Default.aspx/?id=12", new_path="/tin-tuc/")
    Redirect.objects.create(old_path="/chuyen-muc/cu/?id=7", new_path="/thong-bao/")
    assert front.get("/Default.aspx/?id=12").headers["Location"] == "/tin-tuc/"
    assert front.get("/chuyen-muc/cu/?id=7").headers["Location"] == "/thong-bao/"
    assert front.get("/chuyen-muc/cu/?id=8").status == 404


@pytest.mark.parametrize(
    "header",
    [
        ("Set-Cookie", "session=x"),
        ("Cache-Control", "private"),
        ("Cache-Control", "max-age=3, no-store"),
        ("Vary", "Cookie"),
        ("Vary", "Accept-Encoding, Accept-Language"),
    ],
)
def test_what_is_for_one_reader_is_not_kept(pages, db, header):
    front = Front(lambda _environ, start: start("200 OK", [header]) or [b"yours"])
    for _time in range(2):
        assert front.get("/tin-tuc/").body == b"yours"
    assert front.built == 2


@pytest.mark.parametrize("status", ["301 Moved Permanently", "404 Not Found", "500 Error"])
def test_only_pages_are_kept(pages, db, status):
    front = Front(lambda _environ, start: start(status, []) or [b""])
    front.get("/tin-tuc/")
    assert front.get("/tin-tuc/").status == int(status[:3])
    assert front.built == 2


# Right to the instant


@pytest.fixture
def site(transactional_db, front, clock, drawn_photo):
    """A portal with one of everything; what is changed in it is committed."""
    with transaction.atomic():  # after each commit the next moments are looked for
        board, category = make_board(), make_category(name_vi="Hoạt động", slug_vi="hoat-dong")
        tag = Tag.objects.create(name_vi="Cảng biển", slug_vi="cang-bien")
        article = make_edition(title="Khởi công", category=category)
        article.tags.add(tag)
        older = make_edition(
            title="Cũ hơn", category=category, live_from=timezone.now() - timedelta(days=3)
        )
        english = make_edition(title="Groundbreaking", language="en", category=category)
        make_notice(category=board)
        photo = EditionPhoto.objects.create(
            edition=article, photo=Photo.store(drawn_photo()), caption="Quang cảnh"
        )
        file = File.objects.create(
            name="a.pdf", extension="pdf", path="files/a.pdf", size=1, sha256="0"
        )
        attachment = Attachment.objects.create(edition=article, file=file, title="Quyết định 12")
        official = make_official()
        OpeningHours.objects.create(
            unit=official.post.unit, first_weekday=0, last_weekday=6, opens="07:30", closes="17:00"
        )
        page = Page.objects.create(
            path="gioi-thieu", title_vi="Giới thiệu", body_vi="<p>Về Ban</p>"
        )
        group = LinkGroup.objects.create(title_vi="Liên kết")
        link = Link.objects.create(group=group, title_vi="Cổng tỉnh", url="https://tinh.example/")
    return locals()


def addresses(site) -> list[str]:
    rows = [site[name] for name in ("article", "older", "english", "category", "tag", "page")]
    unit, person = site["official"].post.unit, site["official"].person
    return [
        *("/", "/en/", "/tin-tuc/", "/en/news/", "/thong-bao/", "/duong-day-nong/", "/lien-he/"),
        *("/en/hotline/", "/bo-may/", "/so-do-trang/", "/rss/", "/en/atom/", "/feed.json"),
        *("/thong-bao/rss/", "/chuyen-muc/hoat-dong/feed.json", "/sitemap.xml", "/robots.txt"),
        *("/sitemap-articles.xml", "/sitemap-pages.xml", "/manifest.webmanifest", "/sw.js"),
        f"/tin-tuc/{timezone.localtime().year}/",
        f"/tin-tuc/{timezone.localtime():%Y/%m}/",
        *(row.get_absolute_url() for row in rows),
        unit.get_absolute_url(),
        f"/bo-may/nguoi/{person.pk}/",
    ]


def assert_exact(front, wanted) -> list[str]:
    """Every kept page is what Django would build now. Gives those that are kept."""
    client, kept = Client(), []
    for address in wanted:
        answer, plain = front.get(address), client.get(address)
        assert answer.status == plain.status_code, address
        assert answer.body == plain.content, address
        kept += [address] if answer.status == 200 else []
    return kept


def publish(site):
    make_edition(title="Vừa đăng", live_from=timezone.now())


def publish_a_change(site):
    draft = workflow.copy_edition(site["article"], None)
    Edition.objects.filter(pk=draft.pk).update(title="Khởi công, bản hai")
    draft.refresh_from_db()
    workflow.approve(draft, by=None, live_from=timezone.now())


def withdraw(site):
    row = Edition.objects.live().get(article=site["article"].article_id, language="vi")
    workflow.withdraw(row, by=None, reason=Withdrawal.NOT_VALID, note="Đã thay thế.")


def change_hours(site):
    SpecialDay.objects.create(day=timezone.localdate(), name="Nghỉ", is_working_day=False)


def hand_over(site):
    Appointment.objects.update(ended_on=timezone.localdate())


def begin_emergency(site):
    Emergency.objects.create(headline_vi="Bão số 5", starts_at=timezone.now())


# Of each kind of change: where it must show.
CHANGES = {
    "a publication": ("/tin-tuc/", publish),
    "a changed article": ("article", publish_a_change),
    "a withdrawal": ("article", withdraw),
    "the archive": ("/tin-tuc/", lambda site: workflow.archive(site["article"], by=None)),
    "the trash": ("/rss/", lambda site: workflow.move_to_trash(site["older"].article, by=None)),
    "a caption": ("article", lambda site: EditionPhoto.objects.update(caption="Lễ khởi công")),
    "an attachment": ("article", lambda site: Attachment.objects.update(title="Quyết định 13")),
    "a category": ("/so-do-trang/", lambda site: Category.objects.update(name_vi="Tin mới")),
    "an address": ("/chuyen-muc/hoat-dong/", lambda site: Category.objects.update(slug_vi=None)),
    "a tag": ("tag", lambda site: Tag.objects.update(name_vi="Cảng")),
    "a tag of an article": ("article", lambda site: site["article"].tags.clear()),
    "a story of the front page": (
        "/",
        lambda site: FrontStory.objects.create(article=site["older"].article, place=1),
    ),
    "a number": ("/duong-day-nong/", lambda site: PhoneNumber.objects.update(is_public=False)),
    "an official who leaves": ("/duong-day-nong/", hand_over),
    "special hours": ("/duong-day-nong/", change_hours),
    "a page": ("page", lambda site: Page.objects.update(title_vi="Về chúng tôi")),
    "a menu": (
        "/thong-bao/",
        lambda site: MenuItem.objects.create(label_vi="Một cửa", url="/lien-he/"),
    ),
    "a link": ("/", lambda site: Link.objects.update(title_vi="Cổng thông tin tỉnh")),
    "the agency": ("/en/", lambda site: Agency.objects.update(name_en="Sample Authority")),
    "an emergency": ("/lien-he/", begin_emergency),
}


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_on_the_page_at_the_next_request(front, site, change):
    where, make = CHANGES[change]
    address = where if where.startswith("/") else site[where].get_absolute_url()
    before = front.get(address).body
    make(site)
    assert_exact(front, [address, "/"])
    assert front.get(address).body != before


@pytest.mark.slow
def test_after_each_kind_of_change_every_page_is_exact(front, site, clock):
    """Those that it does not touch are not built again, and are still what Django would build."""
    wanted = addresses(site)
    assert assert_exact(front, wanted) == wanted
    for name, (_where, make) in CHANGES.items():
        if name == "an address":
            continue  # without one, the pages that lead there are none
        clock.shift(20)
        make(site)
        assert assert_exact(front, wanted), "all of them cannot be gone"


ASKS_NOTHING = "/sw.js"  # and is built anew, which costs little


@pytest.fixture
def older_site(site, clock):
    """What was published a moment ago is built anew at each change: its moment may be the clock's."""
    clock.shift(60)
    return site


def save_a_draft(site):
    make_draft(title="Đang viết", category=site["category"])


def tell_visits(today: int) -> None:
    moment = timezone.now()
    shown = box.Box(3, today, 70, 300, 4000, 0, since=moment.date(), as_of=moment)
    facts = dataclasses.asdict(shown)
    box.path().write_text(json.dumps(facts, default=lambda value: value.isoformat()))


def test_what_a_page_does_not_show_has_no_page_built(front, older_site):
    wanted = [address for address in addresses(older_site) if address != ASKS_NOTHING]
    for address in wanted:
        front.get(address)
    before, good = front.built, places.marks().current()
    save_a_draft(older_site)
    assert places.marks().current() != good
    assert_exact(front, wanted)
    assert front.built == before


def test_only_pages_that_show_it_are_built(front, older_site):
    wanted = [address for address in addresses(older_site) if address != ASKS_NOTHING]
    for address in wanted:
        front.get(address)
    front.built = 0
    Link.objects.update(title_vi="Cổng thông tin tỉnh")
    assert_exact(front, wanted)
    assert 0 < front.built <= 3


def test_another_process_asks_again_too(front, older_site):
    address = older_site["article"].get_absolute_url()
    before = front.get(address)
    save_a_draft(older_site)
    other = Front()
    assert other.get(address) == before
    assert other.built == 0


def test_a_page_that_is_as_before_has_the_visits_of_now(front, site, clock):
    tell_visits(today=12)
    wanted = ["/duong-day-nong/", "/en/hotline/", "/tin-tuc/"]
    for address in wanted:
        front.get(address)
    front.built = 0
    clock.shift(entries.LIFE)
    tell_visits(today=3456)
    assert_exact(front, wanted)
    assert "3.456" in front.get("/duong-day-nong/").text
    assert "3,456" in front.get("/en/hotline/").text
    assert front.built == 0
    assert front.get("/duong-day-nong/", accept_encoding="br").text == (
        front.get("/duong-day-nong/").text
    )


@pytest.mark.slow
def test_what_is_changed_behind_the_portal_s_back_is_seen_after_half_a_minute(
    front, older_site, clock, settings
):
    wanted = addresses(older_site)
    for address in wanted:
        front.get(address)
    settings.PAGE_CACHE = False  # as in another program: nobody marks the change
    Agency.objects.update(name_vi="Ban Quản lý mẫu, nay đổi tên")
    settings.PAGE_CACHE = True
    clock.shift(entries.LIFE)
    assert_exact(front, wanted)
    assert "nay đổi tên" in front.get("/").text


def test_what_a_change_schedules_is_there_at_its_second(front, older_site, clock):
    """Also on a page that the change itself leaves as it is."""
    front.get("/tin-tuc/")
    make_edition(title="Sắp đăng", category=older_site["category"], live_from=timezone.now() + SOON)
    front.get("/tin-tuc/")
    assert front.built == 1
    clock.shift(SOON)
    assert "Sắp đăng" in front.get("/tin-tuc/").text
    assert_exact(front, ["/tin-tuc/"])


SOON = timedelta(seconds=entries.LIFE / 2)


def test_what_has_ended_is_built_anew(front, site, clock):
    tomorrow = timezone.localtime() + timedelta(days=1)
    front.get("/tin-tuc/")
    clock.move_to(tomorrow.replace(hour=0, minute=0, second=1))
    assert_exact(front, ["/tin-tuc/"])
    assert front.built == 2


def test_whoever_reads_the_clock_unsaid_has_its_page_built_each_time(pages, transactional_db):
    def unsaid(_environ, start):
        list(Edition.objects.filter(live_from__lte=timezone.now()))
        start("200 OK", [("Content-Type", "text/html")])
        return [b"page"]

    front = Front(unsaid)
    for built in (1, 2):
        front.get("/tin-tuc/")
        assert front.built == built
        Page.objects.create(path=f"an-{built}", title_vi="Ẩn")


def test_a_database_that_is_gone_meanwhile_leaves_no_page_of_before(front, older_site):
    hotline_copy.renew()
    front.get("/tin-tuc/")
    save_a_draft(older_site)
    with database_gone():
        assert front.get("/tin-tuc/").status == 503
    assert_exact(front, ["/tin-tuc/"])


def test_a_new_start_asks_about_no_page_of_before(front, older_site):
    front.get("/tin-tuc/")
    places.marks().begin_anew()
    front.get("/tin-tuc/")
    assert front.built == 2


def test_reading_and_searching_end_no_generation(front, site):
    for address in addresses(site):
        front.get(address)
    good = places.marks().current()
    assert good is not None
    for address in (*addresses(site), "/tim-kiem/?q=khu+kinh+te", "/tim-kiem/?q=xyzt&kind=news"):
        front.get(address)
    front.get("/tim-kiem/goi-y/?q=khu")
    assert places.marks().current() == good


SEARCH = "/tim-kiem/?q=theo+gio"


@pytest.fixture
def sharing(monkeypatch):
    """Searches share what they know of texts, as of many hundred, though here are few."""
    monkeypatch.setattr("portal.search.candidates.FEW", 0)


def test_a_search_knows_nothing_longer_than_it_is_true(front, site, clock, sharing):
    edition = make_edition(title="Theo giờ")
    for _time in range(2):
        assert edition.get_absolute_url() in front.get(SEARCH).text
    workflow.withdraw(edition, by=None, reason=Withdrawal.IN_ERROR, note="Sai.")
    assert edition.get_absolute_url() not in front.get(SEARCH).text


def test_a_search_keeps_to_the_second_too(front, site, clock, sharing):
    now = timezone.now()
    coming = make_edition(title="Theo giờ một", live_from=now + timedelta(seconds=10))
    going = make_edition(title="Theo giờ hai")
    Edition.objects.filter(pk=going.pk).update(live_until=now + timedelta(seconds=10))
    for milliseconds in (0, 9_999, 10_000):
        clock.move_to(now + timedelta(milliseconds=milliseconds), tick=False)
        text = front.get(SEARCH).text
        is_over = milliseconds == 10_000
        assert (coming.get_absolute_url() in text) is is_over
        assert (going.get_absolute_url() in text) is not is_over


@pytest.mark.slow
@pytest.mark.parametrize(
    ("starts", "ends"), [(10, None), (-10, 10)], ids=["a scheduled article", "an end"]
)
def test_at_its_second_an_article_is_there_and_at_its_second_it_is_gone(
    front, site, clock, starts, ends
):
    now = timezone.now()
    edition = make_edition(title="Theo giờ", live_from=now + timedelta(seconds=starts))
    if ends is not None:
        Edition.objects.filter(pk=edition.pk).update(live_until=now + timedelta(seconds=ends))
    wanted = [*addresses(site), edition.get_absolute_url()]
    instant = now + timedelta(seconds=10)
    for moment in (now, instant - timedelta(milliseconds=1), instant):
        clock.move_to(moment, tick=False)
        assert_exact(front, wanted)
        is_there = front.get(edition.get_absolute_url()).status == 200
        assert is_there == ((moment >= instant) if ends is None else (moment < instant))


def test_banners_places_and_notices_come_and_go_at_their_second(front, site, clock):
    now = timezone.now()
    Emergency.objects.create(
        headline_vi="Bão",
        starts_at=now + timedelta(seconds=5),
        ends_at=now + timedelta(seconds=9),
    )
    FrontStory.objects.create(
        article=site["older"].article,
        starts_at=now + timedelta(seconds=6),
        ends_at=now + timedelta(seconds=8),
    )
    make_notice(ends_at=now + timedelta(seconds=7), leaves_when_ended=True)
    bodies = set()
    for second in range(11):
        clock.move_to(now + timedelta(seconds=second), tick=False)
        assert_exact(front, ["/", "/thong-bao/", "/tin-tuc/", "/duong-day-nong/"])
        bodies.add(front.get("/").body)
    assert len(bodies) == 6


def test_a_page_that_is_never_kept_has_the_banner_at_its_second_too(front, site, clock):
    now = timezone.now().replace(microsecond=0)
    clock.move_to(now, tick=False)
    Emergency.objects.create(headline_vi="Bão số 9", starts_at=now + timedelta(seconds=5))
    for _time in range(2):  # what stands on every page is made, and then found
        front.get("/")
        assert "Bão số 9" not in front.get("/tim-kiem/?q=khu").text
    clock.move_to(now + timedelta(seconds=5), tick=False)
    assert "Bão số 9" in front.get("/tim-kiem/?q=khu").text


@pytest.mark.parametrize("instant", ["2026-11-25 07:30", "2026-11-25 17:00"], ids=str)
def test_office_hours_and_midnight_are_kept_to_the_second(front, site, clock, instant):
    # In Viet Nam, which is seven hours ahead.
    moment = datetime.fromisoformat(instant).replace(tzinfo=UTC) - timedelta(hours=7)
    clock.move_to(moment - timedelta(seconds=1), tick=False)
    Appointment.objects.update(ended_on="2026-11-26")
    first = front.get("/duong-day-nong/").body
    clock.move_to(moment, tick=False)
    assert_exact(front, ["/", "/duong-day-nong/", "/bo-may/"])
    assert front.get("/duong-day-nong/").body != first


@pytest.mark.slow
@pytest.mark.parametrize(
    "instant", ["2031-03-10 10:00", "2031-03-10 10:01", "2031-04-01 00:00"], ids=str
)
def test_the_turn_of_a_minute_an_hour_and_a_day_leaves_no_page_behind(front, site, clock, instant):
    moment = datetime.fromisoformat(f"{instant}+07:00")
    wanted = addresses(site)
    clock.move_to(moment - timedelta(seconds=1), tick=False)
    assert_exact(front, wanted)
    clock.move_to(moment, tick=False)
    assert_exact(front, wanted)


def test_a_page_built_while_a_change_is_committed_is_not_found_afterwards(pages, db):
    """It may have read what was there before."""
    marks = places.marks()

    def slow(_environ, start):
        with marks.change():
            pass
        start("200 OK", [])
        return [b"of before"]

    front = Front(slow)
    front.get("/tin-tuc/")
    front.get("/tin-tuc/")
    assert front.built == 2


def test_while_a_change_is_under_way_nothing_is_kept(front):
    front.get("/tin-tuc/")
    with places.marks().change():
        front.get("/tin-tuc/")
        front.get("/tin-tuc/")
        assert front.built == 3
    front.get("/tin-tuc/")
    assert front.built == 3, "after it the page was as before"


def test_who_comes_while_a_change_is_committed_waits_for_the_page_that_is_kept(pages, db):
    def build(_environ, start):
        start("200 OK", [("Content-Type", "text/html")])
        return [b"page"]

    front = Front(build)
    front.get("/tin-tuc/")
    change = places.marks().change()
    change.__enter__()
    with ThreadPoolExecutor(8) as readers:
        bodies = readers.map(lambda _reader: front.get("/tin-tuc/").body, range(8))
        time.sleep(0.05)
        change.__exit__(None, None, None)
        assert set(bodies) == {b"page"}
    assert front.built == 2


def test_for_a_long_change_only_the_first_reader_waits(front):
    with places.marks().change():
        started = time.monotonic()
        front.get("/tin-tuc/")
        waited = time.monotonic() - started
        assert waited >= layer._SOON
        before = front.cache._waited_at
        front.get("/tin-tuc/")
    assert front.cache._waited_at == before
    assert front.built == 2


def test_where_no_page_is_kept_nobody_waits(settings, db):
    settings.PAGE_CACHE = False
    places.marks.cache_clear()
    front = Front(lambda _environ, start: start("200 OK", []) or [b"page"])
    for _time in range(2):
        assert front.get("/tin-tuc/").body == b"page"
    assert front.built == 2
    assert front.cache._waited_at == float("-inf")
    places.marks.cache_clear()


def test_visit_figures_are_at_most_half_a_minute_old(front, clock):
    tell_visits(today=1111)
    front.get("/tin-tuc/")
    tell_visits(today=2222)
    clock.shift(entries.LIFE - 1)
    assert "1.111" in front.get("/tin-tuc/").text
    clock.shift(1)
    assert "2.222" in front.get("/tin-tuc/").text


# Many at once, and what is missing


def test_a_stampede_builds_a_page_once(pages, db):
    def slow(_environ, start):
        time.sleep(0.2)
        start("200 OK", [("Content-Type", "text/html")])
        return [b"page"]

    front = Front(slow)
    places.marks().current()
    moments.work_out(places.marks().current())
    bodies = []
    threads = [
        threading.Thread(target=lambda: bodies.append(front.get("/tin-tuc/").body))
        for _thread in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bodies == [b"page"] * 12
    assert front.built == 1


def answering(statuses):
    """An application that gives these answers in turn, and then the last one for ever."""

    def application(_environ, start):
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        start(status, [])
        return [status.encode()]

    return application


def test_a_failing_database_leaves_the_last_good_page(pages, db, clock):
    front = Front(answering(["200 OK", "503 Service Unavailable"]))
    front.get("/tin-tuc/")
    clock.shift(3600 if timezone.localtime().hour < 22 else 60)
    for _time in range(3):
        assert front.get("/tin-tuc/").body == b"200 OK"
    # Not each reader waits for an attempt.
    assert front.built == 2
    assert front.get("/thong-bao/").status == 503


def test_when_the_database_is_gone_readers_read_on_what_was_kept(front):
    hotline_copy.renew()
    whole = front.get("/tin-tuc/").body
    with database_gone():
        assert front.get("/tin-tuc/").body == whole
        assert front.get("/thong-bao/").status == 503
    assert front.get("/thong-bao/").status == 200


def test_once_its_time_is_over_too(front, clock):
    whole = front.get("/tin-tuc/").body
    clock.shift(entries.LIFE + 1)
    with database_gone():
        assert front.get("/tin-tuc/").body == whole


def test_what_must_be_hidden_by_now_is_not_given_even_then(pages, db, clock):
    make_edition()
    Edition.objects.update(live_until=timezone.now() + timedelta(seconds=60))
    front = Front(answering(["200 OK", "503 Service Unavailable"]))
    front.get("/tin-tuc/")
    clock.shift(59)
    assert front.get("/tin-tuc/").status == 200
    clock.shift(2)
    assert front.get("/tin-tuc/").status == 503


def test_what_was_changed_is_not_given_even_then(pages, db):
    front = Front(answering(["200 OK", "503 Service Unavailable"]))
    front.get("/tin-tuc/")
    with places.marks().change():
        pass
    assert front.get("/tin-tuc/").status == 503


def test_where_the_clock_cannot_be_asked_nothing_is_kept(pages, db, monkeypatch):
    def gone(_now):
        raise DatabaseError("gone")

    monkeypatch.setattr(moments, "_ask", gone)
    front = Front(answering(["200 OK"]))
    front.get("/tin-tuc/")
    front.get("/tin-tuc/")
    assert front.built == 2


@pytest.mark.parametrize("broken", [b"", b"{}", b"x" * 100, b'{"facts": {}, "sizes": {}}\n'])
def test_a_page_that_was_cut_off_on_disk_is_built_again(front, tmp_path, broken):
    whole = front.get("/tin-tuc/").body
    kept = [path for path in (tmp_path / "pages").glob("*/??/*") if path.is_file()]
    assert kept
    for path in kept:
        path.write_bytes(broken)
    other = Front()
    assert other.get("/tin-tuc/").body == whole
    assert other.built == 1


def test_on_a_full_disk_pages_are_built_and_not_kept(front, tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(entries.Path, "write_bytes", full)
    assert front.get("/tin-tuc/").status == 200
    assert front.get("/tin-tuc/").status == 200
    assert front.built == 2


def test_the_shelf_has_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr(entries, "_LARGEST_BUCKET", 2)
    shelf = Shelf(tmp_path, memory=3000)
    (tmp_path / "g").mkdir()
    for number in range(2000):
        shelf.put("g", str(number), entries.Entry.of([], b"x" * 50, page=None, instant=2e9))
    assert len(list(tmp_path.glob("g/??/*"))) <= 2 * 256
    assert shelf._size <= 3000
    assert shelf.get("g", "1999") is not None


# Counting


def counted(settings) -> list[str]:
    lines = [
        line
        for path in Path(settings.STATS_SPOOL_DIR).glob("*.spool")
        for line in path.read_bytes().splitlines()
        if line.startswith(b"[")
    ]
    return [Pageview.from_line(line).page for line in lines]


def test_every_view_is_counted_once_however_it_is_answered(front, settings):
    tag = front.get("/tin-tuc/?utm_source=x").headers["ETag"]  # built
    front.get("/tin-tuc/")  # kept
    front.get("/tin-tuc/", if_none_match=tag)  # not modified
    front.get("/tim-kiem/?q=x")  # by Django
    front.get("/tin-tuc/", "HEAD")
    front.get("/tin-tuc/", sec_purpose="prefetch")
    front.get("/rss/")
    front.get("/rss/")
    front.get("/chuyen-muc/khong-co/")
    assert counted(settings) == ["/tin-tuc/"] * 3 + ["/tim-kiem/"]


def test_a_view_is_counted_before_the_answer_is_sent(front, settings):
    with connections_stay():
        front.send("/tin-tuc/")  # and nothing of the answer is read
        front.send("/tin-tuc/")
    assert counted(settings) == ["/tin-tuc/"] * 2


def test_where_a_cache_stands_in_front_the_page_is_not_counted_and_says_until_when_it_is_good(
    pages, db, settings, clock
):
    settings.STATS_BEACON = True
    make_agency()
    front = Front()
    until = front.get("/tin-tuc/").headers["X-Accel-Expires"]
    assert until == f"@{int(time.time() + entries.LIFE) - 1}"
    assert front.get("/tim-kiem/?q=x").headers.get("X-Accel-Expires") is None
    assert counted(settings) == []


# The tables that say what is kept


def test_every_address_says_whether_it_is_kept():
    names = set()

    def walk(patterns, space=""):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                inner = pattern.namespace or space
                if inner not in NOT_KEPT_SPACES:
                    walk(pattern.url_patterns, inner)
            elif pattern.name:
                names.add(f"{space}:{pattern.name}" if space else pattern.name)

    walk(get_resolver().url_patterns)
    assert set(KEPT) <= names
    assert not set(KEPT) & NOT_KEPT
    unknown = names - set(KEPT) - NOT_KEPT
    assert {name for name in unknown if not is_of_staff(name)} == set()


def is_of_staff(name: str) -> bool:
    for arguments in ([], ["x"], [1], ["x", "y"]):
        try:
            return reverse(name, args=arguments).startswith("/quan-tri/")
        except NoReverseMatch:
            continue
    return False


def test_no_kept_page_reads_a_table_whose_changes_go_unnoticed(front, site):
    aside = {table for table in SILENT if table.startswith("stats_")}
    for address in addresses(site):
        with CaptureQueriesContext(connection) as queries:
            Client().get(address)
        for query in queries.captured_queries:
            read = set(re.findall(r'"(\w+)"', query["sql"])) & (SILENT - aside)
            assert read == set(), (address, query["sql"])


def test_no_kept_page_looks_at_another_word_of_the_query(front, site, rf):
    class Watched(QueryDict):
        def __init__(self):
            super().__init__("")
            self.asked = set()

        def get(self, key, default=None):
            self.asked.add(key)
            return super().get(key, default)

        def __contains__(self, key):
            self.asked.add(key)
            return super().__contains__(key)

        def __getitem__(self, key):
            self.asked.add(key)
            return super().__getitem__(key)

        def getlist(self, key, default=None):
            self.asked.add(key)
            return super().getlist(key, default)

    for address in addresses(site):
        request = rf.get(address)
        request.GET = watched = Watched()
        with translation.override(translation.get_language_from_path(address) or "vi"):
            request.resolver_match = match = resolve(address)
            response = match.func(request, *match.args, **match.kwargs)
            if hasattr(response, "render"):
                response.render()
        assert watched.asked <= set(KEPT[match.view_name]), address

"""nginx answers pages from a cache of its own: the same bytes, exact to the second."""

import gzip
import re
import time
from collections.abc import Iterator

import brotli
import pytest

from portal.page_cache.marks import FileMarks, Folder
from portal.page_cache.rules import KEPT
from tests.portal.front import Front, needs_nginx, served
from tests.portal.installation import ROOT

pytestmark = needs_nginx


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with served(tmp_path_factory.mktemp("nginx"), STATS_BEACON="1") as made:
        yield made


@pytest.fixture(autouse=True)
def begin_anew(front):
    marks_of(front).begin_anew()


def marks_of(front):
    return FileMarks(Folder(front.folder / "marks", front.folder / "var/pages"))


def ask_twice(front, address, **headers):
    """The answer that is kept, and the one that is found."""
    answers = front.ask(address, **headers), front.ask(address, **headers)
    assert front.was_kept
    return answers


CHANGE = """
from portal.models import Agency
Agency.objects.update(name_vi="Ban Quản lý Khu kinh tế Mẫu")
"""


def test_a_kept_page_has_the_same_bytes_and_headers(front):
    first, second = ask_twice(front, "/tin-tuc/")
    assert (second.status, second.text) == (200, first.text)
    for name in ("Content-Security-Policy", "ETag", "Last-Modified", "Strict-Transport-Security"):
        assert len(second.headers.get_all(name, [])) == 1
        assert second.headers[name] == first.headers[name]
    assert second.headers["Vary"] == "Accept-Encoding"
    assert "X-Accel-Expires" not in second.headers


@pytest.mark.parametrize("query", ["?utm_source=zalo", "?fbclid=1&x=2", "?xpage=3"])
def test_an_unknown_word_of_the_query_changes_nothing(front, query):
    first, _second = ask_twice(front, "/tin-tuc/")
    assert front.ask("/tin-tuc/" + query).text == first.text
    assert front.was_kept


def test_a_known_word_makes_another_page(front):
    ask_twice(front, "/thong-bao/")
    assert front.ask("/thong-bao/?past").status == 200
    assert not front.was_kept


def test_no_header_of_a_reader_splits_it(front):
    headers = {"Cookie": "session=x", "Accept-Language": "en", "X-Forwarded-Host": "evil.example"}
    first = front.ask("/tin-tuc/", **headers)
    assert front.ask("/tin-tuc/").text == first.text
    assert front.was_kept


def test_a_browser_that_has_it_is_told_so(front):
    first, _second = ask_twice(front, "/tin-tuc/")
    answer = front.ask("/tin-tuc/", **{"If-None-Match": first.headers["ETag"]})
    assert (answer.status, answer.text) == (304, "")
    assert front.was_kept


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.0, gzip;q=0", None),
        ("brotli, xgzip", None),
        ("br;q=0.5", "br"),
    ],
)
def test_each_reader_gets_the_coding_that_it_understands(front, accepted, coding):
    decode = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    for _time in range(2):
        answer = front.ask("/so-do-trang/", **{"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == coding
        assert decode(answer.content).decode().startswith("<!doctype html>")


def test_a_change_by_any_process_is_there_at_the_next_request(front):
    ask_twice(front, "/tin-tuc/")
    front.portal.run("shell", "--no-imports", "-c", CHANGE)
    assert "Ban Quản lý Khu kinh tế Mẫu" in front.ask("/tin-tuc/").text


def test_a_page_of_before_a_change_is_not_given_even_when_the_portal_is_gone(front):
    ask_twice(front, "/tin-tuc/")
    front.stop_portal()
    try:
        assert front.ask("/tin-tuc/").status == 200
        with marks_of(front).change():
            assert front.ask("/tin-tuc/").status == 503
        assert front.ask("/tin-tuc/").status == 503
    finally:
        front.start_portal()


def test_what_was_kept_before_a_start_is_not_found_again(front):
    """It may be of an older release."""
    ask_twice(front, "/tin-tuc/")
    before = (front.folder / "marks/now").readlink()
    front.stop_portal()
    front.start_portal()
    assert (front.folder / "marks/now").readlink() != before
    assert not (front.folder / "var/pages" / before).exists()
    front.ask("/tin-tuc/")
    assert not front.was_kept


@pytest.mark.parametrize("name", ["changing", "nowhere"])
def test_where_no_generation_is_good_nothing_is_kept(front, name):
    ask_twice(front, "/tin-tuc/")
    link = front.folder / "marks/now"
    good = link.readlink()
    link.unlink()
    link.symlink_to(name)
    try:
        for _time in range(2):
            assert front.ask("/tin-tuc/").status == 200
            assert not front.was_kept
    finally:
        link.unlink()
        link.symlink_to(good)


SCHEDULE = """
from datetime import timedelta
from django.utils import timezone
from news.models import Category, Edition, Article
from news.workflow import approve
edition = Edition.objects.create(
    article=Article.objects.create(language="vi"), title="Đăng theo giờ", lead="x", body="<p>x</p>",
    category=Category.objects.filter(is_notice_board=False).first(),
)
when = timezone.now() + timedelta(seconds=4)
approve(edition, by=None, live_from=when)
import json
print(json.dumps(when.timestamp()))
"""


def test_a_scheduled_article_is_there_at_its_second(front):
    moment = front.portal.ask(SCHEDULE)
    while time.time() < moment - 0.2:
        asked_at = time.time()
        is_there = "Đăng theo giờ" in front.ask("/tin-tuc/").text
        assert not is_there or time.time() >= moment, asked_at - moment
        time.sleep(0.1)
    while time.time() < moment:
        time.sleep(0.001)
    assert "Đăng theo giờ" in front.ask("/tin-tuc/").text


@pytest.mark.parametrize(
    "address", ["/tim-kiem/?q=khu", "/phan-anh-kien-nghi/", "/quan-tri/login/"]
)
def test_what_is_built_for_one_reader_is_not_kept(front, address):
    for _time in range(2):
        assert front.ask(address).status == 200
        assert not front.was_kept


def test_a_foreign_host_gets_no_kept_page(front):
    front.ask("/tin-tuc/")
    assert front.ask("/tin-tuc/", Host="evil.example").status == 400


def test_nginx_knows_every_word_that_makes_another_page():
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    (words,) = re.findall(r"\(\?:\^\|&\)\(\?:([a-z|]+)\)", text)
    assert set(words.split("|")) == {name for names in KEPT.values() for name in names}

"""The feeds: three formats of the same, whole, absolute and right at every instant."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from editing.models import Photo
from news.feeds import LENGTH, with_whole_addresses
from news.models import EditionPhoto, Tag
from news.workflow import approve, edit_anew, withdraw
from tests.making import make_category, make_edition, make_notice

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
DC = "{http://purl.org/dc/elements/1.1/}creator"

FEEDS = [
    *("/rss/", "/atom/", "/feed.json", "/en/rss/", "/en/atom/", "/en/feed.json"),
    *("/thong-bao/rss/", "/thong-bao/atom/", "/thong-bao/feed.json"),
]


@pytest.fixture
def edition(drawn_photo):
    edition = make_edition(
        title="Đối thoại & “kiến nghị” <khu A>",
        body='<p>Xem <a href="/tin-tuc/khac-7/">bài khác</a>.</p><p>[Ảnh 1]</p>',
        author_line="Văn phòng",
        category=make_category(name_vi="Đầu tư"),
    )
    photo = Photo.store(drawn_photo())
    EditionPhoto.objects.create(edition=edition, photo=photo, caption="Toàn cảnh")
    edition.tags.add(Tag.objects.create(name_vi="Đối thoại"))
    return edition


def rss(client, address="/rss/"):
    return parsed(client, address).find("channel")


def parsed(client, address):
    return ET.fromstring(client.get(address).content)  # noqa: S314


def test_rss_carries_the_whole_text(citizen, edition):
    [item] = rss(citizen).findall("item")
    assert item.findtext("title") == edition.title
    assert item.findtext("description") == edition.lead
    assert item.findtext("link") == SITE + edition.get_absolute_url()
    assert (
        item.findtext(DC) or item.findtext("author") or "Văn phòng" in ET.tostring(item, "unicode")
    )
    assert [each.text for each in item.findall("category")] == ["Đầu tư", "Đối thoại"]
    assert "Toàn cảnh" in item.findtext(CONTENT)
    assert f'href="{SITE}/tin-tuc/khac-7/"' in item.findtext(CONTENT)


def test_atom_says_when_it_was_changed(citizen, edition):
    draft = edit_anew(edition, by=None)
    approve(draft, by=None)
    feed = parsed(citizen, "/atom/")
    [entry] = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}published") < entry.findtext(f"{ATOM}updated")
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Văn phòng"
    assert entry.find(f"{ATOM}content").get("type") == "html"
    [own] = [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own == f"{SITE}/atom/"


def test_json_feed_has_what_the_format_asks_for(citizen, edition):
    answer = citizen.get("/feed.json")
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["feed_url"], feed["language"]) == (f"{SITE}/feed.json", "vi")
    [item] = feed["items"]
    assert item["url"] == SITE + edition.get_absolute_url()
    assert item["authors"] == [{"name": "Văn phòng"}]
    assert item["tags"] == ["Đầu tư", "Đối thoại"]
    assert timezone.datetime.fromisoformat(item["date_published"]) == edition.listed_at


def test_no_address_in_a_feed_is_relative(citizen, edition):
    text = json.loads(citizen.get("/feed.json").content)["items"][0]["content_html"]
    addresses = re.findall(r'(?:src|href)="([^"]*)"', text)
    for value in re.findall(r'srcset="([^"]*)"', text):
        addresses += [each.split()[0] for each in value.split(",")]
    assert len(addresses) > 2
    assert [each for each in addresses if not each.startswith(SITE)] == []


@pytest.mark.parametrize(
    ("html", "whole"),
    [
        ('<a href="/tin-tuc/">a</a>', f'<a href="{SITE}/tin-tuc/">a</a>'),
        ('<a href="https://vidu.vn/a/">a</a>', '<a href="https://vidu.vn/a/">a</a>'),
        ('<a href="//vidu.vn/a/">a</a>', '<a href="//vidu.vn/a/">a</a>'),
        ('<a href="#y">a</a><p>"/media/"</p>', '<a href="#y">a</a><p>"/media/"</p>'),
        ('<a href="/">a</a>', f'<a href="{SITE}/">a</a>'),
    ],
)
def test_only_addresses_of_ours_are_made_whole(html, whole):
    assert with_whole_addresses(html) == whole


def test_an_article_keeps_its_name_in_feeds_when_its_title_changes(citizen, edition):
    before = rss(citizen).findtext("item/guid")
    draft = edit_anew(edition, by=None)
    draft.title, draft.slug = "Tên khác", ""
    draft.save()
    approve(draft, by=None)
    assert rss(citizen).findtext("item/guid") == before
    assert rss(citizen).find("item/guid").get("isPermaLink") == "false"


@pytest.mark.parametrize("address", FEEDS)
def test_who_has_it_already_is_told_so(citizen, edition, address):
    make_notice()
    first = citizen.get(address)
    assert first.status_code == 200
    again = citizen.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("address", ["/rss/", "/atom/", "/feed.json"])
def test_a_withdrawal_is_in_the_feed_at_once(citizen, edition, address):
    kept = make_edition(title="Bài ở lại", live_from=timezone.now() - timedelta(days=9))
    first = citizen.get(address)
    withdraw(edition, by=None, reason="in_error", note="Đăng nhầm")
    since = {"if-modified-since": timezone.now().strftime("%a, %d %b %Y %H:%M:%S GMT")}
    for headers in ({"if-none-match": first["ETag"]}, since):
        answer = citizen.get(address, headers=headers)
        assert answer.status_code == 200
        assert kept.title in answer.content.decode()
        assert "Đối thoại" not in answer.content.decode()


def test_a_category_has_feeds_of_its_own(citizen, edition):
    make_edition(title="Chuyện khác", category=make_category(name_vi="Môi trường"))
    for tail in ("rss/", "atom/", "feed.json"):
        text = citizen.get(f"/chuyen-muc/dau-tu/{tail}").content.decode()
        assert "Đối thoại" in text
        assert "Chuyện khác" not in text
        assert citizen.get(f"/chuyen-muc/khong-co/{tail}").status_code == 404


@pytest.mark.parametrize("address", ["/", "/thong-bao/", "/chuyen-muc/dau-tu/"])
def test_a_page_names_its_feeds(citizen, edition, address):
    page = citizen.get(address).content.decode()
    for kind in ("rss+xml", "atom+xml", "feed+json"):
        tag = re.escape(f'type="application/{kind}"')
        links = re.findall(rf'{tag}[^>]*href="([^"]*)"', page)
        assert [citizen.get(link).status_code for link in links] == [200] * len(links)
        assert len(links) == (1 if address == "/" else 2)


@pytest.mark.slow
@pytest.mark.parametrize("address", FEEDS)
def test_a_feed_needs_few_queries_however_long_it_is(
    citizen, django_assert_max_num_queries, address
):
    for number in range(LENGTH + 2):
        make_edition(title=f"Tin {number}")
    with django_assert_max_num_queries(4):
        citizen.get(address)


@pytest.mark.parametrize("address", FEEDS)
def test_a_feed_is_only_read(citizen, address):
    assert citizen.post(address).status_code == 405

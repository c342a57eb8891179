"""What programs are told of an article is true, complete and never empty."""

import json
import re
from contextlib import closing

import pytest
from bs4 import BeautifulSoup

from editing.models import Photo
from news.models import EditionPhoto, Tag
from tests.making import make_agency, make_category, make_edition

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"


def read(citizen, edition):
    page = BeautifulSoup(citizen.get(edition.get_absolute_url()).content, "html.parser")
    metas = {
        str(tag.get("property") or tag.get("name")): str(tag["content"])
        for tag in page.select("meta[content]")
    }
    [block] = page.select('script[type="application/ld+json"]')
    return metas, json.loads(block.string)


def test_an_article_with_everything(citizen, drawn_photo):
    make_agency()
    photo = Photo.store(drawn_photo(), description="Lãnh đạo Ban trao giấy chứng nhận")
    edition = make_edition(
        title="Đối thoại & “kiến nghị”",
        category=make_category(name_vi="Đầu tư"),
        author_line="Nguyễn Thị Mẫu",
    )
    EditionPhoto.objects.create(edition=edition, photo=photo, caption="Toàn cảnh")
    edition.tags.add(Tag.objects.create(name_vi="Đối thoại"))
    metas, [article, crumbs] = read(citizen, edition)
    assert metas["og:title"] == metas["DC.title"] == article["headline"] == edition.title
    assert metas["og:url"] == SITE + edition.get_absolute_url() == article["mainEntityOfPage"]
    assert metas["og:image"].startswith(f"{SITE}/media/photos/")
    assert article["image"] == [metas["og:image"]]
    with closing(citizen.get(metas["og:image"].removeprefix(SITE))) as picture:
        assert picture.status_code == 200
    assert metas["og:image:alt"] == "Lãnh đạo Ban trao giấy chứng nhận"
    assert metas["DC.creator"] == article["author"]["name"] == "Nguyễn Thị Mẫu"
    assert (metas["DC.subject"], article["keywords"]) == ("Đối thoại", ["Đối thoại"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", article["datePublished"])
    assert [step["name"] for step in crumbs["itemListElement"]] == [
        *("Ban Quản lý Khu kinh tế", "Đầu tư", edition.title),
    ]


def test_an_article_with_next_to_nothing_leaves_no_element_empty(citizen):
    edition = make_edition(lead="", body="")
    metas, [article, _crumbs] = read(citizen, edition)
    assert [name for name, content in metas.items() if not content.strip()] == []
    assert "og:image" not in metas
    assert article["author"]["@type"] == "GovernmentOrganization"


def test_a_title_cannot_end_the_block_of_data(citizen):
    edition = make_edition(title="</script><script>alert(1)</script> & <!--")
    answer = citizen.get(edition.get_absolute_url()).content.decode()
    assert "<script>alert" not in answer
    _metas, [article, _crumbs] = read(citizen, edition)
    assert article["headline"] == edition.title


def test_english_articles_say_so(citizen):
    metas, [article, crumbs] = read(citizen, make_edition(language="en", title="News"))
    assert (metas["og:locale"], metas["DC.language"], article["inLanguage"]) == (
        "en_GB",
        "en",
        "en",
    )
    assert crumbs["itemListElement"][0]["item"] == f"{SITE}/en/"

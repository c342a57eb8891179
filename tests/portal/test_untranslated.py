"""Pages in English of what has been written in Vietnamese alone."""

import re

import pytest

from portal.models import Link, LinkGroup, MenuItem, Page
from tests.making import (
    make_agency,
    make_category,
    make_edition,
    make_official,
    make_post,
    make_unit,
)
from tests.portal.test_pages import VIETNAMESE_LETTERS, visible_text


@pytest.mark.parametrize(
    "address",
    [
        *("/en/", "/en/news/", "/en/category/dau-tu/", "/en/hotline/", "/en/organisation/"),
        *("/en/organisation/van-phong/", "/en/contact/", "/en/quy-che/", "/en/sitemap/"),
    ],
)
def test_what_is_not_translated_is_marked_as_vietnamese(citizen, db, address):
    make_agency(name_en=None)
    category = make_category(name_vi="Đầu tư", name_en=None, introduction_vi="Tin về đầu tư.")
    make_edition(language="en", category=category, title="A new road", lead="", body="")
    unit = make_unit(name_vi="Văn phòng", name_en=None, address_vi="Số 1, đường Ven Biển")
    make_official(
        post=make_post(title_vi="Chánh Văn phòng", title_en=None, unit=unit), kind="acting"
    )
    page = Page.objects.create(title_vi="Quy chế", path_vi="quy-che", body_vi="<p>Điều một.</p>")
    MenuItem.objects.create(label_vi="Quy chế", page=page)
    group = LinkGroup.objects.create(title_vi="Bộ, ngành")
    Link.objects.create(group=group, title_vi="Chính phủ", url_vi="https://chinhphu.vn/")
    response = citizen.get(address)
    assert response.status_code == 200
    text = visible_text(response, "en")
    # The title of a page is one text in one language.
    text = text.replace(re.search("<title>(.*?)</title>", response.content.decode())[1], "")
    assert VIETNAMESE_LETTERS.findall(text) == [], text

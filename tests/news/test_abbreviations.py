"""Abbreviations of an article are spelled out from the list that staff keep."""

import pytest

from editing.models import Abbreviation
from tests.making import make_agency, make_edition

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def staff_list():
    make_agency()
    Abbreviation.objects.all().delete()
    pairs = [("KKT", "Khu kinh tế"), ("BQL KKT", "Ban Quản lý Khu kinh tế"), ("TW", "Trung ương")]
    for short, full in pairs:
        Abbreviation.objects.create(short=short, full=full)


def spelled_out(citizen, **changes):
    page = citizen.get(make_edition(**changes).get_absolute_url())
    return [(each.short, each.full) for each in page.context["abbreviations"]]


def test_they_come_in_the_order_of_the_text(citizen):
    found = spelled_out(citizen, title="Họp KKT", lead="", body="<p>Theo TW và BQL KKT.</p>")
    assert [short for short, _full in found] == ["KKT", "TW", "BQL KKT"]


def test_the_longer_one_is_not_taken_for_the_shorter(citizen):
    assert spelled_out(citizen, title="BQL KKT họp", body="") == [
        ("BQL KKT", "Ban Quản lý Khu kinh tế")
    ]


@pytest.mark.parametrize("title", ["KKTX", "kkt", "TWĐ"])
def test_part_of_a_word_or_small_letters_are_none(citizen, title):
    assert spelled_out(citizen, title=title, lead="", body="") == []


def test_one_that_stands_only_in_a_tag_is_none(citizen):
    body = '<p><a href="https://example.vn/TW">xem thêm</a></p>'
    assert spelled_out(citizen, title="Bài", lead="", body=body) == []


def test_an_article_without_any_has_no_list(citizen):
    page = citizen.get(make_edition(title="Bài", lead="", body="").get_absolute_url())
    assert "Chữ viết tắt" not in page.content.decode()

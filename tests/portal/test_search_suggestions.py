"""Suggestions while somebody types: a small JSON address."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Duty
from tests.making import make_draft, make_edition, make_official, make_post
from tests.portal.nasty_strings import nasty_strings

pytestmark = pytest.mark.django_db


def suggested(client, text, address="/tim-kiem/goi-y.json"):
    response = client.get(address, {"q": text})
    assert response.status_code == 200
    return response.json()["suggestions"]


@pytest.mark.parametrize(
    "text", ["giá đ", "gia da", "Giá đất n", "gia dat nam n", "gía đất nam", "đất"]
)
def test_a_title_is_suggested_before_its_words_are_finished(citizen, text):
    make_edition(title="Giá đất năm nay")
    make_edition(title="Lịch cúp nước")
    assert suggested(citizen, text) == ["Giá đất năm nay"]


def test_officials_posts_and_matters_stand_first(citizen):
    make_edition(title="Đăng ký đầu tư qua mạng")
    official = make_official(name="Đặng Văn Ưu", post=make_post(title_vi="Trưởng phòng Đầu tư"))
    Duty.objects.create(name_vi="Đầu tư", post=official.post)
    assert suggested(citizen, "dau tu") == ["Đầu tư", official.title, "Đăng ký đầu tư qua mạng"]
    assert suggested(citizen, "đặng v") == [official.person.full_name]


def test_what_readers_cannot_see_is_not_suggested(citizen):
    make_draft(title="Kế hoạch thanh tra")
    assert suggested(citizen, "kế hoạch") == []


def test_each_language_has_its_own(citizen):
    make_edition(title="Zone opens", language="en")
    assert suggested(citizen, "zone") == []
    assert suggested(citizen, "zone", "/en/search/goi-y.json") == ["Zone opens"]


def test_there_are_eight_at_most_and_each_once(citizen):
    for number in range(12):
        make_edition(title=f"Đầu tư đợt {number // 2}")
    assert len(suggested(citizen, "dau tu")) == 6
    for number in range(12):
        make_edition(title=f"Đầu tư lần {number}")
    assert len(set(suggested(citizen, "dau tu"))) == 8


@pytest.mark.parametrize("text", ["", "a", "x" * 61, "  ", "\0", "…"])
def test_what_is_too_short_or_too_long_asks_nobody(citizen, text):
    with CaptureQueriesContext(connection) as queries:
        assert suggested(citizen, text) == []
    assert len(queries) == 0


def test_four_queries_are_enough(citizen):
    make_official(name="Đặng Văn Ưu")
    for number in range(30):
        make_edition(title=f"Đầu tư đợt {number}")
    with CaptureQueriesContext(connection) as queries:
        suggested(citizen, "dau tu")
    assert len(queries) <= 4


def test_no_cache_keeps_what_may_be_withdrawn_and_nobody_is_told_apart(citizen):
    response = citizen.get("/tim-kiem/goi-y.json", {"q": "dau tu"})
    assert "no-store" in response.headers["Cache-Control"]
    assert "Cookie" not in response.headers.get("Vary", "")
    assert not response.cookies
    assert citizen.post("/tim-kiem/goi-y.json").status_code == 405


def test_anything_may_be_typed(citizen):
    make_edition(title="Giá đất đai năm nay")
    for text in nasty_strings()[::3]:
        suggested(citizen, text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("text", ["gias ddaats", "gia1 d9a61", "ddaats"])
def test_keys_that_were_left_over_are_understood(citizen, text):
    make_edition(title="Giá đất năm nay")
    assert suggested(citizen, text) == ["Giá đất năm nay"]


def test_accents_that_were_typed_come_first(citizen):
    make_official(name="Đặng Ngọc Đạt")
    for title in ("Đất đai", "Đạt chuẩn", "Càng cua được mùa", "Cảng cá mở rộng"):
        make_edition(title=title)
    assert suggested(citizen, "đất") == ["Đất đai", "Đạt chuẩn"]
    assert suggested(citizen, "cảng c")[0] == "Cảng cá mở rộng"
    assert suggested(citizen, "cảng cua")[0] == "Càng cua được mùa"
    assert suggested(citizen, "dat")[0].endswith("Đạt")


@pytest.mark.parametrize("text", ["kcn", "kcn h", "KCN Hòa", "khu cong nghiep ho"])
def test_abbreviations_are_understood(citizen, text):
    make_edition(title="Khu công nghiệp Hòa Hiệp")
    make_edition(title="Mở rộng KCN Hòa Tâm")
    assert len(suggested(citizen, text)) == 2


@pytest.mark.parametrize("text", ["quản lí", "quan li t", "xử lí nước", "xu li n"])
def test_i_and_y_are_one_letter(citizen, text):
    make_edition(title="Quản lý thị trường, xử lý nước")
    assert len(suggested(citizen, text)) == 1


def test_what_is_suggested_finds_what_it_names(citizen):
    make_edition(title="Danh sách “Dân vận khéo” -Tuyên truyền")
    (suggestion,) = suggested(citizen, "dan van")
    answer = citizen.get("/tim-kiem/", {"q": suggestion}).context["answer"]
    assert answer.total == 1

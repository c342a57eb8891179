"""The directory's public pages: units, people, matters."""

import json
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Appointment, Duty, OpeningHours, Person, Unit
from contacts.phonebook import write_numbers
from contacts.succession import hand_over
from tests.making import make_agency, make_official, make_post, make_unit, today

pytestmark = pytest.mark.django_db
MOST_QUERIES = 9


def main(answer):
    """What stands between the header and the side column."""
    return answer.content.decode().partition("<main")[2].partition("<aside")[0]


def make_duty(**changes):
    values = {"name_vi": "Đầu tư", "name_en": "Investment"}
    post = changes.pop("post", None) or make_post()
    return Duty.objects.create(**values | {"post": post} | changes)


# Units


def test_a_unit_has_a_page_in_both_languages(citizen):
    unit = make_unit(name_vi="Phòng Đất đai", name_en="Land Division", functions_vi="Giao đất.")
    page = citizen.get("/bo-may/phong-dat-dai/").content.decode()
    assert "Giao đất." in page
    assert 'href="/en/organisation/land-division/"' in page
    assert "Land Division" in citizen.get("/en/organisation/land-division/").content.decode()
    assert unit.get_absolute_url() == "/bo-may/phong-dat-dai/"


def test_the_address_of_a_unit_in_the_other_language_leads_on(citizen):
    make_unit(name_vi="Phòng Đất đai", name_en="Land Division")
    answer = citizen.get("/en/organisation/phong-dat-dai/")
    assert (answer.status_code, answer["Location"]) == (301, "/en/organisation/land-division/")


def test_units_of_the_same_name_have_pages_of_their_own():
    slugs = [make_unit(name_vi="Văn phòng", name_en="").slug for _number in range(3)]
    assert slugs == ["van-phong", "van-phong-2", "van-phong-3"]


def test_a_unit_lists_its_officials_and_the_units_below(citizen):
    unit = make_unit(name_vi="Phòng Đất đai")
    make_unit(name_vi="Tổ Giao đất", parent=unit)
    make_official("0257 3500 120", name="Vũ Thị Ất", post=make_post(unit=unit))
    page = main(citizen.get("/bo-may/phong-dat-dai/"))
    for words in ("Tổ Giao đất", "Vũ Thị Ất", "tel:+842573500120"):
        assert words in page


def test_a_unit_that_is_not_there_is_not_found(citizen):
    assert citizen.get("/bo-may/khong-co/").status_code == 404


def test_units_that_belong_to_each_other_in_a_circle_do_not_stop_a_page(citizen):
    one, other = make_unit(name_vi="Phòng Một"), make_unit(name_vi="Phòng Hai")
    Unit.objects.filter(pk=one.pk).update(parent=other)
    Unit.objects.filter(pk=other.pk).update(parent=one)
    for address in ("/bo-may/", "/bo-may/phong-mot/", "/lien-he/"):
        assert citizen.get(address).status_code == 200


def test_where_rank_does_not_decide_names_stand_as_vietnamese_sort_them(citizen):
    post = make_post(has_one_seat=False)
    for name in ("Lê Văn Đức", "Trần Thị Ân", "Phạm Văn Dũng", "Bùi Thị An"):
        make_official(name=name, post=post)
    page = main(citizen.get("/bo-may/"))
    names = ["Bùi Thị An", "Trần Thị Ân", "Phạm Văn Dũng", "Lê Văn Đức"]
    assert sorted(names, key=page.index) == names


# People


def test_who_left_is_told_with_the_day_and_todays_holder(citizen):
    leaving = make_official(name="Lý Văn Cũ", started_on=date(2020, 1, 1))
    successor = Person.objects.create(name="Hồ Thị Mới", honorific="ms")
    following = hand_over(leaving, on=date(2026, 5, 3), successor=successor)
    write_numbers(following, "0257 3500 999")
    page = main(citizen.get(f"/bo-may/nguoi/{leaving.person_id}/"))
    for words in ("01/01/2020", "03/05/2026", "Bà Hồ Thị Mới", "tel:+842573500999"):
        assert words in page
    assert "tel:+842573500001" not in page


def test_a_search_for_who_left_names_todays_holder(citizen):
    leaving = make_official(name="Lý Văn Cũ")
    successor = Person.objects.create(name="Hồ Thị Mới", honorific="ms")
    hand_over(leaving, on=today(), successor=successor)
    page = main(citizen.get("/tim-kiem/?q=ly+van+cu"))
    assert f"{today():%d/%m/%Y}" in page
    assert "Bà Hồ Thị Mới" in page


def test_a_former_official_is_not_found_by_the_post_alone(citizen):
    leaving = make_official(name="Lý Văn Cũ", post=make_post(title_vi="Chánh Thanh tra"))
    hand_over(leaving, on=today())
    assert "Lý Văn Cũ" not in main(citizen.get("/tim-kiem/?q=chanh+thanh+tra"))


def test_who_left_is_in_no_public_box_at_that_instant(citizen):
    leaving = make_official("0905 000 111", name="Lý Văn Cũ")
    addresses = ["/", "/duong-day-nong/", "/bo-may/", f"/bo-may/{leaving.post.unit.slug}/"]
    addresses += ["/duong-day-nong.vcf", "/bo-may.json", "/duong-day-nong/to-in-a5/"]
    for address in addresses:
        assert "Lý Văn Cũ" in citizen.get(address).content.decode() or address == "/", address
    hand_over(leaving, on=today())
    for address in addresses:
        page = citizen.get(address).content.decode()
        assert "Lý Văn Cũ" not in page, address
        assert "84905000111" not in page, address


def test_who_is_to_begin_has_no_page_yet(citizen):
    official = make_official(started_on=today() + timedelta(days=1))
    assert citizen.get(official.get_absolute_url()).status_code == 404


def test_whoever_is_away_names_who_stands_in(citizen):
    stand_in = make_official("0905 000 222", name="Lê Thay Thế", post=make_post())
    official = make_official(
        stand_in=stand_in, absent_from=today(), absent_until=today(), post=make_post()
    )
    page = main(citizen.get(official.get_absolute_url()))
    assert "Vắng mặt đến hết ngày" in page
    assert "Lê Thay Thế" in page
    yesterday = today() - timedelta(days=1)
    Appointment.objects.filter(pk=official.pk).update(absent_from=yesterday, absent_until=yesterday)
    assert "Vắng mặt" not in main(citizen.get(official.get_absolute_url()))


def test_a_stand_in_who_left_is_named_no_more(citizen):
    stand_in = make_official(name="Lê Đã Đi", post=make_post(), ended_on=today())
    official = make_official(stand_in=stand_in, absent_from=today(), post=make_post())
    assert "Lê Đã Đi" not in main(citizen.get(official.get_absolute_url()))


def test_a_number_says_which_languages_are_spoken(citizen):
    official = make_official()
    official.phonenumbers.update(languages="vi,ko")
    assert "tiếng Việt, tiếng Hàn" in main(citizen.get(official.get_absolute_url()))
    page = main(citizen.get(f"/en/organisation/person/{official.person_id}/"))
    assert "Vietnamese, Korean" in page


# The official of a matter


def test_a_matter_leads_to_whoever_holds_the_post_today(citizen):
    duty = make_duty()
    leaving = make_official("0905 000 111", post=duty.post, name="Lý Văn Cũ")
    assert "Lý Văn Cũ" in main(citizen.get("/lien-he/dau-tu/"))
    successor = Person.objects.create(name="Hồ Thị Mới", honorific="ms")
    hand_over(leaving, on=today(), successor=successor)
    page = main(citizen.get("/en/contact/investment/"))
    assert "Hồ Thị Mới" in page
    assert "(Ho Thi Moi)" in page
    assert "Lý Văn Cũ" not in page


def test_a_matter_is_visibly_not_confirmed_until_it_is(citizen):
    duty = make_duty()
    official = make_official(post=duty.post)
    assert "Not confirmed" in main(citizen.get("/en/contact/investment/"))
    official.confirm(by=None)
    page = main(citizen.get("/en/contact/investment/"))
    assert "Not confirmed" not in page
    assert "Confirmed on" in page


def test_a_matter_names_the_stand_in_with_numbers(citizen):
    duty = make_duty()
    stand_in = make_official("0905 000 222", name="Lê Thay Thế", post=make_post())
    make_official("0905 000 111", post=duty.post, stand_in=stand_in)
    page = main(citizen.get("/lien-he/dau-tu/"))
    for words in ("tel:+84905000111", "Lê Thay Thế", "tel:+84905000222"):
        assert words in page


def test_one_of_several_holders_may_answer_for_a_matter(citizen):
    post = make_post(has_one_seat=False)
    make_official(post=post, name="Lê Một")
    named = make_official(post=post, name="Lê Hai")
    make_duty(post=post, holder=named)
    page = main(citizen.get("/lien-he/dau-tu/"))
    assert "Lê Hai" in page
    assert "Lê Một" not in page
    hand_over(named, on=today())
    assert "Lê Một" in main(citizen.get("/lien-he/dau-tu/"))


def test_a_matter_whose_post_is_vacant_says_so(citizen):
    make_duty()
    assert "Chức vụ hiện còn khuyết" in main(citizen.get("/lien-he/dau-tu/"))


def test_a_matter_has_one_address_to_send_in_each_language(citizen):
    make_duty()
    page = citizen.get("/lien-he/dau-tu/").content.decode()
    assert 'href="/en/contact/investment/"' in page
    answer = citizen.get("/en/contact/dau-tu/")
    assert (answer.status_code, answer["Location"]) == (301, "/en/contact/investment/")
    assert citizen.get("/en/contact/nothing/").status_code == 404


def test_the_matters_stand_on_the_contact_page_and_are_found(citizen):
    make_duty(description_vi="Ưu đãi thuế, điều chỉnh dự án")
    for address in ("/lien-he/", "/duong-day-nong/", "/tim-kiem/?q=uu+dai+thue"):
        assert 'href="/lien-he/dau-tu/"' in citizen.get(address).content.decode(), address


# For machines


def structured(page):
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    return json.loads(found[1])


def test_search_engines_read_the_numbers(citizen):
    make_agency()
    OpeningHours.objects.create(unit=make_unit(), opens="07:30", closes="11:30")
    make_official("0257 3503 168", "113")
    data = structured(citizen.get("/en/hotline/").content.decode())
    [point] = data["contactPoint"]
    assert point["telephone"] == "+842573503168"
    assert point["contactType"] == "Head of Investment"
    assert point["hoursAvailable"][0]["opens"] == "07:30"
    assert data["name"] == "Economic Zone Authority"


def test_a_name_cannot_end_the_block_of_data(citizen):
    make_official(name="</script><script>alert(1)</script>&amp;")
    page = citizen.get("/duong-day-nong/").content.decode()
    block = page.partition("application/ld+json")[2].partition("</script>")[0]
    assert not {"<", "&"} & set(block)
    assert structured(page)["contactPoint"][0]["name"].endswith("</script>&amp;")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
@pytest.mark.parametrize(
    "address", ["/lien-he/dau-tu/", "/duong-day-nong.csv", "/duong-day-nong.svg", "/bo-may/x/"]
)
def test_pages_are_only_read(citizen, address, method):
    assert getattr(citizen, method)(address).status_code == 405


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 40])
def test_no_page_asks_more_of_the_database_when_the_agency_is_larger(citizen, count):
    make_agency()
    root = make_unit()
    OpeningHours.objects.create(unit=root, opens="07:30", closes="11:30")
    duty = make_duty(post=make_post(unit=root))
    for number in range(count):
        unit = make_unit(name_vi=f"Phòng {number}", parent=root)
        write_numbers(unit, "0257 3500 100")
        post = make_post(unit=unit, has_one_seat=False)
        write_numbers(post, "0257 3500 101")
        official = make_official("0905 000 111", post=post)
        make_official("0905 000 112", post=post, stand_in=official, absent_from=today())
        make_official("0905 000 113", post=post, ended_on=today())
    make_official(post=duty.post, stand_in=official)
    addresses = [
        *("/", "/duong-day-nong/", "/lien-he/", "/bo-may/", unit.get_absolute_url()),
        *(official.get_absolute_url(), duty.get_absolute_url(), "/tim-kiem/?q=ngoc+uu"),
        *("/duong-day-nong.vcf", "/bo-may.csv", "/duong-day-nong/to-in-a5/"),
        *("/lien-he/dau-tu/to-in-a5/", f"/duong-day-nong/{official.pk}/to-in-a5/"),
    ]
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert citizen.get(address).status_code == 200
        assert len(queries) <= MOST_QUERIES, (address, len(queries))

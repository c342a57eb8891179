from datetime import timedelta

import pytest

from contacts.hotline import hotline_officials
from contacts.models import PhoneNumber
from contacts.phonebook import check_numbers, write_numbers
from contacts.phones import PhoneError
from tests.making import make_official, make_post, make_unit, today

pytestmark = pytest.mark.django_db


def numbers_of(official):
    return [number.national for number in official.phonenumbers.all()]


def test_one_field_becomes_several_numbers_and_is_kept_as_it_was_typed():
    official = make_official()
    write_numbers(official, "0257. 3503\u00a0168 - 0913 705 521")
    assert numbers_of(official) == ["0257 3503 168", "0913 705 521"]
    official.refresh_from_db()
    assert official.numbers_as_typed == "0257. 3503\u00a0168 - 0913 705 521"


def test_a_number_that_stays_keeps_what_was_said_about_it():
    official = make_official("0257 3503 168", "0913 705 521")
    official.phonenumbers.filter(e164="+84913705521").update(label="Trực đêm", languages="vi,en")
    write_numbers(official, "0913.705.521; 0903 522 442")
    kept, new = official.phonenumbers.all()
    assert (kept.label, kept.languages, kept.raw) == ("Trực đêm", "vi,en", "0913.705.521")
    assert new.e164 == "+84903522442"


def test_the_numbers_stand_in_the_order_in_which_they_were_typed():
    official = make_official("0257 3503 168", "0913 705 521")
    write_numbers(official, "0913 705 521; 0257 3503 168")
    assert numbers_of(official) == ["0913 705 521", "0257 3503 168"]


def test_what_is_marked_internal_is_not_public_and_never_becomes_so_by_typing():
    official = make_official("0913 705 521")
    write_numbers(official, "0913 705 521 (nội bộ)")
    write_numbers(official, "0913 705 521")
    assert list(official.phonenumbers.public()) == []


def test_an_empty_field_takes_all_numbers_away():
    official = make_official("0257 3503 168")
    write_numbers(official, "")
    assert not PhoneNumber.objects.exists()


def test_nothing_is_changed_when_one_number_is_none():
    official = make_official("0257 3503 168")
    with pytest.raises(PhoneError):
        write_numbers(official, "0913 705 521; 0913 705")
    assert numbers_of(official) == ["0257 3503 168"]


def test_saving_the_same_text_again_changes_nothing():
    official = make_official()
    write_numbers(official, "0257 3503 168")
    written = PhoneNumber.history.count()
    assert write_numbers(official, "0257 3503 168") is False
    assert PhoneNumber.history.count() == written


def test_an_old_number_is_read_and_refused_with_the_new_one():
    numbers, errors = check_numbers("057 3828 250")
    assert [number.e164 for number in numbers] == ["+842573828250"]
    assert "0257 3828 250" in errors[0]


def test_an_official_is_reached_by_the_numbers_of_the_post_too(citizen):
    post = make_post()
    write_numbers(post, "0257 3500 120")
    official = make_official("0905 000 111", post=post)
    [shown] = hotline_officials()
    for row in (official, shown):
        found = [number.national for number in row.public_numbers]
        assert found == ["0905 000 111", "0257 3500 120"]
    assert "tel:+842573500120" in citizen.get("/duong-day-nong/").content.decode()


def test_a_number_of_person_and_post_alike_is_shown_once(citizen):
    post = make_post()
    write_numbers(post, "0257 3500 120")
    make_official("0257 3500 120", post=post)
    page = citizen.get("/duong-day-nong/").content.decode().partition("<main")[2]
    assert page.partition("<aside")[0].count("tel:+842573500120") == 1


def test_the_internal_number_of_a_post_is_shown_nowhere(citizen):
    unit = make_unit()
    post = make_post(unit=unit)
    write_numbers(post, "0257 3500 120 (nội bộ)")
    write_numbers(unit, "0257 3500 121 (nội bộ)")
    official = make_official("0905 000 111", post=post)
    addresses = [
        *("/", "/duong-day-nong/", "/duong-day-nong.vcf", "/duong-day-nong.csv", "/bo-may.json"),
        *("/lien-he/", f"/bo-may/{unit.slug}/", official.get_absolute_url()),
        *(f"/duong-day-nong/{official.pk}.vcf", f"/duong-day-nong/{official.pk}/to-in-a5/"),
    ]
    for address in addresses:
        page = citizen.get(address).content.decode()
        assert "350012" not in page.replace(" ", ""), address


def test_a_number_is_shown_from_its_first_day_to_before_its_last(citizen):
    official = make_official("0905 000 111")
    day = today()
    for start, end, is_shown in (
        (day, None, True),
        (day + timedelta(days=1), None, False),
        (None, day, False),
        (None, day + timedelta(days=1), True),
    ):
        official.phonenumbers.update(valid_from=start, valid_until=end)
        page = citizen.get("/duong-day-nong/").content.decode()
        assert ("tel:+84905000111" in page) is is_shown

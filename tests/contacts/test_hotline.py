from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from contacts.models import Appointment, AppointmentKind, PhoneNumber
from tests.making import make_official, make_post, today

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def hotline(client, address="/duong-day-nong/"):
    return client.get(address).content.decode()


def test_every_number_can_be_tapped(citizen):
    make_official("0257. 3503\u00a0168", "0913 705 521")
    page = hotline(citizen)
    assert 'href="tel:+842573503168"' in page
    assert 'href="tel:+84913705521"' in page
    assert "0257 3503 168" in page


def test_abroad_the_country_code_is_shown(citizen):
    make_official("0257 3503 168")
    assert "+84 257 3503 168" in hotline(citizen, "/en/hotline/")


def test_officials_stand_by_rank(citizen):
    make_official(name="Lê Văn Hai", post=make_post(title_vi="Phó Trưởng ban", rank=20))
    make_official(name="Lê Thị Một", post=make_post(title_vi="Trưởng ban", rank=10))
    page = hotline(citizen).partition("<main")[2]
    assert page.index("Lê Thị Một") < page.index("Lê Văn Hai")


def test_who_left_is_gone_that_day(citizen):
    make_official(name="Đã Thôi Giữ", ended_on=today())
    make_official(name="Còn Giữ Chức", ended_on=today() + DAY, post=make_post())
    page = hotline(citizen)
    assert "Đã Thôi Giữ" not in page
    assert "Còn Giữ Chức" in page


def test_who_begins_tomorrow_is_not_there_yet(citizen):
    make_official(name="Ngày Mai Nhận", started_on=today() + DAY)
    assert "Ngày Mai Nhận" not in hotline(citizen)


def test_an_internal_number_is_shown_nowhere(citizen):
    official = make_official("0913 705 521")
    PhoneNumber.objects.create(appointment=official, raw="0903 000 111", is_public=False)
    for address in ("/duong-day-nong/", "/", "/duong-day-nong.vcf", "/tim-kiem/?q=0903000111"):
        assert "+84903000111" not in hotline(citizen, address)


def test_a_number_whose_time_is_over_is_not_shown(citizen):
    official = make_official("0913 705 521")
    PhoneNumber.objects.create(appointment=official, raw="0903 000 111", valid_until=today())
    assert "+84903000111" not in hotline(citizen)


def test_what_nobody_confirmed_says_so(citizen):
    official = make_official()
    assert "Chưa xác nhận" in hotline(citizen)
    Appointment.objects.filter(pk=official.pk).update(confirmed_on=today())
    assert "Chưa xác nhận" not in hotline(citizen)


def test_a_post_with_one_seat_takes_one_holder():
    official = make_official()
    second = Appointment(person=official.person, post=official.post)
    with pytest.raises(ValidationError) as refusal:
        second.full_clean()
    assert "post" in refusal.value.message_dict


def test_a_successor_may_begin_the_day_the_other_leaves():
    official = make_official(ended_on=today())
    Appointment(person=official.person, post=official.post, started_on=today()).full_clean()


def test_a_post_with_many_seats_takes_many():
    official = make_official(post=make_post(has_one_seat=False))
    Appointment(person=official.person, post=official.post).full_clean()


def test_an_acting_holder_is_called_so(citizen):
    make_official(kind=AppointmentKind.ACTING, post=make_post(title_vi="Trưởng ban"))
    assert "Quyền Trưởng ban" in hotline(citizen)


def test_a_number_that_cannot_be_one_is_refused_with_the_reason(db):
    number = PhoneNumber(appointment=make_official(), raw="0913 705")
    with pytest.raises(ValidationError) as refusal:
        number.full_clean()
    assert "raw" in refusal.value.message_dict

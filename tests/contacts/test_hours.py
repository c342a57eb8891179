from datetime import date, datetime, time

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from contacts.hours import VIETNAM, Timetable, agency_timetable, timetable_of
from contacts.models import OpeningHours, SpecialDay
from tests.making import make_official, make_unit

MORNING = OpeningHours(first_weekday=0, last_weekday=4, opens=time(7, 30), closes=time(11, 30))
AFTERNOON = OpeningHours(first_weekday=0, last_weekday=4, opens=time(13, 30), closes=time(17))


def at(*parts):
    return datetime(*parts, tzinfo=VIETNAM)


def state(moment, *special):
    return Timetable([MORNING, AFTERNOON], special).state(moment)


@pytest.mark.parametrize(
    ("moment", "is_open", "reopens_at"),
    [
        (at(2026, 11, 25, 7, 29), False, at(2026, 11, 25, 7, 30)),
        (at(2026, 11, 25, 7, 30), True, None),
        (at(2026, 11, 25, 11, 29), True, None),
        (at(2026, 11, 25, 11, 30), False, at(2026, 11, 25, 13, 30)),
        (at(2026, 11, 25, 17, 0), False, at(2026, 11, 26, 7, 30)),
        (at(2026, 11, 27, 18, 0), False, at(2026, 11, 30, 7, 30)),  # Friday evening
        (at(2026, 11, 29, 9, 0), False, at(2026, 11, 30, 7, 30)),  # Sunday
    ],
)
def test_the_hours_of_an_ordinary_week(moment, is_open, reopens_at):
    found = state(moment)
    assert (found.is_open, found.reopens_at) == (is_open, reopens_at)


def test_the_clock_is_that_of_viet_nam_wherever_the_reader_is():
    assert state(datetime.fromisoformat("2026-11-25T00:30:00+00:00")).is_open
    assert state(datetime.fromisoformat("2026-11-24T16:30:00-08:00")).is_open


def test_on_a_public_holiday_it_is_closed_and_says_why():
    found = state(at(2026, 9, 2, 9, 0))
    assert (found.is_open, found.holiday) == (False, "Quốc khánh")
    with translation.override("en"):
        assert state(at(2026, 9, 2, 9, 0)).holiday == "National Day"


def test_over_tet_it_opens_after_the_last_day_of_it():
    assert state(at(2026, 2, 14, 9, 0)).reopens_at == at(2026, 2, 23, 7, 30)


def test_staff_add_days_without_work():
    day = SpecialDay(day=date(2026, 11, 25), name="Nghỉ bão")
    found = state(at(2026, 11, 25, 9, 0), day)
    assert (found.is_open, found.holiday) == (False, "Nghỉ bão")
    assert found.reopens_at == at(2026, 11, 26, 7, 30)


def test_on_a_swapped_saturday_the_office_works_like_on_a_monday():
    day = SpecialDay(day=date(2026, 11, 28), name="Làm bù", is_working_day=True)
    assert state(at(2026, 11, 28, 9, 0), day).is_open


def test_staff_know_better_than_the_list_of_holidays():
    day = SpecialDay(day=date(2026, 9, 2), name="Trực lễ", is_working_day=True)
    assert state(at(2026, 9, 2, 9, 0), day).is_open


def test_who_never_opens_does_not_say_when():
    assert Timetable([], []).state(at(2026, 11, 25, 9, 0)).reopens_at is None


def test_the_week_is_written_as_people_say_it():
    timetable = Timetable([MORNING, AFTERNOON], [])
    assert timetable.as_text() == "Thứ Hai đến Thứ Sáu: 7:30–11:30, 13:30–17:00"
    with translation.override("en"):
        assert timetable.as_text() == "Monday – Friday: 7:30–11:30, 13:30–17:00"


def test_days_with_other_hours_stand_apart():
    saturday = OpeningHours(first_weekday=5, last_weekday=5, opens=time(8), closes=time(11))
    assert "; Thứ Bảy: 8:00–11:00" in Timetable([MORNING, saturday], []).as_text()


@pytest.mark.django_db
def test_a_unit_without_hours_has_those_of_the_unit_above():
    root = make_unit()
    OpeningHours.objects.create(unit=root, opens=time(7, 30), closes=time(11, 30))
    below = make_unit(name_vi="Tổ Hỗ trợ", parent=make_unit(name_vi="Phòng Đầu tư", parent=root))
    assert timetable_of(below).spans_of_weekday(0) == [(time(7, 30), time(11, 30))]
    OpeningHours.objects.create(unit=below, opens=time(8), closes=time(12))
    assert timetable_of(below).spans_of_weekday(0) == [(time(8), time(12))]
    assert agency_timetable().spans_of_weekday(0) == [(time(7, 30), time(11, 30))]


@pytest.mark.django_db
def test_hours_that_end_before_they_begin_are_refused():
    hours = OpeningHours(unit=make_unit(), opens=time(12), closes=time(8))
    with pytest.raises(ValidationError):
        hours.full_clean()


@pytest.mark.django_db
def test_the_hotline_says_whether_somebody_will_answer(citizen, time_machine_at):
    unit = make_unit()
    for row in (MORNING, AFTERNOON):
        OpeningHours.objects.create(unit=unit, opens=row.opens, closes=row.closes)
    time_machine_at(at(2026, 11, 25, 9, 0))
    assert "Trong giờ làm việc" in citizen.get("/duong-day-nong/").content.decode()
    time_machine_at(at(2026, 11, 25, 12, 0))
    page = citizen.get("/duong-day-nong/").content.decode()
    assert "Ngoài giờ, làm việc lại lúc 13:30" in page
    time_machine_at(at(2026, 11, 27, 18, 0))
    page = citizen.get("/en/hotline/").content.decode()
    assert "open again at 7:30 Monday, 30 November 2026" in page
    assert "Viet Nam time, UTC+7" in page


def test_where_no_hours_are_known_none_are_claimed(citizen):
    make_unit()
    page = citizen.get("/duong-day-nong/").content.decode()
    assert "giờ làm việc" not in page.partition("<main")[2].partition("</main")[0]


def test_the_box_of_the_home_page_says_whether_somebody_answers_now(citizen, time_machine_at):
    official = make_official()
    OpeningHours.objects.create(unit=official.post.unit, opens=time(7, 30), closes=time(11, 30))
    time_machine_at(at(2026, 11, 25, 9))
    assert "Trong giờ làm việc" in citizen.get("/").content.decode()
    time_machine_at(at(2026, 11, 25, 12))
    assert "làm việc lại lúc 7:30" in citizen.get("/").content.decode()


def test_hours_and_special_days_of_the_agency_are_one_query(django_assert_num_queries, db):
    OpeningHours.objects.create(unit=make_unit(), opens=time(7, 30), closes=time(11, 30))
    SpecialDay.objects.create(day=timezone.localdate(), name="Ngày thành lập")
    with django_assert_num_queries(1):
        timetable = agency_timetable()
    assert timetable.spans_on(timezone.localdate()) == []
    assert timetable.holiday_on(timezone.localdate()) == "Ngày thành lập"

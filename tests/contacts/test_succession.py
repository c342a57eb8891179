from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from contacts.models import Appointment, AppointmentKind, Duty, Person
from contacts.phonebook import write_numbers
from contacts.succession import hand_over
from tests.making import make_official, make_post, today

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_person(name="Trịnh Thị Ước", **changes):
    return Person.objects.create(name=name, **{"honorific": "ms"} | changes)


def test_who_leaves_is_followed_the_same_day():
    leaving = make_official()
    following = hand_over(leaving, on=today(), successor=make_person())
    leaving.refresh_from_db()
    assert (leaving.ended_on, following.started_on) == (today(), today())
    assert list(Appointment.objects.current()) == [following]


def test_the_successor_takes_the_place_in_every_list_unconfirmed():
    leaving = make_official(position=7, confirmed_on=today())
    following = hand_over(leaving, on=today(), successor=make_person())
    assert (following.is_on_hotline, following.position, following.is_confirmed) == (True, 7, False)


def test_a_post_may_stay_vacant():
    leaving = make_official()
    assert hand_over(leaving, on=today()) is None
    assert not Appointment.objects.current().exists()


def test_the_numbers_of_the_office_go_to_the_successor_with_what_was_said_of_them():
    leaving = make_official("0257 3500 001", "0905 000 111")
    office = leaving.phonenumbers.get(e164="+842573500001")
    office.label, office.languages = "Văn thư", "vi,en"
    office.save()
    following = hand_over(leaving, on=today(), successor=make_person(), keep=[office.pk])
    number = following.phonenumbers.get()
    assert (number.national, number.label, number.languages) == (
        "0257 3500 001",
        "Văn thư",
        "vi,en",
    )


def test_an_internal_number_stays_internal_with_the_successor():
    leaving = make_official()
    write_numbers(leaving, "0905 000 111 (nội bộ)")
    keep = [number.pk for number in leaving.phonenumbers.all()]
    following = hand_over(leaving, on=today(), successor=make_person(), keep=keep)
    assert following.public_numbers == []


def test_matters_of_one_holder_go_to_the_successor():
    leaving = make_official(post=make_post(has_one_seat=False))
    duty = Duty.objects.create(name_vi="Đất đai", post=leaving.post, holder=leaving)
    following = hand_over(leaving, on=today(), successor=make_person())
    duty.refresh_from_db()
    assert duty.holder == following


def test_nobody_leaves_twice():
    leaving = make_official()
    hand_over(leaving, on=today())
    with pytest.raises(ValidationError):
        hand_over(leaving, on=today() + DAY)


def test_nobody_leaves_before_the_beginning():
    leaving = make_official(started_on=today())
    with pytest.raises(ValidationError):
        hand_over(leaving, on=today())


def test_what_is_refused_changes_nothing():
    leaving = make_official()
    with pytest.raises(ValidationError):
        hand_over(leaving, on=today(), successor=leaving.person)
    leaving.refresh_from_db()
    assert leaving.ended_on is None
    assert Appointment.objects.count() == 1


# One seat, one holder: in the form and in the database.


def test_the_database_refuses_a_second_holder_of_one_seat():
    first = make_official()
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(person=make_person(), post=first.post)


@pytest.mark.parametrize("kind", AppointmentKind.values)
def test_whatever_the_kind_the_seat_is_taken(kind):
    first = make_official(kind=kind)
    second = Appointment(person=make_person(), post=first.post, kind=AppointmentKind.CONCURRENT)
    with pytest.raises(ValidationError):
        second.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_an_update_past_the_forms_is_refused_by_the_database():
    first = make_official(ended_on=date(2026, 1, 1))
    Appointment.objects.create(person=make_person(), post=first.post, started_on=date(2026, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=first.pk).update(ended_on=date(2026, 1, 2))


def test_one_may_begin_on_the_day_the_other_leaves():
    first = make_official(ended_on=date(2026, 1, 1))
    Appointment.objects.create(person=make_person(), post=first.post, started_on=date(2026, 1, 1))


def test_two_open_beginnings_and_ends_overlap():
    first = make_official(started_on=date(2026, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(person=make_person(), post=first.post, ended_on=date(2026, 1, 2))
    Appointment.objects.create(person=make_person(), post=first.post, ended_on=date(2026, 1, 1))


def test_a_post_with_several_seats_takes_several():
    first = make_official(post=make_post(has_one_seat=False))
    Appointment.objects.create(person=make_person(), post=first.post)


def test_a_post_cannot_lose_its_seats_while_several_hold_it():
    first = make_official(post=make_post(has_one_seat=False))
    Appointment.objects.create(person=make_person(), post=first.post)
    first.post.has_one_seat = True
    with pytest.raises(ValidationError) as refusal:
        first.post.full_clean()
    assert "has_one_seat" in refusal.value.message_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        first.post.save()


def test_a_post_that_gets_one_seat_is_guarded_from_then_on():
    first = make_official(post=make_post(has_one_seat=False))
    first.post.has_one_seat = True
    first.post.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(person=make_person(), post=first.post)

"""What anybody may send: who is believed, what is refused, and that nothing typed is lost."""

from datetime import timedelta

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory

from editing.public_forms import PublicForm, Throttle, is_same_origin, network_of

OWN = {"HTTP_SEC_FETCH_SITE": "same-origin"}
few = Throttle(2, timedelta(minutes=10))


class OpinionForm(PublicForm):
    purpose = "opinion"
    throttles = (few,)
    text = forms.CharField(label="Ý kiến", max_length=20)


def page(**subject):
    return OpinionForm(RequestFactory().get("/"), **subject)


def sent(data=None, *, subject="", **headers):
    values = {"stamp": page(subject=subject).stamp, "text": "Được, rõ ràng"} | (data or {})
    headers = headers or OWN
    return OpinionForm(RequestFactory().post("/", values, **headers), subject=subject)


def shown(form):
    template = '{% include "components/form_guard.html" %}{% with field=form.text %}{% include "components/form_field.html" %}{% endwith %}'
    return engines["templating"].from_string(template).render({"form": form})


def test_a_form_from_our_own_page_is_taken():
    form = sent()
    assert form.is_valid()
    assert form.cleaned_data == {"text": "Được, rõ ràng"}
    assert form.status == 200


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"HTTP_SEC_FETCH_SITE": "same-origin"}, True),
        ({"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "null"}, True),
        ({"HTTP_ORIGIN": "http://testserver"}, True),
        ({"HTTP_SEC_FETCH_SITE": "cross-site"}, False),
        ({"HTTP_SEC_FETCH_SITE": "same-site"}, False),
        ({"HTTP_SEC_FETCH_SITE": "none"}, False),
        ({"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "https://khac.vn"}, False),
        ({"HTTP_ORIGIN": "https://khac.vn"}, False),
        ({"HTTP_ORIGIN": "null"}, False),
        ({}, False),
    ],
)
def test_the_browser_says_where_a_form_comes_from(headers, is_ours):
    assert is_same_origin(RequestFactory().post("/", **headers)) is is_ours


def test_a_form_of_another_site_comes_back_with_what_was_typed():
    form = sent(HTTP_SEC_FETCH_SITE="cross-site")
    assert form.status == 403
    assert "Được, rõ ràng" in shown(form)


@pytest.mark.parametrize("stamp", ["", "1", "x-y", "9" * 500, "\x00", "-"])
def test_a_form_without_a_stamp_of_ours_comes_back_with_a_good_one(stamp):
    form = sent({"stamp": stamp})
    assert form.status == 400
    assert f'value="{page().stamp}"' in shown(form)


def test_a_stamp_is_good_for_its_own_subject_alone():
    assert not sent({"stamp": page(subject="1").stamp}, subject="2").is_valid()


def test_a_page_stays_the_same_for_a_day_and_is_good_for_the_next(clock):
    clock.move_to("2026-11-24T00:00:00+07:00")
    stamp = page().stamp
    clock.move_to("2026-11-24T23:59:59+07:00")
    assert page().stamp == stamp
    clock.move_to("2026-11-25T23:59:59+07:00")
    assert page().stamp != stamp
    assert sent({"stamp": stamp}).is_valid()
    clock.move_to("2026-11-26T00:00:00+07:00")
    form = sent({"stamp": stamp})
    assert form.status == 400
    assert "Được, rõ ràng" in shown(form)


def test_a_stamp_of_tomorrow_is_not_believed(clock):
    clock.shift(timedelta(days=1))
    stamp = page().stamp
    clock.shift(timedelta(days=-1))
    assert not sent({"stamp": stamp}).is_valid()


def test_a_program_that_fills_in_everything_is_refused_and_a_person_can_send_again():
    form = sent({"website": "https://khac.vn"})
    assert form.status == 400
    assert "khac.vn" not in shown(form)


def test_too_many_from_one_network_are_refused_for_a_while(clock):
    clock.move_to("2026-11-24T08:00:00+00:00")
    assert [sent().status for _try in range(3)] == [200, 200, 429]
    assert sent(REMOTE_ADDR="192.0.2.9", **OWN).status == 200
    clock.shift(timedelta(minutes=11))
    assert sent().status == 200


def test_what_is_wrong_in_a_field_costs_none_of_the_tries():
    assert [sent({"text": ""}).status for _try in range(5)] == [400] * 5
    assert sent().status == 200


def test_an_error_stands_at_its_field_and_is_read_with_it():
    page_text = shown(sent({"text": "dài" * 3000}))
    assert 'aria-describedby="id_text_error"' in page_text
    assert 'id="id_text_error"' in page_text
    assert "dài" * 3000 in page_text


def test_a_nul_is_an_error_at_its_field():
    assert "text" in sent({"text": "a\x00b"}).errors


def test_the_memory_holds_a_bounded_number_of_senders_and_forgets_them_each_day(clock):
    clock.move_to("2026-11-24T08:00:00+00:00")
    throttle = Throttle(1, timedelta(days=2))
    throttle.MOST_SENDERS = 3
    assert all(throttle.takes(str(number)) for number in range(10))
    assert len(throttle._taken) == 3
    assert not throttle.takes("9")
    clock.shift(timedelta(days=1))
    assert throttle.takes("9")


def test_what_is_remembered_names_no_sender():
    few.takes("192.0.2.7")
    assert "192.0.2.7" not in repr(few._taken)


def test_one_sender_has_a_whole_network_of_ipv6():
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") != network_of("2001:db9::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("không phải") == ""

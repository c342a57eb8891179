"""What takes text from outside takes any text: it answers, and never breaks."""

import json

import pytest
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from editing.richtext import clean_html
from editing.sent_json import read_json
from portal.access import computers
from portal.search.asking import MOST_WORDS, read

any_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
pieces = st.lists(
    st.sampled_from(
        ["<", ">", "</", "/>", "<p>", "<a href=", '"', "'", "javascript:", "&#", "\x00", "<!--", "-->",
         "<svg", " onload=", "<![CDATA[", "]]>", "<math><mtext>", "đường ", "<style>", "\u202e", "="]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(st.text() | pieces)
def test_what_the_cleaner_lets_through_it_lets_through_again(text):
    clean = clean_html(text)
    assert clean_html(clean) == clean
    assert "<script" not in clean.lower()
    assert "\x00" not in clean


@pytest.mark.slow
@pytest.mark.django_db
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(st.text(max_size=300) | pieces)
def test_whatever_is_searched_for_is_answered(citizen, text):
    assert citizen.get("/tim-kiem/", {"q": text}).status_code == 200


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=400))
def test_a_query_has_so_many_words_and_no_more(text):
    assert len(read(text).words) <= MOST_WORDS


@pytest.mark.django_db
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(any_json | st.dictionaries(st.just("csp-report"), any_json))
def test_whatever_a_browser_reports_is_no_fault(citizen, sent):
    answer = citizen.post("/csp-report", json.dumps(sent), content_type="application/csp-report")
    assert answer.status_code == 204


@given(st.text() | st.binary())
def test_what_is_no_json_is_a_value_error(sent):
    try:
        read_json(sent)
    except ValueError:
        return
    json.loads(sent)


@given(st.text())
def test_a_cookie_of_trust_holds_secrets_of_one_length_or_nothing(value):
    request = RequestFactory().get("/")
    request.COOKIES["trusted"] = value
    secrets = computers._secrets(request)
    assert len(secrets) <= 5
    assert all(len(secret) == 43 for secret in secrets)


@given(st.text())
def test_a_browser_has_a_short_name_whatever_it_says_of_itself(user_agent):
    assert 0 < len(computers.name_of(user_agent)) < 60

"""The visit box and the public page."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from stats import box, clock
from stats.models import CounterOffset, DayTotal, VisitInterval
from stats.page_parts import visit_box
from tests.stats.conftest import NOON

TODAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _at_noon(spool: Path) -> Any:
    with time_machine.travel(clock.local_time(NOON), tick=False):
        yield


def draw_box(language: str = "vi") -> str:
    with translation.override(language):
        return str(visit_box())


@pytest.fixture
def counted(db: None) -> None:
    DayTotal.objects.create(day=TODAY, pageviews=9, visitors=4, visits=5)
    VisitInterval.objects.create(day=TODAY, visitor=1, first=NOON - 9, last=NOON - 9)
    CounterOffset.objects.create(figure=7_448_246, reason="Bộ đếm cũ")
    box.write(NOON)


def test_the_box_asks_no_database(counted: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert "7.448.251" in draw_box()


def test_the_box_groups_figures_as_readers_write_them(counted: None) -> None:
    assert "7,448,251" in draw_box("en")


def test_the_box_says_of_when_and_since_when_it_is(counted: None) -> None:
    text = draw_box("en")
    assert "as of 12:00" in text
    assert "counting since 02/11/2026" in text
    assert "Online now" in text


def test_an_old_box_says_its_day_and_not_who_is_online(counted: None) -> None:
    with time_machine.travel(clock.local_time(NOON + clock.DAY), tick=False):
        text = draw_box("en")
    assert "as of 12:00 02/11/2026" in text
    assert "Online now" not in text


@pytest.mark.django_db
def test_before_the_first_visit_the_box_shows_no_zeros() -> None:
    box.write(NOON)
    text = draw_box("en")
    assert "counting since 02/11/2026" in text
    assert "<dd>" not in text


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"online": 1}', '{"since": 3}'])
def test_a_box_file_that_cannot_be_read_costs_no_page(content: str | None) -> None:
    if content is not None:
        box.path().write_text(content)
    assert "counting since" in draw_box("en")


def test_the_page_defines_every_figure(counted: None, client: Client) -> None:
    page = client.get(reverse("stats:overview")).content.decode()
    assert "30" in page
    assert "7.448.251" in page
    assert reverse("stats:data_json") in page
    assert "style=" not in page.partition("<main")[2].partition("</main")[0]


def test_the_page_has_a_chart_with_words_and_a_table(counted: None, client: Client) -> None:
    page = client.get(reverse("stats:overview")).content.decode()
    assert 'role="img"' in page
    assert "<caption" in page
    assert '<time datetime="2026-11-02">' in page


@pytest.mark.django_db
def test_the_page_has_no_chart_of_nothing(client: Client) -> None:
    assert '<svg viewBox="0 0 1095' not in client.get(reverse("stats:overview")).content.decode()


def test_the_page_asks_two_questions_of_the_counter(
    counted: None, client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(30) as asked:
        client.get(reverse("stats:overview"))
    assert sum("stats_" in query["sql"] for query in asked) == 2


def test_a_page_from_a_cache_is_freshened_from_a_small_address(
    counted: None, client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/thong-ke-truy-cap/hien-tai.json")
    assert answer["Cache-Control"] == "no-store"
    assert answer.json() == {
        "as_of": "tính đến 12:00",
        "figures": {"online": "1", "today": "5", "week": "5", "month": "5", "total": "7.448.251"},
    }
    box_shown = draw_box()
    for name in answer.json()["figures"]:
        assert f'data-figure="{name}"' in box_shown


def test_in_english_it_speaks_english(counted: None, client: Client) -> None:
    assert client.get("/en/statistics/hien-tai.json").json()["as_of"] == "as of 12:00"


@pytest.mark.django_db
def test_before_the_first_visit_there_is_nothing_to_freshen(client: Client) -> None:
    assert client.get("/thong-ke-truy-cap/hien-tai.json").json() == {}


def test_the_badge_is_a_picture_that_says_what_it_shows(counted: None, client: Client) -> None:
    answer = client.get("/thong-ke-truy-cap/huy-hieu.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    text = answer.content.decode()
    assert '<title id="t">Lượt truy cập: 7.448.251</title>' in text
    assert "style=" not in text


def test_who_embeds_the_badge_gets_words_for_it(counted: None, client: Client) -> None:
    page = client.get(reverse("stats:overview")).content.decode()
    assert 'alt="Lượt truy cập: 7.448.251"' in page

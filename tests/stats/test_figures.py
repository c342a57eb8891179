from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from stats import clock, figures
from stats.models import CounterOffset, DayPage, DayTotal, HourTotal, VisitInterval
from tests.stats.conftest import NOON

MONDAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _on_tuesday(spool: Path) -> Any:
    with time_machine.travel(clock.local_time(NOON + clock.DAY), tick=False):
        yield


def make_day(day: date, rule: str = "", **sums: int) -> DayTotal:
    values = {"pageviews": 5, "visitors": 2, "visits": 3, **sums}
    return DayTotal.objects.create(day=day, rule=rule, **values)


def ask(client: Client, query: str = "tu=2026-11-02&den=2026-11-03") -> Any:
    response = client.get(f"{reverse('stats:data_json')}?{query}")
    assert response.status_code == 200
    return response.json()


def test_every_day_and_hour_of_the_range_is_there_zeros_too(citizen: Client) -> None:
    make_day(MONDAY)
    HourTotal.objects.create(start=clock.hour_of(NOON), pageviews=5)
    data = ask(citizen)
    assert [(day["date"], day["visits"]) for day in data["days"]] == [
        ("2026-11-02", 3),
        ("2026-11-03", 0),
    ]
    assert len(data["hours"]) == 48
    assert data["hours"][12] == {"start": "2026-11-02T12:00:00+07:00", "pageviews": 5}
    assert data["hours"][13]["pageviews"] == 0


def test_the_answer_has_the_agreed_form(citizen: Client) -> None:
    make_day(MONDAY)
    keys = ["since", "offset", "total_visits", "online", "days", "hours", "pages"]
    data = ask(citizen)
    assert list(data) == keys
    assert data["since"] == "2026-11-02"
    suspected = {"pageviews": 0, "visitors": 0, "visits": 0}
    assert data["days"][0] == {
        "date": "2026-11-02",
        "pageviews": 5,
        "visitors": 2,
        "visits": 3,
        "suspected": suspected,
    }


def test_pages_come_by_falling_count(citizen: Client) -> None:
    for page, day, count in (
        ("/tin-tuc/", 2, 3),
        ("/duong-day-nong/", 2, 3),
        ("/", 2, 4),
        ("/", 3, 5),
        ("/thong-bao/", 9, 9),
    ):
        DayPage.objects.create(day=date(2026, 11, day), page=page, pageviews=count)
    pages = [(row["page"], row["pageviews"]) for row in ask(citizen)["pages"]]
    assert pages == [("/", 9), ("/duong-day-nong/", 3), ("/tin-tuc/", 3)]


def test_robots_are_left_out_and_suspects_told_apart(citizen: Client) -> None:
    make_day(MONDAY)
    make_day(MONDAY, rule="robot:seo")
    make_day(MONDAY, rule="suspect:stealth", pageviews=1, visitors=1, visits=1)
    make_day(MONDAY, rule="suspect:referrer", pageviews=1, visitors=1, visits=1)
    (day, _) = ask(citizen)["days"]
    assert (day["visits"], day["suspected"]["visits"]) == (3, 2)


def test_the_total_is_what_was_carried_over_and_all_visits(citizen: Client) -> None:
    make_day(MONDAY)
    CounterOffset.objects.create(figure=7_448_251, reason="Bộ đếm cũ")
    CounterOffset.objects.create(figure=-251, reason="Đính chính")
    data = ask(citizen, "tu=2026-11-03")
    assert (data["offset"], data["total_visits"]) == (7_448_000, 7_448_003)


def test_weeks_begin_on_monday_and_months_on_the_first(citizen: Client) -> None:
    for day in (date(2026, 10, 31), date(2026, 11, 1), MONDAY, date(2026, 11, 3)):
        make_day(day)
    sums = figures.totals(figures.now())
    assert (sums.today, sums.week, sums.month, sums.total) == (3, 6, 9, 12)


@pytest.mark.parametrize(("ago", "online"), [(0, 1), (299, 1), (300, 0), (4000, 0)])
def test_online_is_who_had_a_pageview_within_five_minutes(
    citizen: Client, ago: int, online: int
) -> None:
    last = NOON + clock.DAY - ago * 1000
    VisitInterval.objects.create(day=date(2026, 11, 3), visitor=1, first=last - 1, last=last)
    assert ask(citizen)["online"] == online


def test_robots_are_never_online(citizen: Client) -> None:
    now = NOON + clock.DAY
    VisitInterval.objects.create(
        day=date(2026, 11, 3), visitor=1, first=now, last=now, rule="robot:seo"
    )
    assert ask(citizen)["online"] == 0


def test_the_range_is_the_last_thirty_days_unless_asked_for(citizen: Client) -> None:
    days = ask(citizen, "")["days"]
    assert (len(days), days[-1]["date"]) == (30, "2026-11-03")


@pytest.mark.parametrize(
    "query",
    [
        "tu=2026-11-03&den=2026-11-02",
        "tu=2020-01-01&den=2026-11-02",
        "tu=02/11/2026",
        "den=2026-02-30",
        "tu=9999-12-31",
        "tu=0001-01-01",
        "den=2026-11-02T00:00",
        'tu="',
    ],
)
@pytest.mark.parametrize("name", ["stats:data_json", "stats:data_csv"])
def test_a_range_that_makes_no_sense_is_refused_in_words(
    citizen: Client, name: str, query: str
) -> None:
    response = citizen.get(f"{reverse(name)}?{query}")
    assert response.status_code == 400
    assert len(response.content) > 20


def test_a_whole_leap_year_can_be_asked_for(citizen: Client) -> None:
    assert len(ask(citizen, "tu=2024-01-01&den=2024-12-31")["days"]) == 366


def test_the_days_come_as_csv(citizen: Client) -> None:
    make_day(MONDAY)
    response = citizen.get(reverse("stats:data_csv") + "?tu=2026-11-02&den=2026-11-03")
    lines = response.content.decode().splitlines()
    assert lines[0].startswith("day,pageviews,visitors,visits,")
    assert lines[1:] == ["2026-11-02,5,2,3,0,0,0", "2026-11-03,0,0,0,0,0,0"]


@pytest.mark.parametrize("name", ["stats:data_json", "stats:data_csv", "stats:overview"])
def test_figures_are_only_read(citizen: Client, name: str) -> None:
    assert citizen.post(reverse(name)).status_code == 405


def test_the_number_of_questions_does_not_grow_with_the_days(
    citizen: Client, django_assert_max_num_queries: Any
) -> None:
    for day in range(1, 29):
        make_day(date(2026, 10, day))
    with django_assert_max_num_queries(7):
        ask(citizen, "tu=2026-01-01&den=2026-11-03")

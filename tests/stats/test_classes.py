"""Staff decide what a rule is taken for; the sums stay as they are."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from stats import figures
from stats.models import (
    DayPage,
    DayTotal,
    HourTotal,
    RuleDecision,
    TakenFor,
    VisitInterval,
)
from stats.suspects import NO_LANGUAGE
from tests.making import make_user
from tests.stats.conftest import NOON

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = (date(2026, 11, day) for day in (2, 3, 4))
SEO = "robot:seo"


@pytest.fixture(autouse=True)
def _counted(db: None) -> None:
    """A hundred people a day, ten suspects among them, and a thousand robots beside them."""
    for day in (FIRST, SECOND, THIRD):
        for rule, count in (("", 100), (NO_LANGUAGE, 10), (SEO, 1000)):
            DayTotal.objects.create(
                day=day, rule=rule, pageviews=count, visitors=count, visits=count
            )
            DayPage.objects.create(day=day, rule=rule, page="/", pageviews=count)


def decide(rule: str, taken_for: str, valid_from: date | None = None) -> RuleDecision:
    return RuleDecision.objects.create(
        rule=rule, taken_for=taken_for, valid_from=valid_from, reason="Đã kiểm tra"
    )


def visits() -> list[int]:
    return [day.visits for day in figures.days(FIRST, THIRD)]


def suspected() -> list[int]:
    return [day.suspected_visits for day in figures.days(FIRST, THIRD)]


def test_until_somebody_decides_suspects_are_in_and_robots_out() -> None:
    assert (visits(), suspected()) == ([100] * 3, [10] * 3)


def test_suspects_taken_for_robots_are_off_backwards_too() -> None:
    decide(NO_LANGUAGE, TakenFor.ROBOT)
    assert (visits(), suspected()) == ([90] * 3, [0] * 3)


def test_a_decision_from_a_day_on_leaves_the_days_before_it() -> None:
    decide(NO_LANGUAGE, TakenFor.ROBOT, SECOND)
    assert (visits(), suspected()) == ([100, 90, 90], [10, 0, 0])


def test_robots_taken_for_people_are_added() -> None:
    decide(SEO, TakenFor.PERSON, THIRD)
    assert visits() == [100, 100, 1100]


def test_robots_taken_for_suspects_are_added_and_shown_apart() -> None:
    decide(SEO, TakenFor.SUSPECT, THIRD)
    assert (visits(), suspected()) == ([100, 100, 1100], [10, 10, 1010])


def test_suspects_taken_for_people_are_suspected_no_more() -> None:
    decide(NO_LANGUAGE, TakenFor.PERSON)
    assert (visits(), suspected()) == ([100] * 3, [0] * 3)


def test_the_latest_decision_holds_and_can_be_taken_back() -> None:
    decide(SEO, TakenFor.PERSON)
    decide(SEO, TakenFor.ROBOT, THIRD)
    assert visits() == [1100, 1100, 100]
    decide(SEO, TakenFor.ROBOT)
    assert visits() == [100] * 3


def test_totals_pages_and_hours_follow_the_same_decision() -> None:
    for rule, count in (("", 100), (NO_LANGUAGE, 10), (SEO, 1000)):
        HourTotal.objects.create(start="2026-11-03T17:00Z", rule=rule, pageviews=count)
    decide(NO_LANGUAGE, TakenFor.ROBOT, THIRD)
    decide(SEO, TakenFor.PERSON, THIRD)
    assert figures.totals(NOON).total == 100 + 100 + 1090
    assert figures.pages(FIRST, THIRD) == [("/", 1290)]
    assert figures.hours(THIRD, THIRD)[0][1] == 1090  # midnight of the day from which it holds


def test_online_follows_too() -> None:
    interval = {"day": FIRST, "first": NOON - 9, "last": NOON - 9}
    for visitor, rules in {1: [""], 2: ["", NO_LANGUAGE], 3: [SEO]}.items():
        for rule in rules:
            VisitInterval.objects.create(visitor=visitor, rule=rule, **interval)
    assert figures.online(NOON) == 2
    decide(NO_LANGUAGE, TakenFor.ROBOT)
    assert figures.online(NOON) == 1
    decide(SEO, TakenFor.PERSON)
    assert figures.online(NOON) == 2


def test_what_robots_did_is_listed_by_rule() -> None:
    decide(SEO, TakenFor.PERSON)
    listed = [(found.rule, found.taken_for, found.visits) for found in figures.rules(FIRST, THIRD)]
    assert listed == [(SEO, "person", 3000), (NO_LANGUAGE, "suspect", 30)]


def post(client: Client, **changes: str) -> Any:
    values = {"rule": SEO, "taken_for": "person", "valid_from": "", "reason": "Đã đối chiếu"}
    return client.post(reverse("admin:stats_ruledecision_add"), values | changes)


def test_staff_decide_and_are_named(staff: Client) -> None:
    assert post(staff, valid_from="03/11/2026").status_code == 302
    decision = RuleDecision.objects.get()
    assert decision.decided_by is not None
    assert decision.valid_from == SECOND


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "robot:khong-co"},
        {"rule": "\0"},
        {"taken_for": "x"},
        {"reason": ""},
        {"valid_from": "hôm qua"},
    ],
)
def test_a_decision_that_makes_no_sense_is_answered_at_its_field(
    staff: Client, changes: dict[str, str]
) -> None:
    answer = post(staff, **changes)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not RuleDecision.objects.exists()


def test_a_decision_is_never_changed(staff: Client) -> None:
    decision = decide(SEO, TakenFor.PERSON)
    address = reverse("admin:stats_ruledecision_change", args=[decision.pk])
    assert staff.get(address).status_code == 200
    assert staff.post(address, {"reason": "x"}).status_code == 403
    with pytest.raises(ValueError, match="never changed"):
        decision.save()


def test_without_the_right_nobody_decides() -> None:
    client = Client()
    client.force_login(make_user(is_superuser=False))
    assert post(client).status_code == 403

"""Robots that pose as browsers."""

from __future__ import annotations

import pytest

from stats.suspects import LABELS, MOST_A_MINUTE, NO_LANGUAGE, PACE, REFERRER_SPAM, Pace
from tests.stats.conftest import NOON, Visit


def rule_of(visit: Visit, **headers: str) -> str:
    (pageview,) = visit(**{"HTTP_ACCEPT_LANGUAGE": "vi"} | headers)
    return pageview.rule


@pytest.mark.parametrize(
    "link",
    [
        "http://semalt.com/",
        "https://buttons-for-website.com/",
        "http://forum.darodar.com/x",
        "http://www.free-share-buttons.xyz/",
        "http://get-traffic.example/",
    ],
)
def test_a_visit_from_a_fake_link_is_suspected(visit: Visit, link: str) -> None:
    assert rule_of(visit, HTTP_REFERER=link) == REFERRER_SPAM


@pytest.mark.parametrize(
    "link",
    [
        "https://www.google.com.vn/",
        "https://coccoc.com/",
        "https://zalo.me/",
        "https://vnexpress.net/",
        "https://baochinhphu.vn/",
        "https://seoul.go.kr/",
        "https://economy.gov.ru/",
        "https://traffic.hanoi.gov.vn/",
    ],
)
def test_a_visit_from_an_honest_site_is_not(visit: Visit, link: str) -> None:
    assert rule_of(visit, HTTP_REFERER=link) == ""


@pytest.mark.parametrize("language", ["", " "])
def test_a_browser_without_a_language_is_suspected(visit: Visit, language: str) -> None:
    assert rule_of(visit, HTTP_ACCEPT_LANGUAGE=language) == NO_LANGUAGE


def test_a_robot_that_says_so_is_no_suspect(visit: Visit) -> None:
    rule = rule_of(visit, HTTP_USER_AGENT="curl/8.5.0", HTTP_REFERER="http://semalt.com/")
    assert rule == "robot:http-library"


def test_more_pages_a_minute_than_a_person_reads_are_suspected() -> None:
    pace = Pace()
    views = [pace.is_too_fast(7, NOON + number) for number in range(MOST_A_MINUTE + 1)]
    assert views == [False] * MOST_A_MINUTE + [True]
    assert not pace.is_too_fast(8, NOON)
    assert not pace.is_too_fast(7, NOON + 60_000)


def test_the_pace_is_a_rule_of_its_own(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stats.suspects.MOST_A_MINUTE", 0)
    assert rule_of(visit) == PACE


def test_every_suspicion_has_a_name_for_staff() -> None:
    assert LABELS.keys() == {REFERRER_SPAM, NO_LANGUAGE, PACE}

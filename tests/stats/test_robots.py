from pathlib import Path

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from stats.robots import LABELS, is_suspect, rule_for, rules_counted
from tests.stats import traces

# Public lists: see the README beside them.
LISTS = Path(__file__).parent / "user_agents"

READERS = [
    # Phones and in-app browsers that are common in Vietnam, some with a robot's name in them.
    "Mozilla/5.0 (Linux; Android 13; CUBOT X70 Build/TP1A.220624.014) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 15; Infinix-X6833B Build/AP3A.240617.008; wv) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36 Zalo android/24101",
    "Mozilla/5.0 (Linux; Android 9; SM-J730G; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/138.0.7204.63 Mobile Safari/537.36 Viber/25.1.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148 Zalo iOS/632 ZaloTheme/light ZaloLanguage/vn",
    "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "coc_coc_browser/110.0.148 Chrome/104.0.5112.148 Safari/537.36",
    "Mozilla/5.0 (Linux; U; Android 12; vi-vn; Redmi Note 11 Build/SKQ1) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Version/4.0 Chrome/112.0.5615.136 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.12.0",
    "Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
    "Mozilla/5.0 (Linux; Android 14; RMX3890 Build/UKQ1.231108.001; wv) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Version/4.0 Chrome/141.0.7390.122 Mobile Safari/537.36 trill_410204 BytedanceWebview",
    "Mozilla/5.0 (Linux; Android 11; Joy 4 Build/RKQ1; Vsmart) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/139.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; Bphone B86) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 [FBAN/FBIOS;FBAV/530.0.0.38.74;FBDV/iPhone14,5;FBLC/vi_VN;FBOP/5]",
    "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/191.283; U; vi) Presto/2.12.423 Version/12.16",
]


@pytest.mark.parametrize("agent", READERS)
def test_a_reader_is_no_robot(agent: str) -> None:
    assert rule_for(agent) == ""


def test_a_public_list_of_robots_is_recalled_to_98_percent() -> None:
    agents = (LISTS / "crawlers.txt").read_text(encoding="utf-8").splitlines()
    known = [agent for agent in agents if rule_for(agent)]
    assert len(agents) > 1000
    assert len(known) >= 0.98 * len(agents)


def test_no_phone_of_a_public_list_is_taken_for_a_robot() -> None:
    agents = (LISTS / "phones.txt").read_text(encoding="utf-8").splitlines()
    assert len(agents) > 500
    assert [agent for agent in agents if rule_for(agent)] == []


def test_the_trace_has_no_reader_taken_for_a_robot_and_no_declared_robot_missed() -> None:
    events = {(event["cls"], event["ua"]) for event in traces.load().events}
    robots = {"bot_known", "bot_lib", "bot_empty", "bot_headless"}
    assert [pair for pair in events if bool(rule_for(pair[1])) != (pair[0] in robots)] == []


def test_the_public_list_knows_its_own_examples() -> None:
    agents = [agent for entry in CRAWLER_USER_AGENTS_DATA for agent in entry["instances"]]
    missed = [agent for agent in agents if not rule_for(agent)]
    assert len(missed) <= len(agents) / 1000


@pytest.mark.parametrize(
    ("agent", "rule"),
    [
        ("", "robot:short"),
        ("Mozilla/5.0", "robot:short"),
        ("curl/8.5.0", "robot:http-library"),
        ("Mozilla/5.0 (compatible; CongThongTinBot/1.0; +https://example.vn)", "robot:generic"),
        (
            "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 HeadlessChrome/131.0",
            "robot:browser-automation",
        ),
        ("Dalvik/2.1.0 (Linux; U; Android 14; SM-A546E)", "robot:no-browser"),
    ],
)
def test_a_robot_is_known_by_a_rule(agent: str, rule: str) -> None:
    assert rule_for(agent) == rule


def test_every_rule_has_a_name_for_staff_and_fits_its_column() -> None:
    agents = {event["ua"] for event in traces.load().events}
    rules = {rule_for(agent) for agent in agents} - {""}
    assert rules <= LABELS.keys()
    assert max(map(len, LABELS)) <= 40


def test_a_suspect_is_counted_among_people_and_apart() -> None:
    assert rules_counted("suspect:stealth") == ("", "suspect:stealth")
    assert rules_counted("robot:seo") == ("robot:seo",)
    assert not is_suspect("robot:seo")

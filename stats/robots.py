"""Who is a robot, by user agent: each rule has an id, and its pageviews are counted apart.

Patterns come from the maintained list `crawler-user-agents`, grouped by what the robots are for;
the rest are rules of ours. Robots that pose as browsers are the subject of `stats.suspects`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from django.utils.translation import gettext_lazy as _

PERSON = ""
LONGEST_USER_AGENT = 512  # characters that are looked at
SHORTEST_USER_AGENT = 25  # no browser of this century sends less

# What staff read beside a rule's figures.
LABELS = {
    "robot:search-engine": _("Search engines"),
    "robot:ai-crawler": _("Collectors for artificial intelligence"),
    "robot:social-preview": _("Link previews of social networks"),
    "robot:feed-reader": _("Feed readers"),
    "robot:monitoring": _("Monitoring services"),
    "robot:archiver": _("Web archives"),
    "robot:academic": _("Research"),
    "robot:seo": _("Marketing crawlers"),
    "robot:advertising": _("Advertising"),
    "robot:scanner": _("Security scanners"),
    "robot:http-library": _("Programs without a browser"),
    "robot:browser-automation": _("Remote-controlled browsers"),
    "robot:other-list": _("Other robots of the public list"),
    "robot:generic": _("Calls itself a robot"),
    "robot:no-browser": _("Says nothing a browser would say"),
    "robot:short": _("No user agent, or a very short one"),
}

# What a phone says of itself, free text of its maker, and in-app browsers: words in there look like
# a robot's (CUBOT, "Build/AP3A.240617.008", Viber) and are left out. Robots that pose as a phone
# name themselves outside, or say "compatible".
_INNOCENT = re.compile(
    r"\((linux;|iphone;|ipad;)(?![^)]*(compatible|https?:|\+|-google))[^)]*\)"
    r"|\bviber/[\d.]+|sogou(search|mse|mobilebrowser)\S*|\(ecosia [^)]*\)|gwx:\w+",
    re.IGNORECASE,
)

# Every browser of this century names its engine; phones of the time before named their profile.
_BROWSER = re.compile(
    r"applewebkit|gecko/|khtml|trident|msie |presto|goanna|servo/"
    r"|^opera/|opera mini|ucweb|ucbrowser|midp|profile/|up\.browser|netfront|obigo|blackberry",
    re.IGNORECASE,
)
_HEADLESS = re.compile(
    r"headless|phantomjs|slimerjs|puppeteer|playwright|selenium|webdriver|jsdom|htmlunit"
    r"|lighthouse|cypress|splash/",
    re.IGNORECASE,
)
_LIBRARY = re.compile(
    r"^(java|php|ruby|perl|node|deno|bun|dart|rust|lua|reqwest|ureq)[/ -]"
    r"|\b(curl|libcurl|wget2?|aria2|python|urllib\d?|requests|aiohttp|httpx|okhttp|axios|undici"
    r"|got|node-fetch|superagent|libwww|lwp|mechanize|guzzle\w*|faraday|typhoeus|httparty|resty"
    r"|jakarta|winhttp|httpie|postman\w*|insomnia|powershell|cfnetwork|restsharp|nsurl\w*)[/ -]"
    r"|http-?client|http[ _.-]?(request|get|kit)",
    re.IGNORECASE,
)
# Tools that are a browser to the letter but for their name at the end.
_TOOL = re.compile(
    r"debugbear|snapsearch|mshots|webscreenie|websnapr|webthumb|web-capture|kimonolabs|rivaliq"
    r"|nodemeter|gomezagent|yandex\.translate|claude-web|fasthttp|binglocalsearch|daumoa?[ /]",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"bot(?![a-z])|bot[_-]|crawl|spider|slurp|scrap[ey]|fetch(er|ing|\b)|archiv|harvest"
    r"|index(er|ing)|scan(ner|ning)?\b|monitor|validat|check(er|\b)|preview|probe|survey|inspect"
    r"|\bfeed|\brss|aggregat|downloader\b|extract|collector|analy[sz]er|\bseo\b|\bapi\b|uptime"
    r"|pinger|observat|verif|detector|search (engine|console)|page ?speed|google-"
    r"|google (favicon|keyword|pp )|screenshot|webkit2png|wkhtml|\bptst|neustar|measurement"
    r"|compatible;(?!.*(msie|konqueror))|https?:/|www\.|[a-z0-9](@|\[at\]| at )[a-z0-9]",
    re.IGNORECASE,
)
_OURS = (
    ("robot:browser-automation", _HEADLESS),
    ("robot:http-library", _LIBRARY),
    ("robot:generic", _TOOL),
    ("robot:generic", _GENERIC),
)


@lru_cache(maxsize=8192)
def rule_for(user_agent: str) -> str:
    """The id of the rule that knows this user agent for a robot's, or "" for a person's."""
    full = user_agent[:LONGEST_USER_AGENT].strip()
    text = _INNOCENT.sub("()", full)
    for rule, pattern in (*_public_list(), *_OURS):
        if pattern.search(text):
            return rule
    if len(full) < SHORTEST_USER_AGENT:
        return "robot:short"
    return PERSON if _BROWSER.search(full) else "robot:no-browser"


def is_suspect(rule: str) -> bool:
    return rule.startswith("suspect:")


def rules_counted(rule: str) -> tuple[str, ...]:
    """The rules under which a pageview is summed up: suspects also stay among people."""
    return (PERSON, rule) if is_suspect(rule) else (rule,)


@cache
def _public_list() -> tuple[tuple[str, re.Pattern[str]], ...]:
    groups: dict[str, list[str]] = {}
    for entry in CRAWLER_USER_AGENTS_DATA:
        rule = f"robot:{entry['tags'][0]}"
        rule = rule if rule in LABELS else "robot:other-list"
        groups.setdefault(rule, []).append(f"(?:{entry['pattern']})")
    return tuple((rule, re.compile("|".join(groups[rule]))) for rule in LABELS if rule in groups)

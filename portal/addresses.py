"""Every public address, in every language: the one table.

A language that has no word of its own here uses the English one.
"""

from django.utils.functional import lazy
from django.utils.translation import get_language

_SEGMENTS: dict[str, dict[str, str]] = {
    "news": {"vi": "tin-tuc", "en": "news"},
    "category": {"vi": "chuyen-muc", "en": "category"},
    "notices": {"vi": "thong-bao", "en": "notices"},
    "tag": {"vi": "the", "en": "tag"},
    "rating": {"vi": "danh-gia", "en": "rating"},
    "remark": {"vi": "gop-y", "en": "remark"},
    "search": {"vi": "tim-kiem", "en": "search"},
    "hotline": {"vi": "duong-day-nong", "en": "hotline"},
    "organisation": {"vi": "bo-may", "en": "organisation"},
    "person": {"vi": "nguoi", "en": "person"},
    "sheet": {"vi": "to-in-a5", "en": "a5-sheet"},
    "contact": {"vi": "lien-he", "en": "contact"},
    "feedback": {"vi": "phan-anh-kien-nghi", "en": "feedback"},
    "statistics": {"vi": "thong-ke-truy-cap", "en": "statistics"},
    "sitemap": {"vi": "so-do-trang", "en": "sitemap"},
    "feed": {"vi": "rss", "en": "rss"},
    "atom": {"vi": "atom", "en": "atom"},
    "alerts": {"vi": "nhan-tin-qua-thu", "en": "alerts"},
    "confirm": {"vi": "xac-nhan", "en": "confirm"},
    "unsubscribe": {"vi": "huy", "en": "unsubscribe"},
}


def segment(name: str, language: str | None = None) -> str:
    """The word of an address, without slashes."""
    words = _SEGMENTS[name]
    return words.get(language or get_language() or "vi", words["en"])


def _route(pattern: str) -> str:
    return "/".join(_word(part) if part.startswith(":") else part for part in pattern.split("/"))


def _word(part: str) -> str:
    name, dot, extension = part[1:].partition(".")
    return segment(name) + dot + extension


# A route whose parts that begin with a colon are words of the table, in the reader's language:
# `address(":news/<int:year>/")` is /tin-tuc/2021/ and /en/news/2021/.
address = lazy(_route, str)

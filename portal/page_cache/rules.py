"""Which pages are kept, and which words of their query make another page."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from django.urls import Resolver404

from news.lists import PARAMETERS_OF
from stats.pageviews import route_of

_ONE_PAGE: tuple[str, ...] = ()

# By the name of the route.
KEPT: dict[str, tuple[str, ...]] = {
    **PARAMETERS_OF,
    "news:notices": (*PARAMETERS_OF["news:notices"], "past"),
    **dict.fromkeys(("home", "page", "sitemap", "news:article"), _ONE_PAGE),
    **{
        f"contacts:{name}": _ONE_PAGE
        for name in ("hotline", "contact", "duty", "organisation", "unit", "person")
    },
    **{
        f"{name}{kind}": _ONE_PAGE
        for name in ("feed", "news:category_feed", "news:notice_feed")
        for kind in ("", "_atom", "_json")
    },
    "django.contrib.sitemaps.views.sitemap": ("p",),
    **dict.fromkeys(("sitemap_index", "manifest", "service_worker", "robots"), _ONE_PAGE),
}

# Built afresh each time: what is exact to the visit, secret, somebody's own, a form, a file, for
# programs, or one of very many. A test holds that every route stands in one of the two.
NOT_KEPT = frozenset(
    (
        *("healthz", "readyz", "metrics", "csp_report", "accent", "search", "suggestions"),
        *("sitemap_news", "preview", "preview_edition", "file", "emblem"),
        *("photo", "card_photo", "social_photo"),
        *("news:rating", "news:remark", "contacts:feedback"),
        *("contacts:hotline_vcard", "contacts:appointment_vcard", "contacts:appointment_code"),
        *("contacts:appointment_sheet", "contacts:hotline_sheet", "contacts:hotline_code"),
        *("contacts:hotline_table", "contacts:duty_code", "contacts:duty_sheet"),
        "contacts:directory_table",
    )
)
NOT_KEPT_SPACES = frozenset(("admin", "api", "alerts", "stats"))

_LONGEST_QUERY = 200  # characters; a page that is asked for with more is not kept


def parameters_of(path: str) -> tuple[str, ...] | None:
    """The words of the query that make another page at this address; None where nothing is kept."""
    try:
        match = route_of(path)
    except Resolver404:
        return None
    return KEPT.get(match.view_name)


@lru_cache(maxsize=4096)
def query_of(query: str, parameters: tuple[str, ...]) -> str | None:
    """Of a query only what makes another page, always written in the same way; None if that is too
    much to be kept under."""
    if not query or not parameters:
        return ""
    try:
        given = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return None
    kept = urlencode([(name, given[name]) for name in parameters if name in given])
    return kept if len(kept) <= _LONGEST_QUERY else None

"""Pages that report their own view, for portals whose pages are answered by a cache in front.

The script sends a POST, a page without scripts loads an image; each names the page and proves by
a signature that the portal has made that page, so nobody can invent pages.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from stats import clock
from stats.pageviews import LONGEST_PAGE, page_name

_PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002014c003b"
)


def context_for(request: HttpRequest) -> dict[str, Any]:
    """For `stats/beacon.html`; empty where the portal itself counts."""
    if not settings.STATS_BEACON or request.resolver_match is None:
        return {}
    page = page_name(request)
    query = urlencode({"p": page, "k": _signature(page)})
    return {
        "report": f"{reverse('stats:beacon')}?{query}",
        "pixel": f"{reverse('stats:beacon_pixel')}?{query}",
    }


# Sets no cookie, reads none and changes nothing but a count.
@csrf_exempt
@require_POST
@cache_control(no_store=True)
def report(request: HttpRequest) -> HttpResponse:
    _note_page(request, request.GET.get("r", ""))
    return HttpResponse(status=204)


@require_safe
@cache_control(no_store=True)
def pixel(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        _note_page(request, "")
    return HttpResponse(_PIXEL, content_type="image/gif")


def _note_page(request: HttpRequest, referrer: str) -> None:
    page = request.GET.get("p", "")
    signature = request.GET.get("k", "")
    if constant_time_compare(signature, _signature(page)) or _is_replayed(request, page):
        request.reported_page = page  # type: ignore[attr-defined]
        request.reported_referrer = referrer  # type: ignore[attr-defined]


def _signature(page: str) -> str:
    return salted_hmac("stats.beacon", page, algorithm="sha256").hexdigest()[:16]


def _is_replayed(request: HttpRequest, page: str) -> bool:
    """A replay on this machine has read no page and knows no signature."""
    if clock.replayed_time(request) is None or len(page) > LONGEST_PAGE:
        return False
    try:
        resolve(page)
    except Resolver404:
        return False
    return True

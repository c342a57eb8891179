"""What is a pageview, and under which name it is counted."""

from __future__ import annotations

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, resolve
from django.utils import translation

LONGEST_PAGE = 400  # characters; an address of ours is much shorter

_STAFF_PAGES = "/quan-tri/"
_PURPOSE_HEADERS = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_NOT_YET_SEEN = ("prefetch", "prerender", "preview")

# An address with one of these in it opens something to whoever knows it, so it is not kept.
_SECRET_PARTS = frozenset({"code", "key", "secret", "signature", "token"})


def page_to_count(request: HttpRequest, response: HttpResponseBase) -> str | None:
    """The name under which this request counts; None if it does not.

    Where pages report their own views, the report counts and the page itself does not.
    """
    if settings.STATS_BEACON:
        page = getattr(request, "reported_page", None)
        return page if page is not None and not _is_ahead_of_time(request) else None
    return page_name(request) if is_pageview(request, response) else None


def route_of(path: str) -> ResolverMatch:
    """Of a public address, in its own language whatever the thread speaks. Raises Resolver404."""
    with translation.override(translation.get_language_from_path(path) or settings.LANGUAGE_CODE):
        return resolve(path)


def is_pageview(request: HttpRequest, response: HttpResponseBase) -> bool:
    """A whole HTML page was asked for by GET and answered, to be looked at now."""
    return (
        response.status_code in (200, 304)
        and _is_page(request, response)
        and is_to_be_looked_at(request)
    )


def is_to_be_looked_at(request: HttpRequest) -> bool:
    """By somebody, now, as a whole page: of a request for a page, whatever its answer."""
    return (
        request.method == "GET"
        and not _is_ahead_of_time(request)
        and "HTTP_HX_REQUEST" not in request.META
    )


def page_name(request: HttpRequest) -> str:
    """The public address without its query; the route's name where the address holds a secret.

    A view may say so itself: `view.page_name = "preview"`.
    """
    match = request.resolver_match
    if match is None:
        return ""
    if name := _mark(match, "page_name"):
        return str(name)
    is_secret = not _SECRET_PARTS.isdisjoint(match.kwargs)
    return match.view_name if is_secret or len(request.path) > LONGEST_PAGE else request.path


def counts_by_its_route(match: ResolverMatch, path: str) -> bool:
    """Whether an address may be a public page's, before its answer is looked at."""
    # A view that knows better says so: `view.counts_visits = False`.
    is_left_out = _mark(match, "counts_visits") is False or isinstance(match.func, Feed)
    return not is_left_out and not path.startswith(_STAFF_PAGES)


def _is_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    match = request.resolver_match
    if match is None:
        return False
    if not counts_by_its_route(match, request.path_info):
        return False
    if _mark(match, "counts_visits"):
        return True
    if response.status_code == 304:
        # Carries no content type. Addresses of pages end in a slash, those of files do not.
        return request.path_info.endswith("/")
    return response.headers.get("Content-Type", "").startswith("text/html")


def _mark(match: ResolverMatch, name: str) -> object:
    return getattr(match.func, name, getattr(getattr(match.func, "view_class", None), name, None))


def _is_ahead_of_time(request: HttpRequest) -> bool:
    purposes = [request.META[name].lower() for name in _PURPOSE_HEADERS if name in request.META]
    return any(word in purpose for purpose in purposes for word in _NOT_YET_SEEN)

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from contacts.models import Unit
from editing.languages import called
from editing.slugs import row_once_called
from editing.written import Written
from news.front import front_page
from news.models import Category, Edition
from news.months import months_with_news
from portal.models import Agency, Link, Page
from portal.search import in_vain
from portal.search.answers import search_everything
from portal.search.candidates import Filters
from portal.search.suggesting import suggest
from portal.status import problems


@Written
def _links() -> QuerySet[Link]:
    return Link.objects.select_related("group")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    links = [(group, list(members)) for group, members in groupby(_links(), attrgetter("group"))]
    context = {"front": front_page(), "links": links}
    return render(request, "home.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    given = request.GET
    answer = search_everything(given.get("q", ""), given.get("page", "1"), Filters.of(given))
    if answer.is_in_vain:
        in_vain.note(request, answer)
    return render(request, "search.html", {"answer": answer})


@require_safe
@never_cache
def suggestions(request: HttpRequest) -> JsonResponse:
    """While somebody types: what is withdrawn is not suggested any more at that instant."""
    return JsonResponse({"suggestions": suggest(request.GET.get("q", ""))})


@require_safe
def page(request: HttpRequest, path: str) -> HttpResponse:
    pages = Page.objects.public()
    # What it is called here comes first; with a word of another language one is led on.
    row = pages.filter(path=path).first() or pages.filter(called("path", path)).first()
    row = row or row_once_called(Page, path)
    if row is None or not row.is_public:
        raise Http404
    if row.path != path:
        return HttpResponsePermanentRedirect(row.get_absolute_url())
    request.addresses = _page_addresses(row)  # type: ignore[attr-defined]
    return render(request, "page.html", {"page": row})


def _page_addresses(row: Page) -> dict[str, str]:
    addresses = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            addresses[code] = row.get_absolute_url()
    return addresses


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {
        "categories": list(Category.objects.all()),
        "pages": list(Page.objects.public()),
        "months": months_with_news(get_language() or "vi"),
        "units": list(Unit.objects.all()),
        "links": list(Link.objects.select_related("group")),
    }
    return render(request, "sitemap.html", context)


@require_safe
@cache_control(max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "robots.txt", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(max_age=86400)
def favicon(request: HttpRequest) -> HttpResponse:
    """Asked for by programs that read no page; the others follow the link in it."""
    return HttpResponseRedirect(static("img/icon.svg"))


@require_safe
@cache_control(max_age=31536000, immutable=True)
def accent(request: HttpRequest, colour: str) -> HttpResponse:
    """The agency's accent as a stylesheet of its own, because pages carry no inline style."""
    return render(request, "accent.css", {"colour": f"#{colour}"}, content_type="text/css")


# Of the first screen, where the agency has chosen no colour of its own.
ACCENT = "#083a54"

# Staff pages and what a secret address opens.
_NEVER_KEPT = ("/quan-tri/", "/xem-truoc/")

_KEPT_FILES = ("css/site.css", "img/mark.svg")


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """What keeps the hotline and the articles read last in a browser that has lost its network."""
    pages = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            page = {
                "language": code,
                "home": reverse("home"),
                "path": reverse("contacts:hotline"),
                "news": reverse("news:news"),
                "note": gettext("No network. The hotline as it was at"),
                "article_note": gettext("No network. This article as it was at"),
            }
            pages.append(page)
    context = {
        "pages": pages,
        "files": [static(name) for name in _KEPT_FILES],
        "never": _NEVER_KEPT,
    }
    return render(request, "sw.js", context, content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the portal beside its programs; in Vietnamese, at one address."""
    with translation.override(settings.LANGUAGE_CODE):
        agency = Agency.load()
        content = {
            "id": "/",
            "name": agency.name,
            "short_name": agency.short_name or agency.name,
            "lang": settings.LANGUAGE_CODE,
            "start_url": "/",
            "scope": "/",
            "display": "minimal-ui",
            "background_color": "#ffffff",
            "theme_color": agency.accent or ACCENT,
            "icons": [
                {"src": static("img/icon.svg"), "type": "image/svg+xml", "sizes": "any"},
                {"src": static("img/icon-192.png"), "type": "image/png", "sizes": "192x192"},
                {"src": static("img/icon-512.png"), "type": "image/png", "sizes": "512x512"},
            ],
            "shortcuts": [
                {"name": gettext("Hotline"), "url": reverse("contacts:hotline")},
                {"name": gettext("Notices"), "url": reverse("news:notices")},
            ],
        }
    return JsonResponse(
        content,
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """503 only when no page can be served; what is merely wrong is named."""
    if not _can_serve():
        return JsonResponse({"status": "unavailable", "problems": ["database"]}, status=503)
    found = problems()
    return JsonResponse({"status": "degraded" if found else "ok", "problems": found})


def _can_serve() -> bool:
    try:
        Edition.objects.live().exists()
    except Exception:
        return False
    return not missing_migrations()


def missing_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))

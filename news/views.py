from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import ExtractMonth, ExtractYear
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from news.lists import list_page
from news.models import Attachment, Category, Edition, EditionPhoto, EditionQuerySet, Tag


def live_here() -> EditionQuerySet:
    """What is live in the language of the page."""
    return Edition.objects.live().in_language(get_language() or "vi")


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    editions = live_here().news()
    return _list(request, "news/news.html", editions, {"is_first_list": True})


@require_safe
def archive(request: HttpRequest, year: int, month: int | None = None) -> HttpResponse:
    if not 1900 <= year <= 2200 or (month is not None and not 1 <= month <= 12):
        raise Http404
    editions = live_here().news().filter(listed_at__year=year)
    if month:
        editions = editions.filter(listed_at__month=month)
    return _list(request, "news/archive.html", editions, {"year": year, "month": month})


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    row = _by_slug(Category.objects.select_related("parent"), slug)
    if row.is_notice_board or row.slug != slug:
        return HttpResponsePermanentRedirect(row.get_absolute_url())
    editions = live_here().filter(Q(category=row) | Q(category__parent=row))
    return _list(request, "news/category.html", editions, {"category": row})


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    row = _by_slug(Tag.objects.all(), slug)
    if row.slug != slug:
        return HttpResponsePermanentRedirect(row.get_absolute_url())
    return _list(request, "news/tag.html", live_here().filter(tags=row), {"tag": row})


def _by_slug(rows: QuerySet[Any], slug: str) -> Any:
    """The row with that slug in the page's language, or else in another one."""
    found = rows.filter(Q(slug=slug) | Q(slug_vi=slug) | Q(slug_en=slug)).first()
    if found is None:
        raise Http404
    return found


def _list(
    request: HttpRequest, template: str, editions: EditionQuerySet, context: dict[str, Any]
) -> HttpResponse:
    page = list_page(editions, request.GET)
    return render(request, template, {"page": page, **context})


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Current notices, the most urgent first; those whose time is over follow apart."""
    board = live_here().notices()
    current = board.current().by_urgency().for_cards()
    context: dict[str, Any] = {"notices": list(current[:100]), "is_past": "past" in request.GET}
    if context["is_past"]:
        now_over = board.exclude(pk__in=board.current().values("pk"))
        context["page"] = list_page(now_over, request.GET)
    return render(request, "news/notices.html", context)


@require_safe
def article(request: HttpRequest, slug: str, article_id: int) -> HttpResponse:
    edition = _live_edition(article_id)
    if request.path != edition.get_absolute_url():
        return HttpResponsePermanentRedirect(edition.get_absolute_url())
    context = article_context(edition)
    addresses = {code: row.get_absolute_url() for code, row in context["translations"].items()}
    request.addresses = addresses  # type: ignore[attr-defined]
    return render(request, "news/article.html", context)


def _live_edition(article_id: int) -> Edition:
    photos = EditionPhoto.objects.select_related("photo")
    attachments = Attachment.objects.select_related("file")
    found = (
        Edition.objects.live()
        .filter(article_id=article_id)
        .select_related("article", "category__parent", "lead_photo")
        .prefetch_related(Prefetch("photos", photos), Prefetch("attachments", attachments), "tags")
        .first()
    )
    if found is None:
        raise Http404
    return found


def article_context(edition: Edition) -> dict[str, Any]:
    return {"edition": edition, **_around(edition)}


def _around(edition: Edition) -> dict[str, Any]:
    """The next newer and older article and the translations of this one, in one query."""
    board = Edition.objects.live().in_language(edition.language)
    board = board.notices() if edition.is_notice else board.news()
    group = Edition.objects.live().filter(
        article__translation_group=edition.article.translation_group
    )
    others = [code for code, _name in settings.LANGUAGES if code != edition.language]
    wanted = [
        board.after(edition).order_by("listed_at", "article_id"),
        board.before(edition).newest_first(),
        *[group.in_language(code) for code in others],
    ]
    # Scalars, each found through an index; a union of limited parts is not SQLite's.
    keys = [Q(pk=Subquery(rows.values("pk")[:1])) for rows in wanted]
    fields = ("article_id", "title", "slug", "language", "listed_at")
    rows = list(Edition.objects.filter(reduce(or_, keys)).only(*fields))
    same = [row for row in rows if row.language == edition.language]
    key = (edition.listed_at, edition.article_id)
    return {
        "newer": next((row for row in same if (row.listed_at, row.article_id) > key), None),
        "older": next((row for row in same if (row.listed_at, row.article_id) < key), None),
        "translations": {row.language: row for row in rows if row.language != edition.language},
    }


def months_with_news(language: str) -> list[tuple[int, int]]:
    """(year, month) pairs that have news, newest first."""
    rows = Edition.objects.live().in_language(language).news()
    months = rows.annotate(year=ExtractYear("listed_at"), month=ExtractMonth("listed_at"))
    pairs = months.order_by("-year", "-month").values_list("year", "month").distinct()
    return list(pairs)

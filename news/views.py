from __future__ import annotations

from datetime import datetime
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from editing import written
from editing.languages import called, column
from editing.slugs import row_once_called
from editing.written import Written
from news.abbreviations import abbreviations_as_json, abbreviations_in
from news.lists import (
    First,
    Listed,
    check_period,
    first_rows,
    in_period,
    list_page,
    period_of,
    period_query,
)
from news.models import (
    Article,
    Attachment,
    Category,
    Edition,
    EditionPhoto,
    EditionQuerySet,
    State,
    Tag,
    Withdrawal,
    keys_of,
    video_rows,
)
from news.months import Shares, shares
from news.rating import rating_form

FEW_NOTICES = 500  # whose keys are fetched


def live_here() -> EditionQuerySet:
    """What is live in the language of the page."""
    return Edition.objects.live().in_language(get_language() or "vi")


def listed_here() -> EditionQuerySet:
    """What stands in the lists of the page's language."""
    return live_here().listed()


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    context = {"shares": _shares()}
    return _list(request, "news/news.html", _news, context, first=_newest_news)


def _news() -> EditionQuerySet:
    return listed_here().news()


_newest_news = Written(lambda: first_rows(_news()))


@require_safe
def archive(request: HttpRequest, year: int, month: int | None = None) -> HttpResponse:
    check_period(year, month)
    context = {"year": year, "month": month, "shares": _shares(None, year, month)}
    return _list(request, "news/archive.html", partial(_news_in, year, month), context)


def _news_in(year: int, month: int | None) -> EditionQuerySet:
    return in_period(live_here().news(), year, month)


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    row = by_slug(Category.objects.select_related("parent"), slug)
    if row.is_notice_board or row.slug != slug:
        return HttpResponsePermanentRedirect(row.get_absolute_url())
    request.addresses = _addresses("news:category", row)  # type: ignore[attr-defined]
    year, month = period_of(request.GET)
    editions = partial(_of_category, row.pk, year, month)
    context = {"category": row, "year": year, "month": month, "shares": _shares(row, year, month)}
    kept = period_query(year, month)
    first = partial(_newest_of_category, row.pk) if year is None else None
    return _list(request, "news/category.html", editions, context, kept=kept, first=first)


def _of_category(category: int, year: int | None, month: int | None) -> EditionQuerySet:
    """A period of the past shows what was put into the archive too, as the archive does."""
    editions = listed_here() if year is None else live_here()
    of_it = editions.filter(Q(category=category) | Q(category__parent=category))
    return in_period(of_it, year, month)


@Written
def _newest_of_category(category: int) -> EditionQuerySet:
    return first_rows(_of_category(category, None, None))


def _shares(
    category: Category | None = None, year: int | None = None, month: int | None = None
) -> Shares:
    return shares(get_language() or "vi", category, year, month)


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    row = by_slug(Tag.objects.all(), slug)
    if row.slug != slug:
        return HttpResponsePermanentRedirect(row.get_absolute_url())
    request.addresses = _addresses("news:tag", row)  # type: ignore[attr-defined]
    return _list(request, "news/tag.html", partial(_of_tag, row), {"tag": row})


def _of_tag(row: Tag) -> EditionQuerySet:
    """Of a tag that many have, along the list until a page is full; of a rare one, from its uses."""
    uses = Edition.tags.through.objects.filter(tag=row)
    if uses[MANY : MANY + 1].exists():
        return listed_here().filter(Exists(uses.filter(edition=OuterRef("pk"))))
    return listed_here().filter(tags=row)


def _addresses(name: str, row: Any) -> dict[str, str]:
    """Of a list in the languages in which the row has an address of its own."""
    slugs = {code: getattr(row, column("slug", code), None) for code, _name in settings.LANGUAGES}
    found = {}
    for code, slug in slugs.items():
        if slug:
            with translation.override(code):
                found[code] = reverse(name, args=[slug])
    return found


def by_slug(rows: QuerySet[Any], slug: str) -> Any:
    """The row with that slug in the page's language, or else in another one, or else long ago."""
    found = rows.filter(slug=slug).first() or rows.filter(called("slug", slug)).first()
    found = found or row_once_called(rows.model, slug)
    if found is None:
        raise Http404
    return found


def _list(
    request: HttpRequest,
    template: str,
    editions: Listed,
    context: dict[str, Any],
    *,
    kept: str = "",
    first: First | None = None,
) -> HttpResponse:
    page = list_page(editions, request.GET, kept, first)
    return render(request, template, {"page": page, **context})


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Current notices, the most urgent first, then those that stay here although they have ended;
    the others whose time is over follow apart."""
    # By number, because SQLite reads every article to find those of boards it does not know.
    boards = list(Category.objects.filter(is_notice_board=True).values_list("pk", flat=True))
    board = live_here().filter(category__in=boards)
    listed = _fetched(keys_of(board.listed_parts()))
    rows = list(Edition.objects.filter(pk__in=listed).by_urgency().for_cards()[:100])
    # Stable: among the ended ones the order stays too.
    rows.sort(key=lambda edition: edition.is_ended)
    context: dict[str, Any] = {"notices": rows, "is_past": "past" in request.GET}
    if context["is_past"]:
        context["page"] = list_page(lambda: board.exclude(pk__in=listed), request.GET)
    return render(request, "news/notices.html", context)


def _fetched(keys: QuerySet[Any, Any]) -> Any:
    """Asked for once, unless they are very many: within another query PostgreSQL takes twelve notices
    for ten thousand, and reads every article."""
    found = [row["pk"] for row in keys[: FEW_NOTICES + 1]]
    return found if len(found) <= FEW_NOTICES else keys


@require_safe
def article(request: HttpRequest, slug: str, article_id: int) -> HttpResponse:
    edition = edition_to_read(article_id)
    if edition is None:
        return _withdrawn(request, article_id)
    if request.path != edition.get_absolute_url():
        return HttpResponsePermanentRedirect(edition.get_absolute_url())
    return _article_page(request, edition)


def _article_page(request: HttpRequest, edition: Edition) -> HttpResponse:
    context = article_context(edition) | {"rating_form": rating_form(request, edition)}
    addresses = {code: row.get_absolute_url() for code, row in context["translations"].items()}
    request.addresses = addresses  # type: ignore[attr-defined]
    if edition.is_notice:
        request.nearest = "news:notices"  # type: ignore[attr-defined]
    return render(request, "news/article.html", context)


def edition_to_read(article_id: int) -> Edition | None:
    return _with_parts(next(iter(_live_to_read(article_id)), None))


@Written
def _live_to_read(article_id: int) -> QuerySet[Edition]:
    return _to_read(Edition.objects.live().filter(article_id=article_id))[:1]


def _to_read(editions: EditionQuerySet) -> EditionQuerySet:
    return (
        editions.select_related("article", "category__parent", "lead_photo")
        .annotate(abbreviation_rows=abbreviations_as_json())
        .annotate(video_rows=video_rows())
        .annotate(**{f"has_{relation}": Exists(uses) for relation, uses in _uses().items()})
        .order_by("-pk")
    )


def _with_parts(edition: Edition | None) -> Edition | None:
    """Asks for what there is: few articles have all of it."""
    if edition is not None:
        asking: dict[str, Written[Any]] = {
            "photos": _photos,
            "attachments": _attachments,
            "tags": _tags,
        }
        for relation, ask in asking.items():
            has_some = getattr(edition, f"has_{relation}")
            written.know(edition, relation, ask(edition.pk) if has_some else [])
    return edition


def _uses() -> dict[str, QuerySet[Any]]:
    of_it = {"edition": OuterRef("pk")}
    return {
        "photos": EditionPhoto.objects.filter(**of_it),
        "attachments": Attachment.objects.filter(**of_it),
        "tags": Edition.tags.through.objects.filter(**of_it),
    }


@Written
def _photos(edition: int) -> QuerySet[EditionPhoto]:
    return EditionPhoto.objects.filter(edition=edition).select_related("photo")


@Written
def _attachments(edition: int) -> QuerySet[Attachment]:
    return Attachment.objects.filter(edition=edition).select_related("file")


@Written
def _tags(edition: int) -> QuerySet[Tag]:
    return Tag.objects.filter(editions=edition)


def _withdrawn(request: HttpRequest, article_id: int) -> HttpResponse:
    """What readers are told of an article that is no longer on the site."""
    rows = Edition.objects.filter(state=State.WITHDRAWN, article__trashed_at=None)
    rows = rows.filter(article_id=article_id).exclude(withdrawal="")
    edition = _with_parts(_to_read(rows).first())
    if edition is None:
        raise Http404
    if edition.withdrawal == Withdrawal.NOT_VALID:
        return _article_page(request, edition)
    if edition.withdrawal == Withdrawal.MERGED and edition.merged_into_id:
        target = Edition.objects.live().filter(article_id=edition.merged_into_id).first()
        if target is not None:
            return HttpResponsePermanentRedirect(target.get_absolute_url())
    return render(request, "news/withdrawn.html", {"edition": edition}, status=410)


def article_context(edition: Edition) -> dict[str, Any]:
    return {
        "edition": edition,
        "abbreviations": abbreviations_in(edition),
        **_around(edition),
    }


RELATED = 3
LATELY_TAGGED = 50
MANY = 1000


def _around(edition: Edition) -> dict[str, Any]:
    """The next newer and older article, of a notice those of its board, the translations, the earlier editions and what is related,
    in one query."""
    rows = _rows_around(edition.language, edition.is_notice)
    tags = [tag.pk for tag in edition.tags.all()]
    assert edition.listed_at is not None  # as of every edition that is shown
    keys = (edition.pk, edition.article_id, edition.category_id)
    return _sorted_out(edition, rows(*keys, edition.listed_at, *tags))


@cache
def _rows_around(language: str, is_notice: bool) -> Written[Edition]:
    return Written(partial(_query_around, language, is_notice))


def _query_around(
    language: str,
    is_notice: bool,
    pk: int,
    article_id: int,
    category: int,
    listed_at: datetime,
    *tags: int,
) -> QuerySet[Edition]:
    here = Edition(article_id=article_id, listed_at=listed_at)
    board = Edition.objects.live().listed().in_language(language)
    own_group = Article.objects.filter(pk=article_id).values("translation_group")
    group = Edition.objects.live().filter(article__translation_group=Subquery(own_group))
    neighbours = board.filter(category=category) if is_notice else board.news()
    others = [code for code, _name in settings.LANGUAGES if code != language]
    wanted = [
        neighbours.after(here).order_by("listed_at", "article_id"),
        neighbours.before(here).newest_first(),
        *[group.in_language(code) for code in others],
    ]
    # Scalars, each found through an index; a union of limited parts is not SQLite's.
    every = Edition.objects.all()
    picked = Edition.related.through.objects.filter(edition=pk)
    parts = [
        *[every.filter(pk=Subquery(rows.values("pk")[:1])) for rows in wanted],
        board.filter(article__in=picked.values("article_id")),
        *[every.filter(pk__in=Subquery(_tagged(board, tag).values("pk"))) for tag in tags],
        every.filter(article_id=article_id, state=State.APPROVED, live_from__lte=written.now()),
    ]
    fields = ("article_id", "title", "slug", "language", "listed_at", "live_from")
    notes = ("change_note", "change_kind", "is_minor")
    is_picked = Exists(picked.filter(article_id=OuterRef("article_id")))
    rows = every.filter(pk__in=keys_of(parts)).annotate(is_picked=is_picked)
    return rows.only(*fields, *notes).order_by("-listed_at", "-article_id", "-live_from")


def _tagged(board: EditionQuerySet, tag: int) -> EditionQuerySet:
    """The newest that have the tag, out of those that got it last: a tag may have many thousands."""
    uses = Edition.tags.through.objects.filter(tag=tag).order_by("-pk")
    lately = Subquery(uses.values("edition")[:LATELY_TAGGED])
    return board.filter(pk__in=lately).newest_first()[: 2 * RELATED]


def _sorted_out(edition: Edition, found: list[Edition]) -> dict[str, Any]:
    key = (edition.listed_at, edition.article_id)
    own = [row for row in found if row.article_id == edition.article_id]
    others = [row for row in found if row.article_id != edition.article_id]
    same = [row for row in others if row.language == edition.language]
    newer = [row for row in same if (row.listed_at, row.article_id) > key]
    older = [row for row in same if (row.listed_at, row.article_id) < key]
    neighbours = {row.pk for row in [*newer[-1:], *older[:1]]}
    related = [row for row in same if row.is_picked or row.pk not in neighbours]  # type: ignore[attr-defined]
    related.sort(key=lambda row: not row.is_picked)  # type: ignore[attr-defined]
    return {
        "newer": newer[-1] if newer else None,
        "older": older[0] if older else None,
        "related": related[:RELATED],
        "translations": {row.language: row for row in others if row.language != edition.language},
        # All but the first edition, the newest first.
        "updates": [row for row in own[:-1] if not row.is_minor],
    }

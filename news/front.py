"""The stories of the front page: what editors place, what is new, and what each category has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from editing.aggregates import JsonRows, moment_of
from editing.written import Written
from news.models import FRONT_PLACES, Category, Edition, EditionQuerySet, FrontStory
from news.views import listed_here

LATEST = 8
PER_SECTION = 3


@dataclass(frozen=True)
class Section:
    category: Category
    editions: list[Edition]


@dataclass(frozen=True)
class FrontPage:
    head: list[Edition]  # the places, the first one at the top
    latest: list[Edition]
    sections: list[Section]

    @property
    def lead(self) -> Edition | None:
        return self.head[0] if self.head else None

    @property
    def cards(self) -> list[Edition]:
        return self.head[1:]


@dataclass(frozen=True)
class _Candidate:
    """An edition before it is read: enough to say where it stands."""

    pk: int
    category_id: int
    order: tuple[datetime, int]
    place: int | None = None
    placed_at: datetime | None = None


def front_page() -> FrontPage:
    """In the language of the page, and nothing twice; two queries, whatever is placed.

    Places that are empty fill with the newest stories.
    """
    categories = _categories()
    waiting = _candidates(categories)
    head = _take_head(waiting)
    latest = _take(waiting, LATEST)
    sections = [(category, _take_own(waiting, categories, category)) for category in categories]
    chosen = [*head, *latest, *(each for _category, own in sections for each in own)]
    rows = _chosen(*(each.pk for each in chosen)) if chosen else []
    editions = {edition.pk: edition for edition in rows}

    def read(candidates: list[_Candidate]) -> list[Edition]:
        return [editions[each.pk] for each in candidates if each.pk in editions]

    return FrontPage(
        read(head),
        read(latest),
        [Section(category, read(own)) for category, own in sections if own],
    )


@Written
def _chosen(*keys: int) -> EditionQuerySet:
    return Edition.objects.filter(pk__in=keys).for_cards()


# Which editions may be shown


@Written
def _categories() -> QuerySet[Category]:
    """Each with its newest stories, more than could be shown of it, and with what is placed."""
    news = listed_here().news()
    # A subquery in a subquery, so that the limit comes before the rows are gathered.
    newest = news.filter(category=OuterRef(OuterRef("pk"))).newest_first()
    newest = newest[: FRONT_PLACES + LATEST + PER_SECTION]
    places = FrontStory.objects.current().filter(article=OuterRef("article"))
    placed = news.filter(
        category=OuterRef("pk"), article__in=FrontStory.objects.current().values("article")
    )
    return Category.objects.filter(is_notice_board=False).annotate(
        newest=_as_json(Edition.objects.filter(pk__in=newest.values("pk"))),
        placed=_as_json(
            placed,
            place=Subquery(places.values("place")[:1]),
            placed_at=Subquery(places.values("starts_at")[:1]),
        ),
    )


def _as_json(editions: QuerySet[Edition], **more: Subquery) -> Subquery:
    values = JSONObject(pk=F("pk"), listed_at=F("listed_at"), article=F("article_id"), **more)
    found = editions.order_by().values(found=JsonRows(values))
    return Subquery(found, output_field=JSONField())


def _candidates(categories: list[Category]) -> list[_Candidate]:
    """The newest first."""
    found: dict[int, _Candidate] = {}
    for category in categories:
        for row in [*(category.newest or []), *(category.placed or [])]:  # type: ignore[attr-defined]
            found[row["pk"]] = _candidate(category, row)
    return sorted(found.values(), key=lambda each: each.order, reverse=True)


def _candidate(category: Category, row: dict[str, Any]) -> _Candidate:
    placed_at = row.get("placed_at")
    return _Candidate(
        row["pk"],
        category.pk,
        (moment_of(row["listed_at"]), row["article"]),
        row.get("place"),
        moment_of(placed_at) if placed_at else None,
    )


# Which of them are


def _take_head(waiting: list[_Candidate]) -> list[_Candidate]:
    """One for each place, as long as there are stories."""
    placed = [each for each in waiting if each.placed_at]
    placed.sort(key=lambda each: (each.placed_at, each.pk))
    by_place = {each.place: each for each in placed}
    for each in by_place.values():
        waiting.remove(each)
    places = range(1, FRONT_PLACES + 1)
    head = [by_place.get(place) or (waiting.pop(0) if waiting else None) for place in places]
    return [each for each in head if each is not None]


def _take(waiting: list[_Candidate], count: int) -> list[_Candidate]:
    taken = waiting[:count]
    del waiting[:count]
    return taken


def _take_own(
    waiting: list[_Candidate], categories: list[Category], category: Category
) -> list[_Candidate]:
    """What stands under a category of the first level: its stories and those of the ones below."""
    if category.parent_id is not None:
        return []
    own = {category.pk} | {each.pk for each in categories if each.parent_id == category.pk}
    return [each for each in waiting if each.category_id in own][:PER_SECTION]

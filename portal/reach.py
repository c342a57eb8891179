"""How many readers each article, category and author reaches: visits joined with news.

Visits are kept by address; an article's address ends in its number, whatever its title was.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Q
from django.urls import Resolver404, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from editing.languages import columns
from news.models import Article, Category, Edition, State, Tag
from portal.addresses import segment
from portal.models import ROUTES, Destination, Page
from stats import figures
from stats.pageviews import route_of

Pages = list[tuple[str, int]]

_ARTICLE = re.compile(
    "(?:{})/[^/]+-([0-9]{{1,18}})/".format(
        "|".join(
            re.escape(
                ("" if code == settings.LANGUAGE_CODE else f"/{code}") + "/" + segment("news", code)
            )
            for code, _name in settings.LANGUAGES
        )
    )
)
_AT_ONCE = 10_000  # either database takes so many parameters


def article_id(page: str) -> int | None:
    """The article of an address, if it is an article's."""
    match = _ARTICLE.fullmatch(page)
    return int(match[1]) if match else None


@dataclass(frozen=True)
class Told:
    """What is said of an article in a report: its latest public edition, or the latest at all."""

    title: str
    category: str
    author: str
    url: str
    is_public: bool


def told(ids: Iterable[int]) -> dict[int, Told]:
    found: dict[int, Told] = {}
    live = set()
    for some in _in_parts(sorted(set(ids))):
        live |= set(
            Edition.objects.live().filter(article_id__in=some).values_list("article_id", flat=True)
        )
        editions = Edition.objects.filter(article_id__in=some).exclude(state=State.DRAFT)
        for edition in editions.select_related("category").defer("body", "folded").order_by("pk"):
            found[edition.article_id] = Told(
                title=edition.title,
                category=edition.category.name,
                author=edition.author_line,
                url=edition.get_absolute_url(),
                is_public=edition.article_id in live,
            )
    return found


def _in_parts(items: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]


def by_article(pages: Pages) -> Counter[int]:
    counts: Counter[int] = Counter()
    for page, count in pages:
        if (number := article_id(page)) is not None:
            counts[number] += count
    return counts


@dataclass(frozen=True)
class ArticleViews:
    total: int
    month: int  # the last 30 days


def views_of(article: Article, month: tuple[date, date]) -> ArticleViews:
    addresses = {
        edition.get_absolute_url() for edition in article.editions.select_related("article")
    }
    return ArticleViews(
        total=figures.views_of(addresses), month=figures.views_of(addresses, *month)
    )


def hide_removed(pages: Pages) -> Pages:
    """The same figures, with what readers can no longer open under one name: a title that was
    withdrawn is not told for ever after."""
    public = _Public(page for page, _count in pages)
    sums: Counter[str] = Counter()
    for page, count in pages:
        sums[page if public.has(page) else removed()] += count
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))


def removed() -> str:
    return _("(removed)")


class _Public:
    """Which of these addresses still open something; four queries for ten thousand articles."""

    def __init__(self, pages: Iterable[str]) -> None:
        self._routes = {page: _route(page) for page in pages}
        ids = {number for page in self._routes if (number := article_id(page)) is not None}
        self._articles: set[int] = set()
        for some in _in_parts(sorted(ids)):
            live = Edition.objects.live().filter(article_id__in=some)
            self._articles |= set(live.values_list("article_id", flat=True))
        self._pages = self._words("page", Page.objects.public(), "path")
        self._categories = self._words("news:category", Category.objects.all(), "slug")
        self._tags = self._words("news:tag", Tag.objects.all(), "slug")

    def _words(self, name: str, rows, field: str) -> set[str]:  # type: ignore[no-untyped-def]
        """The values of a translated field in every language, if any address asks for one."""
        if not any(route == name for route, _word in self._routes.values()):
            return set()
        fields = columns(field)
        return {word for row in rows.rewrite(False).values_list(*fields) for word in row if word}

    def has(self, page: str) -> bool:
        route, word = self._routes[page]
        if route == "news:article":
            return article_id(page) in self._articles
        known = {
            "page": self._pages,
            "news:category": self._categories,
            "news:tag": self._tags,
        }.get(route)
        return bool(route) and (known is None or word in known)


def _route(page: str) -> tuple[str, str]:
    """The name of the route that answers an address, and the word in it; "" for none.

    What is no address is a route's own name already, kept because the address held a secret.
    """
    if not page.startswith("/"):
        return page or "/", ""
    if article_id(page) is not None:  # most addresses; resolving takes fifty times as long
        return "news:article", ""
    try:
        match = route_of(page)
    except Resolver404:
        return "", ""
    return match.view_name, str(match.kwargs.get("slug") or match.kwargs.get("path") or "")


def titles(pages: Iterable[str]) -> dict[str, str]:
    """What staff read for an address; the address itself where nothing better is known."""
    chosen = list(pages)
    articles = told(number for page in chosen if (number := article_id(page)) is not None)
    public = _Public(chosen)
    texts = Page.objects.filter(Q(is_public=True))
    names = {page.get_absolute_url(): page.title for page in texts}
    return {page: _title(page, articles, names, public) for page in chosen}


def _part_of_portal(page: str) -> str:
    """The name of a list or a form, such as the hotline, with its language unless Vietnamese."""
    route, _word = _route(page)
    destination = next((part for part, name in ROUTES.items() if name == route), None)
    if destination is None:
        return page
    name = capfirst(str(Destination(destination).label))
    return name if page == reverse(route) else f"{name} ({page})"


def _title(page: str, articles: dict[int, Told], names: dict[str, str], public: _Public) -> str:
    number = article_id(page)
    article = articles.get(number) if number is not None else None
    title = article.title if article else names.get(page) or _part_of_portal(page)
    return title if public.has(page) else f"{title} {removed()}"

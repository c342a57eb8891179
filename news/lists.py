"""Pages of a list: by number while the list is young, by key in its depth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import get_language

from editing.written import now
from news.models import Edition, EditionQuerySet

PER_PAGE = 20
# Deeper pages go on by key: OFFSET reads all that it skips.
LAST_NUMBERED_PAGE = 50

_BEFORE = {"vi": "truoc"}
_YEAR = {"vi": "nam"}
_MONTH = {"vi": "thang"}

# The names of parameters that say which page this is, in whatever language.
_OF_A_PAGE = ("page", "before", *_BEFORE.values())
_OF_A_PERIOD = ("year", "month", *_YEAR.values(), *_MONTH.values())
# By the name of the route; on every other page a parameter changes nothing.
PARAMETERS_OF: dict[str, tuple[str, ...]] = {
    "news:news": _OF_A_PAGE,
    "news:year": _OF_A_PAGE,
    "news:month": _OF_A_PAGE,
    "news:tag": _OF_A_PAGE,
    "news:notices": _OF_A_PAGE,
    "news:category": (*_OF_A_PAGE, *_OF_A_PERIOD),
}


def before_parameter() -> str:
    return _BEFORE.get(get_language() or "", "before")


def period_query(year: int | None, month: int | None = None) -> str:
    """“?nam=2021&thang=12”, or nothing."""
    language = get_language() or ""
    values = {_YEAR.get(language, "year"): year, _MONTH.get(language, "month"): month}
    pairs = {name: value for name, value in values.items() if value is not None}
    return f"?{urlencode(pairs)}" if pairs else ""


def period_of(query: QueryDict) -> tuple[int | None, int | None]:
    """The year and the month that are asked for. Raises Http404 when they are none."""
    language = get_language() or ""
    texts = query.get(_YEAR.get(language, "year")), query.get(_MONTH.get(language, "month"))
    year, month = (None if text is None else _whole_number(text) for text in texts)
    if year is None and month is not None:
        raise Http404
    check_period(year, month)
    return year, month


def check_period(year: int | None, month: int | None) -> None:
    """Raises Http404 when there is no such month in our time."""
    if (year is not None and not 1900 <= year <= 2200) or (
        month is not None and not 1 <= month <= 12
    ):
        raise Http404


def in_period(editions: EditionQuerySet, year: int | None, month: int | None) -> EditionQuerySet:
    """By the index of `listed_at`, which a year taken out of it would not use."""
    if year is None:
        return editions
    first = date(year, month or 1, 1)
    after = date(year + 1, 1, 1) if month is None else next_month(first)
    return editions.filter(listed_at__gte=start_of(first), listed_at__lt=start_of(after))


def start_of(day: date) -> datetime:
    """Its first moment, in Viet Nam."""
    return timezone.make_aware(datetime.combine(day, time()))


def next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True)
class ListPage:
    """One page of a list, and where the list goes on."""

    editions: list[Edition]
    number: int | None
    newer: str | None  # queries, such as "?page=2"; "" is the first page
    older: str | None


# A list that is made into a query when it is asked for, and not before.
Listed = Callable[[], EditionQuerySet]
First = Callable[[], list[Edition]]


def list_page(
    editions: Listed, query: QueryDict, kept: str = "", first: First | None = None
) -> ListPage:
    """The page that the query asks for; its neighbours keep the query `kept` (“?nam=2021”). `first`
    gives the rows of the first page (`first_rows`) faster than asking does.

    Raises Http404 where there is none.
    """
    key, number = query.get(before_parameter()), query.get("page", "1")
    if key is not None:
        page = _page_before(editions(), _whole_number(key))
    elif number == "1" and first is not None:
        page = _numbered(first(), 1)
    else:
        page = _numbered_page(editions(), _whole_number(number))
    if not kept:
        return page
    return replace(page, newer=_joined(kept, page.newer), older=_joined(kept, page.older))


def _joined(kept: str, query: str | None) -> str | None:
    if not query:  # the first page, or none
        return kept if query == "" else None
    return f"{kept}&{query.removeprefix('?')}"


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**31):
        raise Http404
    return int(text)


def first_rows(editions: EditionQuerySet) -> EditionQuerySet:
    """As many as a page has, and one that says whether there are more."""
    return editions.newest_first().for_cards()[: PER_PAGE + 1]


def _numbered_page(editions: EditionQuerySet, number: int) -> ListPage:
    if number > LAST_NUMBERED_PAGE:
        raise Http404
    start = (number - 1) * PER_PAGE
    # By their keys, which an index has: what the page leaves out is not read.
    keys = editions.newest_first().values("pk")[start : start + PER_PAGE + 1]
    rows = list(first_rows(Edition.objects.filter(pk__in=keys)))
    if not rows and number > 1:
        raise Http404
    return _numbered(rows, number)


def _numbered(rows: list[Edition], number: int) -> ListPage:
    shown, more = rows[:PER_PAGE], len(rows) > PER_PAGE
    newer = None if number == 1 else "" if number == 2 else f"?page={number - 1}"
    return ListPage(shown, number, newer, _older(shown, number) if more else None)


def _older(shown: list[Edition], number: int | None) -> str:
    if number is None or number == LAST_NUMBERED_PAGE:
        return f"?{before_parameter()}={shown[-1].article_id}"
    return f"?page={number + 1}"


def _page_before(editions: EditionQuerySet, article_id: int) -> ListPage:
    shown = Edition.objects.filter(article=article_id, live_from__lte=now())
    key = shown.only("article_id", "listed_at").order_by("-live_from").first()
    if key is None:
        raise Http404
    rows = list(editions.before(key).newest_first().for_cards()[: PER_PAGE + 1])
    if not rows:
        raise Http404
    editions_shown, more = rows[:PER_PAGE], len(rows) > PER_PAGE
    return ListPage(editions_shown, None, "", _older(editions_shown, None) if more else None)

"""Pages of a list: by number while the list is young, by key in its depth."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import get_language

from news.models import Edition, EditionQuerySet

PER_PAGE = 20
# Deeper pages go on by key: OFFSET reads all that it skips.
LAST_NUMBERED_PAGE = 50

_BEFORE = {"vi": "truoc"}


def before_parameter() -> str:
    return _BEFORE.get(get_language() or "", "before")


@dataclass(frozen=True)
class ListPage:
    """One page of a list, and where the list goes on."""

    editions: list[Edition]
    number: int | None
    newer: str | None  # queries, such as "?page=2"; "" is the first page
    older: str | None


def list_page(editions: EditionQuerySet, query: QueryDict) -> ListPage:
    """The page that the query asks for. Raises Http404 where there is none."""
    key = query.get(before_parameter())
    if key is not None:
        return _page_before(editions, _whole_number(key))
    return _numbered_page(editions, _whole_number(query.get("page", "1")))


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**31):
        raise Http404
    return int(text)


def _numbered_page(editions: EditionQuerySet, number: int) -> ListPage:
    if number > LAST_NUMBERED_PAGE:
        raise Http404
    start = (number - 1) * PER_PAGE
    rows = list(editions.newest_first().for_cards()[start : start + PER_PAGE + 1])
    if not rows and number > 1:
        raise Http404
    shown, more = rows[:PER_PAGE], len(rows) > PER_PAGE
    newer = None if number == 1 else "" if number == 2 else f"?page={number - 1}"
    return ListPage(shown, number, newer, _older(shown, number) if more else None)


def _older(shown: list[Edition], number: int | None) -> str:
    if number is None or number == LAST_NUMBERED_PAGE:
        return f"?{before_parameter()}={shown[-1].article_id}"
    return f"?page={number + 1}"


def _page_before(editions: EditionQuerySet, article_id: int) -> ListPage:
    shown = Edition.objects.filter(article=article_id, live_from__lte=timezone.now())
    key = shown.only("article_id", "listed_at").order_by("-live_from").first()
    if key is None:
        raise Http404
    rows = list(editions.before(key).newest_first().for_cards()[: PER_PAGE + 1])
    if not rows:
        raise Http404
    editions_shown, more = rows[:PER_PAGE], len(rows) > PER_PAGE
    return ListPage(editions_shown, None, "", _older(editions_shown, None) if more else None)

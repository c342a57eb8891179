"""The most urgent notices that hold now: their keys are read with the agency, by which every page knows
whether there are any; who shows them reads them by key.

Board by board, so that of what has ended, which is nearly all, nothing is read. PostgreSQL plans it
without knowing the moment, and takes a third for what still holds: joined to them, it would read every
article.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import JSONField, OuterRef, Subquery
from django.db.models.functions import JSONArray

from editing.aggregates import JsonKeys, JsonRows
from editing.written import Written
from news.models import Category, Edition, EditionQuerySet

IN_THE_BOX = 5

NoticeKeys = tuple[int, ...]


def notice_keys_as_json(language: str) -> Subquery:
    """Of each board those that may stand in the box, for `annotate`; `notice_keys` reads them."""
    own = Edition.objects.live_of_many().in_language(language).filter(category=OuterRef("pk"))
    parts = [JsonKeys(part.by_urgency().values("pk")[:IN_THE_BOX]) for part in own.current_parts()]
    # A translated manager would rewrite the names of the columns.
    boards = Category.objects.rewrite(False).filter(is_notice_board=True).order_by()
    found = boards.values(found=JsonRows(JSONArray(*parts)))
    return Subquery(found, output_field=JSONField())


def notice_keys(rows: Iterable[Iterable[Sequence[int] | None]] | None) -> NoticeKeys:
    """In one order, so that the same notices are asked for in the same words."""
    return tuple(sorted(key for parts in rows or () for part in parts for key in part or ()))


def notices_in_the_box(keys: NoticeKeys) -> list[Edition]:
    return _notices(*keys) if keys else []


@Written
def _notices(*keys: int) -> EditionQuerySet:
    return Edition.objects.filter(pk__in=keys).by_urgency().for_cards()[:IN_THE_BOX]

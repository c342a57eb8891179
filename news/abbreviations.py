"""The abbreviations of an article, spelled out from the list that staff keep."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import F, JSONField, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject, StrIndex

from editing.aggregates import JsonRows
from editing.models import Abbreviation
from editing.richtext import plain_text
from news.models import Edition


@dataclass(frozen=True)
class SpelledOut:
    short: str
    full: str


def abbreviations_as_json() -> Subquery:
    """What might stand in an edition, for `annotate`; `abbreviations_in` says what does."""
    rows = Abbreviation.objects.order_by().annotate(
        in_title=StrIndex(OuterRef("title"), F("short")),
        in_lead=StrIndex(OuterRef("lead"), F("short")),
        in_body=StrIndex(OuterRef("body"), F("short")),
    )
    found = rows.filter(Q(in_title__gt=0) | Q(in_lead__gt=0) | Q(in_body__gt=0))
    values = JSONObject(short=F("short"), full=F("full"))
    return Subquery(found.values(found=JsonRows(values)), output_field=JSONField())


def abbreviations_in(edition: Edition) -> list[SpelledOut]:
    """In the order in which they are first used; only whole ones, with their capitals."""
    text = f"{edition.title}\n{edition.lead}\n{plain_text(edition.body)}"
    known = {row["short"]: row["full"] for row in edition.abbreviation_rows or []}  # type: ignore[attr-defined]
    # The longest first, so that “BQL KKT” is not taken for “KKT”.
    shorts = sorted(known, key=len, reverse=True)
    if not shorts:
        return []
    either = "|".join(re.escape(short) for short in shorts)
    used = dict.fromkeys(re.findall(rf"(?<!\w)(?:{either})(?!\w)", text))
    return [SpelledOut(short, known[short]) for short in used]

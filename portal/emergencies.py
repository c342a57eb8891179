"""Emergency information as readers see it over every page, at no query of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from django.conf import settings
from django.db.models import F, JSONField, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from editing.aggregates import JsonRows, moment_of
from editing.languages import column, columns
from portal.models import Emergency

_TEXTS = ("headline", "text", "url")


class Banner(TypedDict):
    """Plain, because the pages that work without a database read it from a file."""

    headline: str
    text: str
    url: str
    language: str  # of headline and text
    starts_at: str  # ISO 8601
    ends_at: str


def emergencies_as_json() -> Subquery:
    """The current ones, for `annotate`; `banners` reads them."""
    names = [name for text in _TEXTS for name in columns(text)]
    names += ["starts_at", "ends_at"]
    # A translated manager would rewrite the names of the columns.
    rows = Emergency.objects.rewrite(False).current().order_by()
    values = JSONObject(key=F("pk"), **{name: F(name) for name in names})
    return Subquery(rows.values(found=JsonRows(values)), output_field=JSONField())


def banners(rows: Sequence[Mapping[str, Any]] | None, language: str) -> list[Banner]:
    """The newest first; whole in that language, or else whole in Vietnamese."""
    newest = sorted(rows or [], key=lambda row: row["key"], reverse=True)
    return [_banner(row, language) for row in newest]


def _banner(row: Mapping[str, Any], language: str) -> Banner:
    first = settings.LANGUAGE_CODE
    code = language if row[column("headline", language)] else first
    return {
        "headline": row[column("headline", code)],
        "text": row[column("text", code)] or "",
        "url": row[column("url", language)] or row[column("url", first)] or "",
        "language": code,
        "starts_at": moment_of(row["starts_at"]).isoformat(),
        "ends_at": moment_of(row["ends_at"]).isoformat(),
    }


def still_current(copied: Sequence[Banner]) -> list[Banner]:
    """Without those whose time was over after the copy was made."""
    now = timezone.now()
    return [each for each in copied if datetime.fromisoformat(each["ends_at"]) > now]

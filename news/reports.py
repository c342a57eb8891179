"""What was published, by whom and how long: the figures that royalties are counted from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from news.models import Edition


@dataclass(frozen=True)
class ReportRow:
    day: date
    title: str
    author: str
    category: str
    syllables: int
    photos: int
    address: str

    def cells(self) -> list[Any]:
        return [
            self.day, self.title, self.author, self.category, self.syllables, self.photos,
            self.address,
        ]  # fmt: skip


def headings() -> list[str]:
    return [
        _("Day"), _("Title"), _("Author"), _("Category"), _("Syllables"), _("Photos"), _("Address"),
    ]  # fmt: skip


def articles_published(first: date, last: date) -> list[ReportRow]:
    """What is on the site and was first published on these days of Viet Nam, both included."""
    start = timezone.make_aware(datetime.combine(first, time()))
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))
    rows = (
        Edition.objects.live()
        .filter(listed_at__gte=start, listed_at__lt=end)
        .select_related("category")
        .annotate(photo_count=Count("photos"))
        .defer("lead", "body", "folded")
        .order_by("listed_at", "pk")
    )
    return [_row(edition) for edition in rows.iterator()]


def _row(edition: Edition) -> ReportRow:
    return ReportRow(
        day=timezone.localdate(edition.listed_at),
        title=edition.title,
        author=edition.author_line,
        category=edition.category.name,
        syllables=edition.syllables,
        photos=edition.photo_count,  # type: ignore[attr-defined]
        address=edition.get_absolute_url(),
    )


@dataclass(frozen=True)
class Sum:
    name: str
    articles: int
    syllables: int
    photos: int


def sums_by(rows: list[ReportRow], key: str) -> list[Sum]:
    """By “author” or “category”, the most articles first, or by “month”, as the year goes."""
    groups: dict[str, list[ReportRow]] = {}
    for row in sorted(rows, key=lambda row: row.day):
        name = f"{row.day:%m/%Y}" if key == "month" else getattr(row, key) or _("not named")
        groups.setdefault(name, []).append(row)
    sums = [
        Sum(name, len(own), sum(r.syllables for r in own), sum(r.photos for r in own))
        for name, own in groups.items()
    ]
    if key == "month":
        return sums
    return sorted(sums, key=lambda each: (-each.articles, each.name))


def table_of(rows: list[ReportRow]) -> list[list[Any]]:
    return [headings(), *[row.cells() for row in rows]]

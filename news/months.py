"""How many news each year and month has: kept at every step of the publishing life, set right by the
runner where the clock alone changed something, and counted anew every day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from editing.addresses import address
from editing.written import Written
from news.lists import next_month, period_query, start_of
from news.models import Article, Category, Edition, MonthCount, State

# The runner looks every minute; a few of its rounds may be late.
LATELY = timedelta(minutes=15)

# Keeping


@transaction.atomic
def recount(months: Iterable[date]) -> None:
    for month in sorted(set(months)):
        start = start_of(month)
        rows = _counted().filter(listed_at__gte=start, listed_at__lt=start_of(next_month(month)))
        _replace(MonthCount.objects.filter(month=month), _by_category(rows, month))


@transaction.atomic
def recount_everything() -> None:
    months = _counted().annotate(month=TruncMonth("listed_at")).order_by()
    found = months.values_list("language", "category", "month").annotate(count=Count("pk"))
    counts = [
        MonthCount(language=language, category_id=category, month=month.date(), count=count)
        for language, category, month, count in found
    ]
    _replace(MonthCount.objects.all(), counts)


def forget() -> None:
    """Before all rows are replaced by others."""
    MonthCount.objects.all().delete()


def recount_what_the_clock_changed() -> None:
    """What was scheduled and is live now, or has ended."""
    now = timezone.now()
    begun, ended = (
        Q(**{f"{name}__gt": now - LATELY, f"{name}__lte": now})
        for name in ("live_from", "live_until")
    )
    recount_months_of(Edition.objects.filter(begun | ended, state=State.APPROVED))


def recount_months_of(editions: Any) -> None:
    moments = editions.exclude(listed_at=None).values_list("listed_at", flat=True)
    recount(_month_of(moment) for moment in moments)


def edition_saved(sender: Any, instance: Edition, **kwargs: Any) -> None:
    """A signal: a draft changes no figure."""
    if instance.state in (State.APPROVED, State.WITHDRAWN):
        recount_article(instance.article)


def recount_article(article: Article) -> None:
    """After a step that changed what of it is public, or since when."""
    recount_months_of(article.editions.all())


def _counted() -> Any:
    return Edition.objects.live().news().order_by()


def _by_category(editions: Any, month: date) -> list[MonthCount]:
    found = editions.values_list("language", "category").annotate(count=Count("pk"))
    return [
        MonthCount(language=language, category_id=category, month=month, count=count)
        for language, category, count in found
    ]


def _replace(old: Any, new: list[MonthCount]) -> None:
    if _figures(old) == _figures(new):
        return  # written again, it would end every kept page
    old.delete()
    # Another process may have counted the same month meanwhile.
    MonthCount.objects.bulk_create(
        new,
        update_conflicts=True,
        unique_fields=["language", "category", "month"],
        update_fields=["count"],
    )


def _figures(rows: Iterable[MonthCount]) -> set[tuple[str, int, date, int]]:
    return {(row.language, row.category_id, row.month, row.count) for row in rows}


def _month_of(moment: datetime) -> date:
    return timezone.localdate(moment).replace(day=1)


# Reading


@dataclass(frozen=True)
class Share:
    """What a reader may choose, and how many news there are."""

    category: Category | None
    year: int | None
    month: int | None
    count: int
    is_chosen: bool

    @property
    def url(self) -> str:
        """The one address of this choice."""
        if self.category is not None:
            return self.category.get_absolute_url() + period_query(self.year, self.month)
        if self.month is not None:
            return address("news:month", self.year, self.month)
        return address("news:year", self.year)


@dataclass(frozen=True)
class Shares:
    categories: list[Share]
    years: list[Share]
    months: list[Share]  # of the chosen year

    @property
    def is_worth_it(self) -> bool:
        """There is something to choose from."""
        return len(self.categories) + len(self.years) + len(self.months) > 2


@Written
def _counts(language: str) -> QuerySet[MonthCount, tuple[int, date, int]]:
    rows = MonthCount.objects.filter(language=language)
    return rows.values_list("category", "month", "count")


@Written
def _categories() -> QuerySet[Category]:
    return Category.objects.filter(is_notice_board=False)


def shares(
    language: str,
    category: Category | None = None,
    year: int | None = None,
    month: int | None = None,
) -> Shares:
    """By category, within the chosen period; by year and month, within the chosen category. The
    newest first; what has no news is not there. Two queries."""
    counts = _counts(language)
    known = {row.pk: row for row in _categories()}
    own = {key for key, row in known.items() if category and category.pk in (key, row.parent_id)}

    by_category: dict[int, int] = {}
    by_year: dict[int, int] = {}
    by_month: dict[int, int] = {}
    for key, day, count in counts:
        if key not in known:
            continue
        if (year is None or day.year == year) and (month is None or day.month == month):
            for each in {key, known[key].parent_id or key}:
                by_category[each] = by_category.get(each, 0) + count
        if category is None or key in own:
            by_year[day.year] = by_year.get(day.year, 0) + count
            if day.year == year:
                by_month[day.month] = by_month.get(day.month, 0) + count
    return Shares(
        [
            Share(row, year, month, by_category[key], row == category)
            for key, row in known.items()
            if key in by_category
        ],
        [
            Share(category, each, None, by_year[each], each == year)
            for each in sorted(by_year, reverse=True)
        ],
        [
            Share(category, year, each, by_month[each], each == month)
            for each in sorted(by_month, reverse=True)
        ],
    )


def months_with_news(language: str) -> list[tuple[int, int, int]]:
    """(year, month, how many), the newest first."""
    counts: dict[date, int] = {}
    rows = MonthCount.objects.filter(language=language).values_list("month", "count")
    for day, count in rows:
        counts[day] = counts.get(day, 0) + count
    return [(day.year, day.month, counts[day]) for day in sorted(counts, reverse=True)]

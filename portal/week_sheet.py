"""One sheet of paper for the head of the agency: what the week before last Monday brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.utils import timezone

from contacts.models import Appointment
from news.models import Edition
from portal import reach, status
from portal.models import Backup
from portal.search import in_vain
from portal.search.models import VainSearch
from portal.visit_report import Period
from stats import figures

MOST_READ = 10
MOST_PUBLISHED = 12
MOST_UNCONFIRMED = 8
MOST_SEARCHES = 8


@dataclass(frozen=True)
class ProvenBackup:
    """The latest backup that was restored on trial."""

    made_at: datetime
    proven_at: datetime


# The seam for what other parts of the portal measure: each gives None while nothing measures it,
# and the sheet then says so.


def searches_in_vain(period: Period) -> Sequence[VainSearch] | None:
    return in_vain.told(period[0])


def latest_proven_backup() -> ProvenBackup | None:
    backup = Backup.objects.latest_proven()
    return ProvenBackup(backup.made_at, backup.proven_at) if backup and backup.proven_at else None


def chosen_week(text: str, today: date) -> Period:
    """Monday to Sunday of a week such as 2026-W45; the last whole one, if it says no week."""
    try:
        monday = datetime.strptime(f"{text}-1", "%G-W%V-%u").date()  # noqa: DTZ007
    except ValueError:
        monday = date.min
    if not 2000 <= monday.year <= 2100:
        monday = today - timedelta(days=today.weekday() + 7)
    return monday, monday + timedelta(days=6)


@dataclass(frozen=True)
class Read:
    title: str
    url: str
    published_at: datetime | None
    pageviews: int


class Sheet:
    def __init__(self, period: Period) -> None:
        self.first, self.last = period
        self.made_at = timezone.now()

    @property
    def week(self) -> str:
        return self.first.strftime("%G-W%V")

    @property
    def neighbours(self) -> tuple[str, str]:
        week = timedelta(days=7)
        return (self.first - week).strftime("%G-W%V"), (self.first + week).strftime("%G-W%V")

    @cached_property
    def days(self) -> list[figures.Day]:
        return figures.days(self.first, self.last)

    @property
    def visits(self) -> int:
        return sum(day.visits for day in self.days)

    @property
    def pageviews(self) -> int:
        return sum(day.pageviews for day in self.days)

    @property
    def change(self) -> int | None:
        """Of the visits against the week before, in percent; None after a week without any."""
        week = timedelta(days=7)
        before = sum(day.visits for day in figures.days(self.first - week, self.last - week))
        return round(100 * (self.visits - before) / before) if before else None

    @cached_property
    def _pages(self) -> reach.Pages:
        return figures.pages(self.first, self.last)

    @cached_property
    def published(self) -> list[Read]:
        """What came out in the week, the newest first, with its readers of that week."""
        start, end = (
            timezone.make_aware(datetime.combine(day, time.min))
            for day in (self.first, self.last + timedelta(days=1))
        )
        editions = Edition.objects.live().filter(listed_at__gte=start, listed_at__lt=end)
        views = reach.by_article(self._pages)
        return [
            Read(
                edition.title,
                edition.get_absolute_url(),
                edition.listed_at,
                views[edition.article_id],
            )
            for edition in editions.newest_first().select_related("article").defer("body", "folded")
        ]

    @property
    def published_shown(self) -> list[Read]:
        return self.published[:MOST_PUBLISHED]

    @property
    def published_left(self) -> int:
        return max(0, len(self.published) - MOST_PUBLISHED)

    @cached_property
    def most_read(self) -> list[Read]:
        counts = reach.by_article(self._pages).most_common(MOST_READ)
        articles = reach.told(number for number, _count in counts)
        return [
            Read(articles[number].title, articles[number].url, None, count)
            for number, count in counts
            if number in articles and articles[number].is_public
        ]

    @property
    def searches(self) -> Sequence[VainSearch] | None:
        searches = searches_in_vain((self.first, self.last))
        return None if searches is None else searches[:MOST_SEARCHES]

    @cached_property
    def unconfirmed(self) -> list[Appointment]:
        rows = Appointment.objects.current().filter(confirmed_on=None)
        return list(rows.select_related("person", "post__unit"))

    @property
    def unconfirmed_shown(self) -> list[Appointment]:
        return self.unconfirmed[:MOST_UNCONFIRMED]

    @property
    def unconfirmed_left(self) -> int:
        return max(0, len(self.unconfirmed) - MOST_UNCONFIRMED)

    @property
    def backup(self) -> ProvenBackup | None:
        return latest_proven_backup()

    @cached_property
    def problems(self) -> list[str]:
        return status.problems()

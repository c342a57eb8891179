"""The figures of a period for staff: every part a chart and a table at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from portal import reach
from stats import charts, clock, figures, rules
from stats.figures import Day
from stats.models import DayDevice, DayLanguage, DayReferrer, TakenFor

LONGEST = 731  # days: two years, one of them a leap year
SHOWN = 20  # rows on the page; the files have all

Period = tuple[date, date]


class PeriodForm(forms.Form):
    """Which days, and with which others they are compared."""

    PREVIOUS, YEAR, NONE = "truoc", "nam", "khong"

    tu = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    den = forms.DateField(
        label=gettext_lazy("to"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    so_voi = forms.ChoiceField(
        label=gettext_lazy("Compared with"),
        required=False,
        choices=[
            (PREVIOUS, gettext_lazy("the same number of days before")),
            (YEAR, gettext_lazy("the same days a year before")),
            (NONE, gettext_lazy("nothing")),
        ],
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        first, last = values.get("tu"), values.get("den")
        for name, day in (("tu", first), ("den", last)):
            if day and not 2000 <= day.year <= 2100:
                self.add_error(name, _("Choose a day from 2000 to 2100."))
        if first and last and first > last:
            self.add_error("den", _("The last day is before the first."))
        elif first and last and (last - first).days >= LONGEST:
            self.add_error("den", _("Choose two years at most."))
        return values

    @property
    def period(self) -> Period:
        return self.cleaned_data["tu"], self.cleaned_data["den"]

    @property
    def compared(self) -> Period | None:
        first, last = self.period
        choice = self.cleaned_data["so_voi"] or self.PREVIOUS
        if choice == self.NONE:
            return None
        if choice == self.YEAR:
            return _a_year_before(first), _a_year_before(last)
        days = (last - first).days + 1
        return first - timedelta(days=days), first - timedelta(days=1)


def _a_year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def today() -> date:
    return clock.as_date(clock.day_number(figures.now()))


def usual_periods(day: date) -> list[tuple[str, Period]]:
    """What is asked for most often, with its name."""
    month = day.replace(day=1)
    last_month = month - timedelta(days=1)
    year = day.replace(month=1, day=1)
    return [
        (_("7 days"), (day - timedelta(days=6), day)),
        (_("30 days"), (day - timedelta(days=29), day)),
        (_("This month"), (month, day)),
        (_("Last month"), (last_month.replace(day=1), last_month)),
        (_("This year"), (year, day)),
        (_("Last year"), (year.replace(year=day.year - 1), year - timedelta(days=1))),
    ]


@dataclass(frozen=True)
class Row:
    label: str
    figure: int
    before: int | None = None
    url: str = ""
    note: str = ""
    rule: str = ""  # by which robots are known


@dataclass(frozen=True)
class Section:
    """A part of the report: labels with figures, the largest first."""

    key: str
    title: str
    column: str  # what the labels are
    unit: str  # what the figures are
    rows: list[Row]
    note: str = ""

    @property
    def is_compared(self) -> bool:
        return any(row.before is not None for row in self.rows)

    @property
    def bars(self) -> list[tuple[Row, int]]:
        """The first rows, each with its length in percent of the longest."""
        shown = self.rows[:SHOWN]
        longest = max((row.figure for row in shown), default=0) or 1
        return [(row, round(100 * row.figure / longest)) for row in shown]

    @property
    def others(self) -> int:
        return len(self.rows) - SHOWN

    @property
    def other_figures(self) -> int:
        return sum(row.figure for row in self.rows[SHOWN:])


@dataclass(frozen=True)
class Sum:
    """One figure of the whole period, and how it has changed."""

    label: str
    figure: int
    before: int | None

    @property
    def change(self) -> int | None:
        """In percent; None where there is nothing to compare with."""
        if not self.before:
            return None
        return round(100 * (self.figure - self.before) / self.before)


class Report:
    def __init__(self, period: Period, compared: Period | None) -> None:
        self.first, self.last = period
        self.compared = compared
        self.days = figures.days(*period)
        self.days_before = figures.days(*compared) if compared else []

    @property
    def sums(self) -> list[Sum]:
        return [
            Sum(label, measure(self.days), measure(self.days_before) if self.compared else None)
            for label, measure in _measures()
        ]

    @property
    def chart(self) -> charts.BarChart | None:
        return charts.visits_by_day(self.days)

    @cached_property
    def week(self) -> charts.HeatMap | None:
        return charts.hours_of_week(figures.hours(self.first, self.last))

    @cached_property
    def sections(self) -> list[Section]:
        """All parts but the days and the hours, which have charts of their own."""
        pages = figures.pages(self.first, self.last)
        before = dict(figures.pages(*self.compared)) if self.compared else {}
        found = [self._pages(pages, before), *self._by_article(pages, before)]
        found += [
            self._shares("referrers", _("Referring sites"), _("Site"), DayReferrer, "site", str),
            self._shares("devices", _("Devices"), _("Device"), DayDevice, "device", _device),
            self._shares(
                "languages", _("Languages of browsers"), _("Language"), DayLanguage, "language",
                _language,
            ),
            self._robots(),
        ]  # fmt: skip
        return found

    def _pages(self, pages: reach.Pages, before: dict[str, int]) -> Section:
        titles = reach.titles(page for page, _count in pages)
        rows = [
            Row(titles[page], count, self._before(before, page), page if page[:1] == "/" else "")
            for page, count in pages
        ]
        return Section("pages", _("Pages"), _("Page"), _("Pageviews"), rows)

    def _before(self, before: dict[str, int], key: str) -> int | None:
        return before.get(key, 0) if self.compared else None

    def _by_article(self, pages: reach.Pages, before: dict[str, int]) -> list[Section]:
        now, then = reach.by_article(pages), reach.by_article(list(before.items()))
        articles = reach.told({*now, *then})
        parts = (
            ("categories", _("Categories"), _("Category"), lambda told: told.category),
            (
                "authors",
                _("Authors"),
                _("Author"),
                lambda told: told.author or _("no author named"),
            ),
        )
        return [
            Section(
                key,
                title,
                column,
                _("Pageviews of articles"),
                self._rows(_grouped(now, articles, group), _grouped(then, articles, group)),
            )
            for key, title, column, group in parts
        ]

    def _rows(self, counts: Counter[str], before: Counter[str]) -> list[Row]:
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [Row(label, count, self._before(before, label)) for label, count in ordered]

    def _shares(
        self, key: str, title: str, column: str, model: Any, name: str, told: Callable[[str], str]
    ) -> Section:
        shares = figures.shares(model, name, self.first, self.last)
        before = dict(figures.shares(model, name, *self.compared)) if self.compared else {}
        rows = [Row(told(value), count, self._before(before, value)) for value, count in shares]
        return Section(key, title, column, _("Pageviews"), rows)

    def _robots(self) -> Section:
        rows = [
            Row(
                rules.label(found.rule),
                found.pageviews,
                note=str(TakenFor(found.taken_for).label),
                rule=found.rule,
            )
            for found in figures.rules(self.first, self.last)
        ]
        note = _(
            "Robots are left out of every other figure; suspects are in them until staff decide "
            "otherwise."
        )
        return Section("robots", _("Automatic visits"), _("Rule"), _("Pageviews"), rows, note)

    def day_rows(self) -> list[list[Any]]:
        return [[day.day, day.visits, day.visitors, day.pageviews] for day in self.days]


def _measures() -> list[tuple[str, Callable[[list[Day]], int]]]:
    return [
        (_("Visits"), lambda days: sum(day.visits for day in days)),
        (_("Pageviews"), lambda days: sum(day.pageviews for day in days)),
        (
            _("Visitors a day, on average (estimated)"),
            lambda days: round(sum(day.visitors for day in days) / max(1, len(days))),
        ),
    ]


def _grouped(
    counts: Counter[int], articles: dict[int, reach.Told], group: Callable[[reach.Told], str]
) -> Counter[str]:
    grouped: Counter[str] = Counter()
    for number, count in counts.items():
        article = articles.get(number)
        grouped[group(article) if article else reach.removed()] += count
    return grouped


def _device(name: str) -> str:
    names = {"phone": _("Phones"), "tablet": _("Tablets"), "desktop": _("Computers")}
    return names.get(name, _("Other devices"))


def _language(code: str) -> str:
    if not code:
        return _("not named")
    try:
        return capfirst(str(get_language_info(code)["name_translated"]))
    except KeyError:
        return _("another language")


def table(report: Report, key: str) -> tuple[list[str], Iterable[list[Any]]]:
    """A part of the report as a table for files: headings and rows."""
    if key == "days":
        return [_("Day"), _("Visits"), _("Visitors of the day (estimated)"), _("Pageviews")], (
            report.day_rows()
        )
    if key == "hours":
        week = report.week
        rows = [[day, *counts] for day, counts in week.rows] if week else []
        return [_("Day of the week"), *[f"{hour}:00" for hour in range(24)]], rows
    section = next(section for section in report.sections if section.key == key)
    headings = [section.column, section.unit]
    if section.is_compared:
        headings.append(_("Before"))
    return headings, (_cells(row, section.is_compared) for row in section.rows)


def _cells(row: Row, is_compared: bool) -> list[Any]:
    return [row.label, row.figure, *([row.before] if is_compared else [])]


KEYS = (
    "days",
    "pages",
    "categories",
    "authors",
    "referrers",
    "devices",
    "languages",
    "hours",
    "robots",
)


def told_period(period: Period) -> str:
    first, last = (date_format(day, "d/m/Y") for day in period)
    return f"{first} – {last}"

"""What stands around the content of every public page. Two queries, whatever the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

from django.conf import settings
from django.db.models import CharField, Exists, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import get_language, get_language_info

from contacts.models import Appointment, Channel, ChannelKind, Unit
from editing.addresses import address
from editing.languages import column, columns
from editing.shared import shared
from editing.translated import plain_text_of, text_of
from editing.written import Written
from news.lists import PARAMETERS_OF
from news.models import Edition
from news.notice_box import notice_keys, notice_keys_as_json
from portal.emergencies import Banner, banners, emergencies_as_json
from portal.models import ROUTES, Agency, Destination, MenuItem, Place


@dataclass(frozen=True)
class Entry:
    """A menu entry as it is shown."""

    place: str
    label: str
    note: str
    url: str
    destination: str
    is_current: bool = False


@dataclass(frozen=True)
class OtherLanguage:
    code: str
    name: str
    url: str
    is_same: bool  # this page, and not merely the nearest one


class Frame:
    """The agency, the menus and the other languages of one page."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.language = translation.get_language() or settings.LANGUAGE_CODE

    @cached_property
    def agency(self) -> Agency:
        """The agency, with what there is to show (`has_news` and so on, and the keys of the notices of
        the box) in the same query."""
        return shared("agency", _agency)

    @cached_property
    def emergencies(self) -> list[Banner]:
        return banners(self.agency.emergency_rows, self.language)  # type: ignore[attr-defined]

    def _entries(self, place: Place) -> list[Entry]:
        return [
            replace(entry, is_current=True) if self._is_current(entry.url) else entry
            for entry in self._all_entries
            if entry.place == place
        ]

    def _is_current(self, url: str) -> bool:
        if url == self._home:
            return self.request.path == url
        return self.request.path.startswith(url)

    @cached_property
    def _all_entries(self) -> list[Entry]:
        return shared("entries", self._read_entries)

    def _read_entries(self) -> list[Entry]:
        return [_entry(row) for row in _menu_rows() if self._has_content(row)]

    def _has_content(self, row: Any) -> bool:
        if row.page is not None:
            return bool(row.page__is_public)
        return bool(getattr(self.agency, f"has_{row.destination}", True))

    @cached_property
    def _home(self) -> str:
        return address("home")

    @cached_property
    def menu(self) -> list[Entry]:
        return self._entries(Place.MENU)

    @cached_property
    def tasks(self) -> list[Entry]:
        return self._entries(Place.TASKS)

    @cached_property
    def cards(self) -> list[Entry]:
        return self._entries(Place.CARDS)

    @cached_property
    def footer(self) -> list[Entry]:
        return self._entries(Place.FOOTER)

    @property
    def canonical(self) -> str:
        """The one address of this page: without parameters, but for the page of a list."""
        names = PARAMETERS_OF.get(self._match.view_name if self._match else "", ())
        query = {key: self.request.GET[key] for key in names if key in self.request.GET}
        tail = "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""
        return settings.SITE_URL + self.request.path + tail

    @cached_property
    def other_languages(self) -> list[OtherLanguage]:
        """Where this page is to be read in each other language; the nearest page, if nowhere."""
        codes = [code for code, _name in settings.LANGUAGES if code != self.language]
        return [self._other(code) for code in codes]

    def _other(self, code: str) -> OtherLanguage:
        same = self._in_language(code)
        return OtherLanguage(code, _name_of(code), same or self._nearest(code), bool(same))

    @property
    def missing_languages(self) -> list[OtherLanguage]:
        """Those in which this very page is not there."""
        return [other for other in self.other_languages if not other.is_same]

    @cached_property
    def translations(self) -> list[OtherLanguage]:
        """Every language in which this very page exists, this one included, if there are several."""
        others = [other for other in self.other_languages if other.is_same]
        this = OtherLanguage(self.language, _name_of(self.language), self.request.path, True)
        return [this, *others] if others else []

    @property
    def default_translation(self) -> OtherLanguage | None:
        """For readers of any other language."""
        first = settings.LANGUAGE_CODE
        return next((each for each in self.translations if each.code == first), None)

    def _in_language(self, code: str) -> str:
        """The address of this page in that language; empty, if there is none."""
        # A view that knows better has said so.
        if url := getattr(self.request, "addresses", {}).get(code):
            return str(url)
        match = self._match
        if match is None or match.view_name not in _SAME_IN_EVERY_LANGUAGE:
            return ""
        with translation.override(code):
            return reverse(match.view_name, args=match.args, kwargs=match.kwargs)

    def _nearest(self, code: str) -> str:
        name = self._match.view_name if self._match else ""
        with translation.override(code):
            return reverse(getattr(self.request, "nearest", _NEAREST.get(name, "home")))

    @cached_property
    def _match(self) -> ResolverMatch | None:
        if self.request.resolver_match is not None:
            return self.request.resolver_match
        try:
            return resolve(self.request.path_info)
        except Resolver404:
            return None


def _agency() -> Agency:
    if not (rows := _agencies()):
        Agency.load()
        rows = _agencies()
    agency: Any = rows[0]
    agency.notice_keys = notice_keys(agency.notice_rows)
    agency.has_notices = bool(agency.notice_keys)
    return cast(Agency, agency)


def _entry(row: Any) -> Entry:
    label, note = text_of(row, "label"), text_of(row, "note")
    return Entry(row.place, label, note, _url_of(row), row.destination)


def _url_of(row: Any) -> str:
    if row.page is not None:
        return address("page", plain_text_of(row, "page__path"))
    if row.destination:
        return Destination(row.destination).url
    return plain_text_of(row, "url")


@Written
def _agencies() -> QuerySet[Agency]:
    return Agency.objects.filter(pk=1).annotate(**_contents(get_language() or ""))


@Written
def _menu_rows() -> QuerySet[MenuItem, Any]:
    """No models: every page has two dozen of them, and shows three texts of each."""
    texts = ("label", "note", "url", "page__path")
    names = [name for field in texts for name in (field, *columns(field))]
    own = ("place", "destination", "page", "page__is_public")
    rows: QuerySet[MenuItem] = MenuItem.objects.rewrite(False)
    return rows.values_list(*own, *names, named=True)


def _contents(language: str) -> dict[str, Exists | Subquery]:
    own = {
        f"root_{name}_{language}": _of_root(column(name, language)) for name in ("address", "hours")
    }
    live = Edition.objects.live().in_language(language)
    roots = Unit.objects.filter(parent=None)
    emails = Channel.objects.public().filter(
        unit__isnull=False, unit__parent=None, kind=ChannelKind.EMAIL
    )
    return {
        "has_news": Exists(live.news()),
        "notice_rows": notice_keys_as_json(language),
        "has_organisation": Exists(Appointment.objects.current()),
        "has_contact": Exists(roots),
        "root_address": _of_root("address", column("address", language)),
        "root_hours": _of_root("hours", column("hours", language)),
        **own,
        "root_email": Subquery(emails.values("value")[:1]),
        "emergency_rows": emergencies_as_json(),
    }


def _of_root(*names: str) -> Subquery:
    """The last of these texts of the root unit that is there."""
    roots = Unit.objects.rewrite(False).filter(parent=None)
    texts = roots.annotate(shown=Coalesce(*reversed(names), Value("")))
    return Subquery(texts.values("shown")[:1], output_field=CharField())


def home_of(language: str) -> str:
    with translation.override(language):
        return reverse("home")


def _name_of(language: str) -> str:
    """In that language itself: “Tiếng Việt”, “English”."""
    return {"vi": "Tiếng Việt"}.get(language) or str(get_language_info(language)["name_local"])


# Pages whose address in another language follows from the address alone.
_SAME_IN_EVERY_LANGUAGE = {
    *ROUTES.values(),
    "news:year",
    "news:month",
    "contacts:person",
    "alerts:confirm",
    "alerts:manage",
    "alerts:unsubscribe",
}

# Where a page leads to that has no translation.
_NEAREST = {
    "news:article": "news:news",
    "news:rating": "news:news",
    "news:remark": "news:news",
    "news:category": "news:news",
    "news:tag": "news:news",
}

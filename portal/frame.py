"""What stands around the content of every public page. Two queries, whatever the page."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import CharField, Exists, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import get_language_info

from contacts.models import Appointment, Channel, ChannelKind, Unit
from editing.languages import column
from news.lists import PARAMETERS
from news.models import Edition
from portal.emergencies import Banner, banners, emergencies_as_json
from portal.models import ROUTES, Agency, Destination, MenuItem, Place


@dataclass(frozen=True)
class Entry:
    """A menu entry as it is shown."""

    label: str
    note: str
    url: str
    destination: str
    is_current: bool


class Frame:
    """The agency, the menus and the other languages of one page."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.language = translation.get_language() or settings.LANGUAGE_CODE

    @cached_property
    def agency(self) -> Agency:
        """The agency, with what there is to show (`has_news` and so on) in the same query."""
        row = Agency.objects.filter(pk=1).annotate(**self._contents()).first()
        return row or Agency.objects.annotate(**self._contents()).get(pk=Agency.load().pk)

    def _contents(self) -> dict[str, Exists | Subquery]:
        live = Edition.objects.live().in_language(self.language)
        roots = Unit.objects.filter(parent=None)
        emails = Channel.objects.public().filter(
            unit__isnull=False, unit__parent=None, kind=ChannelKind.EMAIL
        )
        return {
            "has_news": Exists(live.news()),
            "has_notices": Exists(live.notices().current()),
            "has_organisation": Exists(Appointment.objects.current()),
            "has_contact": Exists(roots),
            "root_address": self._of_root("address"),
            "root_hours": self._of_root("hours"),
            "root_email": Subquery(emails.values("value")[:1]),
            "emergency_rows": emergencies_as_json(),
        }

    def _of_root(self, name: str) -> Subquery:
        """A text of the root unit in the page's language, or else in Vietnamese."""
        roots = Unit.objects.rewrite(False).filter(parent=None)
        texts = roots.annotate(shown=Coalesce(column(name, self.language), name))
        return Subquery(texts.values("shown")[:1], output_field=CharField())

    @property
    def emergencies(self) -> list[Banner]:
        return banners(self.agency.emergency_rows, self.language)  # type: ignore[attr-defined]

    @cached_property
    def _items(self) -> list[MenuItem]:
        return list(MenuItem.objects.select_related("page"))

    def _entries(self, place: Place) -> list[Entry]:
        items = [item for item in self._items if item.place == place and self._has_content(item)]
        return [self._entry(item) for item in items]

    def _has_content(self, item: MenuItem) -> bool:
        if item.page is not None:
            return item.page.is_public
        return bool(getattr(self.agency, f"has_{item.destination}", True))

    def _entry(self, item: MenuItem) -> Entry:
        url = self._url(item)
        return Entry(item.label, item.note, url, item.destination, self._is_current(url))

    def _url(self, item: MenuItem) -> str:
        if item.page is not None:
            return item.page.get_absolute_url()
        return Destination(item.destination).url if item.destination else item.url

    def _is_current(self, url: str) -> bool:
        if url == reverse("home"):
            return self.request.path == url
        return self.request.path.startswith(url)

    @property
    def menu(self) -> list[Entry]:
        return self._entries(Place.MENU)

    @property
    def tasks(self) -> list[Entry]:
        return self._entries(Place.TASKS)

    @property
    def cards(self) -> list[Entry]:
        return self._entries(Place.CARDS)

    @property
    def footer(self) -> list[Entry]:
        return self._entries(Place.FOOTER)

    @property
    def canonical(self) -> str:
        """The one address of this page: without parameters, but for the page of a list."""
        query = {key: self.request.GET[key] for key in PARAMETERS if key in self.request.GET}
        tail = "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""
        return settings.SITE_URL + self.request.path + tail

    @property
    def other_languages(self) -> list[dict[str, str]]:
        """Where this page is to be read in each other language; its home page, if nowhere."""
        return [
            {"code": code, "name": _name_of(code), "url": self._in_language(code)}
            for code, _name in settings.LANGUAGES
            if code != self.language
        ]

    @property
    def translations(self) -> list[dict[str, str]]:
        """Every language in which this very page exists, this one included, if there are several."""
        others = [other for other in self.other_languages if other["url"] not in self._home_pages()]
        if not (others or self.request.path in self._home_pages()):
            return []
        this = {"code": self.language, "url": self.request.path}
        return [this, *(others or self.other_languages)]

    def _home_pages(self) -> set[str]:
        return {home_of(code) for code, _name in settings.LANGUAGES}

    def _in_language(self, code: str) -> str:
        # A view that knows better has said so.
        if url := getattr(self.request, "addresses", {}).get(code):
            return str(url)
        try:
            match = resolve(self.request.path_info)
        except Resolver404:
            match = None
        if match is None or match.view_name not in _SAME_IN_EVERY_LANGUAGE:
            return home_of(code)
        with translation.override(code):
            return reverse(match.view_name, args=match.args, kwargs=match.kwargs)


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

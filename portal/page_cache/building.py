"""Has Django build pages, from a request of our own making: the address, what counts of its query,
the host of this portal, and nothing else. So no cookie and no header of one reader can come to be in
what all the others read.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from editing.asked import Answers, noting
from editing.shared import under
from portal.page_cache import moments
from portal.page_cache.ahead import CannotBuild
from portal.page_cache.entries import Entry, Headers, Shelf
from portal.page_cache.moments import Moments
from portal.page_cache.often import Often
from stats.box import Box
from stats.box import read as read_box
from stats.middleware import COUNTER
from stats.page_parts import visit_box_now
from stats.pageviews import page_to_count

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Many pages ask the same, and after a change all at once.
_ASKED_ANEW_AFTER = 1.0  # seconds

# Made anew for each answer, by what is kept and by the reader's coding.
_OWN_HEADERS = frozenset(("content-length", "etag", "last-modified", "vary", "content-encoding"))


@dataclass(frozen=True, slots=True)
class Address:
    """Of a kept page."""

    path: str  # as WSGI has it
    query: str  # what counts of it

    @classmethod
    def of(cls, key: str) -> Address:
        path, _mark, query = key.rpartition("?")
        return cls(path, query)

    @property
    def key(self) -> str:
        return f"{self.path}?{self.query}"


@dataclass(frozen=True, slots=True)
class Made:
    """What Django has answered."""

    status: str
    headers: Headers
    body: bytes
    page: str | None  # the name under which it counts

    @property
    def is_failure(self) -> bool:
        """The database is gone; an error of one page says nothing of the others."""
        return self.status.startswith("503 ")

    @property
    def is_page(self) -> bool:
        return self.status.startswith("200 ")

    @property
    def is_for_everybody(self) -> bool:
        names = {name.lower(): value.lower() for name, value in self.headers}
        control = names.get("cache-control", "")
        return (
            self.is_page
            and "set-cookie" not in names
            and names.get("vary", "accept-encoding") == "accept-encoding"
            and not any(word in control for word in ("private", "no-store"))
        )


class Building:
    """Of the pages that a shelf keeps."""

    def __init__(self, application: Application, shelf: Shelf) -> None:
        self._application = application
        self._shelf = shelf
        self._answers = Answers(_ASKED_ANEW_AFTER)
        self._host = _own_host()
        self.below = (
            ""  # the path at which this portal lies, as the web server says with each request
        )

    def make(self, address: Address) -> Made:
        name = _Name()
        said: list[Any] = []
        body = self._application(self._environ(address, name), lambda *all: said.append(all))
        try:
            content = b"".join(body)
        finally:
            if (close := getattr(body, "close", None)) is not None:
                close()
        status, headers = said[-1][:2]
        return Made(status, headers, content, name.page)

    def keep(
        self, address: Address, generation: str, known: Moments, before: Entry | None
    ) -> Entry | Made:
        """As it is now, on the shelf under that generation, if it is for everybody. `before` is what
        it was, and gives its date to the same bytes."""
        with noting() as asked, under(lambda: generation):
            made = self.make(address)
        if not made.is_for_everybody:
            return made
        entry = Entry.of(_kept_headers(made), made.body, page=made.page, instant=known.next)
        entry.rest_on(asked)
        if before is not None and before.digest == entry.digest:
            entry.modified = before.modified
        self._shelf.put(generation, address.key, entry)
        return entry

    def go_on(self, before: Entry, address: Address, generation: str, known: Moments) -> Entry:
        """With a page that is the same under that generation too."""
        entry = before.gone_on(known.next, _box_in(before.box[0]) if before.box else "")
        self._shelf.put(generation, address.key, entry)
        return entry

    def is_same(self, before: Entry, generation: str) -> bool | None:
        """Whether the page would be the same now, but for the visit box; None where that cannot be
        asked."""
        if before.questions is None or before.instant <= time.time():
            return None
        try:
            return self._answers.are_alike(before.questions, generation)
        except DatabaseError:
            return None  # building it will say so, with a connection that is looked after

    def _environ(self, address: Address, name: _Name) -> Environ:
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": self.below,
            "PATH_INFO": address.path,
            "QUERY_STRING": address.query,
            "SERVER_NAME": self._host,
            "SERVER_PORT": "443" if settings.IS_HTTPS else "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": self._host,
            "wsgi.url_scheme": "https" if settings.IS_HTTPS else "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            COUNTER: name,
        }


class BuildingAhead(Building):
    """On the connection of a change, under the generation that begins with it (`ahead`)."""

    def __init__(self, application: Application, shelf: Shelf, often: Often) -> None:
        super().__init__(application, shelf)
        self._often = often

    def wanted(self) -> list[str]:
        return self._often.keys()

    def build(self, key: str, generation: str) -> None:
        known = moments.moments_of(generation) or moments.work_out(generation)
        address = Address.of(key)
        before = self._shelf.last(key)
        if before is not None and self.is_same(before, generation):
            self.go_on(before, address, generation, known)
            return
        made = self.keep(address, generation, known, before)
        if isinstance(made, Made) and made.status.startswith("5"):
            raise CannotBuild(f"{address.path}: {made.status}")


class _Name:
    """Stands in for the counter while a page is built: learns its name and counts nobody."""

    page: str | None = None

    def note(self, request: HttpRequest, response: HttpResponseBase) -> None:
        self.page = page_to_count(request, response)


def following(generation: str) -> tuple[str, Moments | None]:
    """The generation to which a page belongs that is built now, and its instants; those are not
    known while a change is under way or the database does not answer."""
    try:
        known = moments.moments_of(generation)
        if known is not None and known.next <= time.time():
            begun = moments.go_on_from(generation)
            if begun is None:
                return generation, None
            generation, known = begun, moments.moments_of(begun)
        return generation, known or moments.work_out(generation)
    except DatabaseError:
        return generation, None


def _own_host() -> str:
    names = [name for name in settings.ALLOWED_HOSTS if not name.startswith((".", "*"))]
    return names[0] if names else urlsplit(settings.SITE_URL).netloc


def _box_in(language: str) -> str:
    return _shown(language, read_box(), int(time.time()))


@lru_cache(maxsize=4)
def _shown(language: str, _figures: Box | None, _second: int) -> str:
    with translation.override(language):
        return visit_box_now()


def _kept_headers(made: Made) -> Headers:
    kept = [(name, value) for name, value in made.headers if name.lower() not in _OWN_HEADERS]
    if all(name.lower() != "cache-control" for name, _value in kept):
        # A browser asks whether the page is still the same, each time.
        kept.append(("Cache-Control", "no-cache"))
    return kept

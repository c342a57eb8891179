"""Answers kept pages in front of Django, and keeps those that Django makes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.utils.http import parse_http_date_safe

from editing.shared import under
from portal.middleware import ClientAddressMiddleware
from portal.page_cache import moments
from portal.page_cache.building import (
    Address,
    Application,
    Building,
    BuildingAhead,
    Environ,
    Made,
    StartResponse,
    following,
)
from portal.page_cache.entries import LIFE, Entry, Shelf
from portal.page_cache.often import Often
from portal.page_cache.places import folder, marks
from portal.page_cache.rules import parameters_of, query_of
from portal.page_cache.whole import STATUS, answer_whole, lines_of
from stats.counter import VisitCounter
from stats.middleware import COUNTER
from stats.pageviews import is_to_be_looked_at

# After a page could not be built, the last good one is given for a while without another attempt.
_REST = 3.0  # seconds

# A change is soon committed: to wait for that costs less than to build a page that is not kept, once
# for each reader. Where one takes longer, nobody else waits for it for a while.
_SOON = 0.2  # seconds

_LONGEST = 1000  # characters of a path or a query


class _Reader:
    """As much of a request as the believed client and the counter ask for: a whole one costs as much
    as the rest of an answer."""

    def __init__(self, environ: Environ) -> None:
        self.META = self.environ = environ
        self.method = environ["REQUEST_METHOD"]


@dataclass(frozen=True, slots=True)
class _Question:
    """What a kept page is asked with."""

    environ: Environ  # of the reader
    reader: HttpRequest  # with the believed client
    address: Address

    @property
    def key(self) -> str:
        return self.address.key


class PageCache:
    """A WSGI application around Django's."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.counter = VisitCounter()
        self.shelf = Shelf(folder().pages)
        self.often = Often(folder().pages / "often")
        self.building = Building(application, self.shelf)
        self.ahead = BuildingAhead(application, Shelf(folder().pages, memory=0), self.often)
        nothing = HttpResponse()
        self._believe = ClientAddressMiddleware(lambda _request: nothing)
        # Asked for once: each time is as long as to find a kept page.
        self._wants_https = settings.SECURE_SSL_REDIRECT
        self._is_behind_a_cache = settings.STATS_BEACON
        self._failed_at = float("-inf")
        self._waited_at = float("-inf")  # in vain

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        environ[COUNTER] = self.counter
        self.building.below = self.ahead.below = environ.get("SCRIPT_NAME", "")
        question = self._question(environ)
        if question is None:
            return self._leave_to_django(environ, start_response)
        answer = self._answer(question)
        if isinstance(answer, Entry):
            self._count(question, answer.page)
            return _send(answer, environ, start_response, for_a_cache=self._is_behind_a_cache)
        return self._pass_on(answer, question, start_response)

    def _count(self, question: _Question, page: str | None) -> None:
        # Before it is sent: a process that is killed in between has lost no view that a reader had.
        if page is not None and is_to_be_looked_at(question.reader):
            self.counter.count(question.reader, page)

    def _leave_to_django(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.application(environ, start_response)
        with under(_good_generation):
            return self.application(environ, start_response)

    def _question(self, environ: Environ) -> _Question | None:
        """None for what is not kept, and for whom Django has something else to say."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        path = environ.get("PATH_INFO", "")
        if len(path) > _LONGEST or len(environ.get("QUERY_STRING", "")) > _LONGEST:
            return None  # no address of ours, and nothing to remember
        parameters = _parameters_of(path)
        if parameters is None:
            return None
        query = query_of(environ.get("QUERY_STRING", ""), parameters)
        if query is None:
            return None
        # A copy where the believed client may be another: Django shall see the reader's own.
        is_forwarded = "HTTP_X_FORWARDED_FOR" in environ or "HTTP_X_FORWARDED_PROTO" in environ
        reader = cast(HttpRequest, _Reader(dict(environ) if is_forwarded else environ))
        self._believe(reader)
        if self._wants_https and reader.META["wsgi.url_scheme"] != "https":
            return None
        if not _is_ours(reader.META.get("HTTP_HOST", "")):
            return None
        return _Question(environ, reader, Address(path, query))

    def _answer(self, question: _Question) -> Entry | Made:
        generation = marks().current()
        if generation is None and settings.PAGE_CACHE:
            generation = self._generation_to_come()
        if generation is None:
            return self.building.make(question.address)
        entry = self.shelf.get(generation, question.key)
        if entry is not None:
            if entry.until > time.time():
                return entry
            if time.monotonic() - self._failed_at < _REST and _may_be_seen(generation):
                return entry
        return self._build(generation, question)

    def _generation_to_come(self) -> str | None:
        """After the change that is under way, if it ends soon."""
        end = time.monotonic() + _SOON
        pause = 0.001
        while end - _SOON - self._waited_at > _REST:
            time.sleep(pause)
            if (generation := marks().current()) is not None:
                return generation
            if time.monotonic() > end:
                self._waited_at = end
            pause = min(pause * 1.5, 0.01)
        return None

    def _build(self, generation: str, question: _Question) -> Entry | Made:
        with self.shelf.building(question.key):
            last = self.shelf.get(generation, question.key)
            if last is not None and last.until > time.time():
                return last  # another one has built it meanwhile
            name, known = following(generation)
            before = last or self.shelf.last(question.key)
            if known is not None and before is not None:
                is_same = self.building.is_same(before, name)
                if is_same:
                    self.often.note(question.key)
                    return self.building.go_on(before, question.address, name, known)
                if is_same is False and last is not None:
                    # Changed behind our back: what pages share is not right either.
                    marks().renew(name)
                    name, known = following(marks().current() or name)
            if known is None:
                made: Entry | Made = self.building.make(question.address)
            else:
                made = self.building.keep(question.address, name, known, before)
            if isinstance(made, Entry):
                self.often.note(question.key)
            elif made.is_failure and last is not None and _may_be_seen(generation):
                self._failed_at = time.monotonic()
                return last
            return made

    def _pass_on(
        self, made: Made, question: _Question, start_response: StartResponse
    ) -> Iterable[bytes]:
        if not made.is_page and question.environ.get("QUERY_STRING"):
            # Where there is no page, what does not count of the query may say where it has moved.
            return self.application(question.environ, start_response)
        if made.is_page:
            self._count(question, made.page)
        start_response(made.status, made.headers)
        return [] if question.environ["REQUEST_METHOD"] == "HEAD" else [made.body]


@lru_cache(maxsize=256)
def _is_ours(host: str) -> bool:
    name, _port = split_domain_port(host)
    return bool(name) and validate_host(name, settings.ALLOWED_HOSTS)


@lru_cache(maxsize=4096)
def _parameters_of(path: str) -> tuple[str, ...] | None:
    try:
        return parameters_of(path.encode("latin-1").decode())
    except UnicodeError:
        return None


def _good_generation() -> str | None:
    """That whose pages are right at this moment, without a question to the database."""
    generation = marks().current()
    known = moments.moments_of(generation) if generation else None
    return generation if known is not None and time.time() < known.next else None


def _may_be_seen(generation: str) -> bool:
    """Whether nothing that was public in that generation must be hidden by now."""
    known = moments.moments_of(generation)
    return known is not None and time.time() < known.end


def _send(
    entry: Entry, environ: Environ, start_response: StartResponse, *, for_a_cache: bool
) -> Iterable[bytes]:
    coding = _coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
    headers, lines = entry.headers_by_coding[coding], entry.lines_by_coding[coding]
    if for_a_cache:
        # For the cache in front, which takes whole seconds and still answers in the last of them. It
        # begins its own time, and is not left with the rest of ours.
        until = min(time.time() + LIFE, entry.instant)
        more = [("X-Accel-Expires", f"@{int(until) - 1}")]
        headers, lines = headers + more, lines + lines_of(more)
    if _has_it(entry, coding, environ):
        left = [pair for pair in headers if not pair[0].lower().startswith("content-")]
        policy = [pair for pair in headers if pair[0].lower() == "content-security-policy"]
        start_response("304 Not Modified", [*left, *policy])
        return []
    if environ["REQUEST_METHOD"] == "HEAD":
        start_response(STATUS, headers)
        return []
    body = entry.bodies[coding]
    if (whole := answer_whole(start_response, lines, body)) is not None:
        return whole
    start_response(STATUS, headers)
    return [body]


def _has_it(entry: Entry, coding: str, environ: Environ) -> bool:
    """Whether the reader's own copy is this one (RFC 9110, 13.1)."""
    if (tags := environ.get("HTTP_IF_NONE_MATCH")) is not None:
        known = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        return entry.tag(coding) in known or known == ["*"]
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    moment = parse_http_date_safe(since) if since else None
    return moment is not None and int(entry.modified) <= moment


@lru_cache(maxsize=256)
def _coding(accepted: str) -> str:
    """The best coding that an Accept-Encoding header allows; "" is none at all."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _semicolon, parameter = part.partition(";")
        weight = parameter.strip().removeprefix("q=").strip()
        weights[name.strip()] = weight.strip("0.") != "" if weight else True
    return next((name for name in ("br", "gzip") if weights.get(name)), "")

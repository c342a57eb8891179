"""Counts a pageview: what is taken from the request becomes one line of a spool file."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from stats import clock, pageviews, sender
from stats.robots import rule_for
from stats.salts import FOLDER, REPLAY_ANCHOR, SaltBook
from stats.spool import SpoolWriter, line_of, quoted
from stats.suspects import Pace, suspicion
from stats.visits import GAP

logger = logging.getLogger(__name__)


class VisitCounter:
    """One for each process. It asks no database, waits for nothing and cannot fail a page: what
    cannot be written is counted as lost."""

    def __init__(self) -> None:
        folder = Path(settings.STATS_SPOOL_DIR)
        anchor = REPLAY_ANCHOR if settings.STATS_CLOCK_HEADER else None
        self.spool = SpoolWriter(folder)
        self.salts = SaltBook(folder / FOLDER, anchor=anchor)
        self.pace = Pace()
        self.prefix = settings.STATS_IPV6_PREFIX
        self._has_complained = False

    def note(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """Counts the request if that answer makes it a pageview."""
        try:
            page = pageviews.page_to_count(request, response)
        except Exception:
            self._note_loss()
        else:
            self.count(request, page)

    def count(self, request: HttpRequest, page: str | None) -> None:
        """As a view of the page of that name; None is not counted."""
        if page is None:
            return
        try:
            self.spool.append(self._line(request, page))
        except Exception:
            self._note_loss()

    def _line(self, request: HttpRequest, page: str) -> bytes:
        replayed = clock.replayed_time(request)
        moment = clock.wall() if replayed is None else replayed
        agent = sender.user_agent(request)
        visitor, visitor_before = self._hashes(request, moment, agent)
        is_too_fast = self.pace.is_too_fast(visitor, moment)
        languages, referrer = sender.languages(request), sender.referring_site(request)
        about = _about(agent, languages, referrer, is_too_fast)
        return line_of(moment, visitor, visitor_before, page, about, replayed is not None)

    def _hashes(self, request: HttpRequest, moment: int, agent: str) -> tuple[int, int | None]:
        """Under the salt of the day and, in its first 30 minutes, under that of the day before."""
        day = clock.day_number(moment)
        today = self._hash(request, day, agent)
        is_early = clock.since_midnight(moment) < GAP
        return today, self._hash(request, day - 1, agent) if is_early else None

    def _hash(self, request: HttpRequest, day: int, agent: str) -> int:
        address = request.META.get("REMOTE_ADDR", "")
        return sender.visitor_hash(self.salts.salt(day), address, agent, ipv6_prefix=self.prefix)

    def _note_loss(self) -> None:
        self.spool.note_loss()
        if not self._has_complained:
            self._has_complained = True
            logger.exception("Visits cannot be counted; the pages are not affected.")


@lru_cache(maxsize=8192)
def _about(agent: str, languages: str, referrer: str, is_too_fast: bool) -> str:
    """What a line says of the sender, as JSON: of most readers the same."""
    rule = rule_for(agent) or suspicion(languages, referrer=referrer, is_too_fast=is_too_fast)
    return quoted(rule, referrer, sender.device_class(agent), sender.first_language(languages))

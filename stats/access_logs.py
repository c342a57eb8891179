"""Reads access logs of an earlier server into the sums, a day at a time and each day once.

Lines are in the combined format. Addresses and user agents are used while a file is read, under a
key that is thrown away with the process; nothing of them is stored. A day is booked in one
transaction, together with the note that it has been, so a run that was stopped is simply repeated.
A day on which the portal itself has counted is left alone.
"""

from __future__ import annotations

import gzip
import re
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import Resolver404

from stats import clock, rollups, sender
from stats.models import CounterState, DayTotal, ImportedDay
from stats.pageviews import LONGEST_PAGE, counts_by_its_route, route_of
from stats.robots import PERSON, rule_for, rules_counted
from stats.spool import Pageview
from stats.suspects import REFERRER_SPAM, is_spam
from stats.visits import GAP

Key = tuple[int, str]  # hash, rule

_LINE = re.compile(
    rb"(?P<address>\S+) \S+ \S+ \[(?P<time>[^\]]{20,32})\] "
    rb'"(?P<method>[A-Z]+) (?P<target>\S+)[^"]*" (?P<status>\d{3}) \S+ '
    rb'"(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)"'
)
_MONTHS = {name: number for number, name in enumerate(
    b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)}  # fmt: skip

# What an address of a page ends in, on servers of any kind: nothing, or the name of a program.
_PAGE_ENDING = re.compile(r"(/[^./]*|\.(aspx?|html?|php\d?|jsp|jspx|do|cfm|xhtml))$", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"/(rss|atom|feed|api|wp-json|xmlrpc|cgi-bin|healthz|readyz)\b", re.IGNORECASE
)

_ORDER_SLACK = clock.HOUR  # by how much lines of one file may be out of order
_LONGEST_LINE = 16_384  # bytes


class Hit(NamedTuple):
    moment: int
    address: str
    agent: str
    path: str
    referrer: str


@dataclass
class Report:
    """What a run did, or would do."""

    lines: int = 0
    unreadable: int = 0
    pageviews: int = 0
    booked: list[date] = field(default_factory=list)
    known: list[date] = field(default_factory=list)
    own: list[date] = field(default_factory=list)


class LogError(ValueError):
    """A file that cannot be imported; the text is for the operator."""


def import_logs(
    paths: Iterable[Path],
    *,
    own_hosts: Collection[str] = (),
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Imports all files together, in the order of their first lines. `progress` is told the bytes
    read, as they lie on the disk; links from `own_hosts` are readers who go on reading."""
    report = Report()
    book = _Book(report, own_hosts=own_hosts, dry_run=dry_run)
    files = sorted((_first_moment(path), path) for path in paths)
    read = 0
    for number, (_moment, path) in enumerate(files):
        next_begins = files[number + 1][0] if number + 1 < len(files) else None
        for hit, position in _hits(path, report):
            book.add(hit, until=next_begins)
            if progress:
                progress(read + position)
        read += path.stat().st_size
    book.close_days(None)
    return report


def _hits(path: Path, report: Report) -> Iterator[tuple[Hit, int]]:
    """The pageviews of a file, with how far it has been read on the disk."""
    with path.open("rb") as raw, _opened(raw, path) as file:
        try:
            while line := file.readline(_LONGEST_LINE):
                report.lines += 1
                match = _LINE.match(line)
                if match is None or (moment := _moment(match["time"])) is None:
                    report.unreadable += 1
                elif (hit := _pageview(match, moment)) is not None:
                    yield hit, raw.tell()
        except (OSError, EOFError) as error:  # a broken archive
            raise LogError(f"{path}: {error}") from error


def _opened(raw: IO[bytes], path: Path) -> IO[bytes]:
    is_packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    return gzip.open(raw) if is_packed else path.open("rb")  # type: ignore[return-value]


def _first_moment(path: Path) -> int:
    with path.open("rb") as raw, _opened(raw, path) as file:
        try:
            for _line in range(1000):
                match = _LINE.match(file.readline(_LONGEST_LINE))
                if match and (moment := _moment(match["time"])) is not None:
                    return moment
        except (OSError, EOFError) as error:
            raise LogError(f"{path}: {error}") from error
    raise LogError(f"{path}: no line in the combined format")


def _moment(text: bytes) -> int | None:
    """Of 02/Nov/2026:10:00:00 +0700, in milliseconds."""
    with suppress(ValueError, KeyError, IndexError):
        day, month, year = text[:2], text[3:6], text[7:11]
        hour, minute, second = text[12:14], text[15:17], text[18:20]
        sign = -1 if text[21:22] == b"-" else 1
        zone = sign * timedelta(hours=int(text[22:24]), minutes=int(text[24:26]))
        moment = datetime(
            int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second),
            tzinfo=timezone(zone),
        )  # fmt: skip
        if 2000 <= moment.year < 2100:
            return clock.milliseconds(moment)
    return None


def _pageview(match: re.Match[bytes], moment: int) -> Hit | None:
    if match["method"] != b"GET" or match["status"] not in (b"200", b"304"):
        return None
    target = match["target"].decode("utf-8", "replace")
    try:
        path = unquote(urlsplit(target).path)[:LONGEST_PAGE].replace("\0", "") or "/"
    except ValueError:
        return None
    if not path.startswith("/") or not _is_page(path):
        return None
    texts = [match[name].decode("utf-8", "replace") for name in ("address", "agent", "referrer")]
    address, agent, referrer = texts
    return Hit(moment, address, "" if agent == "-" else agent, path, referrer)


def _is_page(path: str) -> bool:
    """By how the address ends, and by the portal's own route if it has one."""
    if _NO_PAGE.search(path) or not _PAGE_ENDING.search(path):
        return False
    try:
        return counts_by_its_route(route_of(path), path)
    except (Resolver404, ValueError):
        return True


class _Book:
    """The days that are being read. A day is booked once no file can add to it any more."""

    def __init__(self, report: Report, *, own_hosts: Collection[str], dry_run: bool) -> None:
        self.report, self.own_hosts, self.dry_run = report, own_hosts, dry_run
        self._key = secrets.token_bytes(32)  # never leaves this process
        self._days: defaultdict[int, list[Pageview]] = defaultdict(list)
        self._last_seen: dict[Key, int] = {}
        self._latest = 0
        self._closed_until: int | None = None

    def add(self, hit: Hit, *, until: int | None) -> None:
        day = clock.day_number(hit.moment)
        self._days[day].append(self._as_pageview(hit))
        if clock.day_number(hit.moment) > clock.day_number(self._latest):
            bounds = [hit.moment - _ORDER_SLACK, *([until] if until is not None else [])]
            self.close_days(clock.day_number(min(bounds)))
        self._latest = max(self._latest, hit.moment)

    def _as_pageview(self, hit: Hit) -> Pageview:
        prefix = settings.STATS_IPV6_PREFIX
        agent = hit.agent
        site = sender.site_of(hit.referrer, own=self.own_hosts)
        return Pageview(
            moment=hit.moment,
            visitor=sender.visitor_hash(self._key, hit.address, agent, ipv6_prefix=prefix),
            visitor_before=None,
            page=hit.path,
            rule=rule_for(agent) or (REFERRER_SPAM if is_spam(site) else PERSON),
            referrer=site,
            device=sender.device_class(agent),
            language="",
        )

    def close_days(self, before: int | None) -> None:
        """Books every day before this one, or all."""
        for day in sorted(self._days):
            if before is None or day < before:
                self._close(day, sorted(self._days.pop(day)))

    def _close(self, day: int, views: list[Pageview]) -> None:
        totals = self._totals(views)
        if self.dry_run:
            fate = _fate(clock.as_date(day))
        else:
            with transaction.atomic():
                CounterState.lock()
                fate = _fate(clock.as_date(day))
                if fate == "booked":
                    rollups.add_sums(views, totals)
                    ImportedDay.objects.create(day=clock.as_date(day), pageviews=len(views))
        getattr(self.report, fate).append(clock.as_date(day))
        if fate == "booked":
            self.report.pageviews += len(views)

    def _totals(self, views: list[Pageview]) -> dict[tuple[str, date], tuple[int, int]]:
        """(visitors, visits) by rule and day. The views are in order of time."""
        visitors: defaultdict[tuple[str, date], set[int]] = defaultdict(set)
        begun: Counter[tuple[str, date]] = Counter()
        for view in views:
            for rule in rules_counted(view.rule):
                where = (rule, clock.as_date(clock.day_number(view.moment)))
                before = self._last_seen.get((view.visitor, rule))
                begun[where] += before is None or view.moment - before > GAP
                self._last_seen[view.visitor, rule] = view.moment
                visitors[where].add(view.visitor)
        end = views[-1].moment
        self._last_seen = {k: seen for k, seen in self._last_seen.items() if end - seen <= GAP}
        return {where: (len(found), begun[where]) for where, found in visitors.items()}


def _fate(day: date) -> str:
    if ImportedDay.objects.filter(day=day).exists():
        return "known"
    return "own" if DayTotal.objects.filter(day=day, pageviews__gt=0).exists() else "booked"

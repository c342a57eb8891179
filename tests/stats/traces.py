"""Recorded days of made-up visitors with known figures, and their way through the counter."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import ResolverMatch

from stats import clock, figures
from stats.drain import Drainer
from stats.middleware import VisitCounterMiddleware

CLOCK_HEADER = "HTTP_X_TRACE_TIME"
FOLDER = Path(__file__).parent / "trace"

Event = dict[str, Any]


@dataclass
class Trace:
    start: datetime
    events: list[Event]
    expected: dict[str, Any]

    def time_of(self, offset: float) -> datetime:
        return self.start + timedelta(seconds=offset)

    def moment(self, offset: float) -> int:
        return clock.milliseconds(self.time_of(offset))

    def address_of(self, page: str) -> str:
        return next(urlsplit(e["path"]).path for e in self.events if e["page"] == page)


def load(folder: Path = FOLDER) -> Trace:
    lines = (folder / "trace.jsonl").read_text().splitlines()
    start = datetime.fromisoformat(json.loads(lines[0])["t0"])
    expected = json.loads((folder / "expected.json").read_text())
    return Trace(start, [json.loads(line) for line in lines[1:]], expected)


def _page(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError


def request_for(trace: Trace, event: Event) -> HttpRequest:
    """The request as it arrives behind a trusted proxy, with its time in the clock header."""
    headers = {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in event["headers"].items()}
    headers[CLOCK_HEADER] = trace.time_of(event["t"]).isoformat()
    if event["referer"] != "-":
        headers["HTTP_REFERER"] = event["referer"]
    request = RequestFactory().generic(
        event["method"],
        event["path"],
        REMOTE_ADDR=event["ip"],
        HTTP_USER_AGENT=event["ua"],
        HTTP_HOST="portal.test",
        **headers,
    )
    request.is_from_trusted_proxy = True
    request.event = event
    return request


def answer(request: HttpRequest) -> HttpResponse:
    """As the portal answers: with the status of the trace, and what the route says of itself."""
    event = request.event
    view: Callable[..., Any] = Feed() if event["path"] == "/feed/" else _page
    if not request.path.startswith(("/static/", "/media/")):
        request.resolver_match = ResolverMatch(view, (), {}, "page")
    kind = "text/html; charset=utf-8" if event["page"] else "application/xml"
    response = HttpResponse(status=event["status"], content_type=kind)
    if event["status"] == 304:
        del response["Content-Type"]
    return response


def send(
    trace: Trace,
    events: Iterable[Event],
    *,
    folders: Sequence[Path] = (),
    workers: int = 2,
    drain_after: int = 500,
) -> None:
    """Sends the events through the middlewares of several processes on several hosts, in turn.

    Each folder is a host's spool, with a drainer of its own.
    """
    folders = folders or [Path(settings.STATS_SPOOL_DIR)]
    drainers = [Drainer(folder) for folder in folders]
    for drainer in drainers:
        drainer.run()
    counters = cycle(_counters(folders, workers))
    for number, event in enumerate(events, start=1):
        send_one(trace, event, next(counters))
        if number % drain_after == 0:
            drainers[number // drain_after % len(drainers)].run()
    for drainer in drainers:
        drainer.run()


def _counters(folders: Sequence[Path], workers: int) -> list[VisitCounterMiddleware]:
    counters = []
    for folder in folders:
        with override_settings(STATS_SPOOL_DIR=folder):
            counters += [VisitCounterMiddleware(answer) for _worker in range(workers)]
    return counters


def send_one(trace: Trace, event: Event, counter: VisitCounterMiddleware) -> None:
    # A BEACON is a view that reaches no server.
    if event["method"] != "BEACON":
        counter(request_for(trace, event))


def counted(trace: Trace) -> dict[str, Any]:
    """The figures in the form of `expected.json`."""
    first = trace.start.date()
    last = first + timedelta(days=len(trace.expected["ua_rules"]["days"]) - 1)
    days = figures.days(first, last)
    return {
        "total_pageviews": sum(day.pageviews for day in days),
        "total_visits": figures.totals(trace.moment(0)).total,
        "sum_of_daily_visitors": sum(day.visitors for day in days),
        "days": [(str(d.day), d.pageviews, d.visitors, d.visits) for d in days],
        "hours": [count for _start, count in figures.hours(first, last)],
        "pages": figures.pages(first, last),
    }


def expected(trace: Trace) -> dict[str, Any]:
    """What `counted` must give; only the 15 most viewed pages are known."""
    truth = trace.expected["ua_rules"]
    plain = ("total_pageviews", "total_visits", "sum_of_daily_visitors")
    return {
        **{name: truth[name] for name in plain},
        "days": [(d["date"], d["pageviews"], d["visitors"], d["visits"]) for d in truth["days"]],
        "hours": truth["pageviews_by_local_hour"],
        "pages": sorted(
            ((trace.address_of(page), count) for page, count in truth["top_pages"]),
            key=lambda row: (-row[1], row[0]),
        ),
    }


def differences(trace: Trace) -> list[str]:
    """Figures that are not as expected, in words."""
    is_, should = counted(trace), expected(trace)
    # Where several pages tie for the fifteenth place, which of them is named does not matter.
    found = dict(is_["pages"])
    is_["pages"] = [(page, found.get(page, 0)) for page, _count in should["pages"]]
    least = should["pages"][-1][1]
    more = sum(count > least for count in found.values())
    if more != sum(count > least for _page, count in should["pages"]):
        is_["pages"].append(("more pages above the fifteenth", more))
    return [
        f"{name}: {is_[name]} instead of {should[name]}"
        for name in is_
        if is_[name] != should[name]
    ]


def online_differences(trace: Trace) -> list[str]:
    """Sends the whole trace and asks who is online at each moment of which the truth is known."""
    truth = trace.expected["ua_rules"]["online_now_at_offset"]
    drainer = Drainer(Path(settings.STATS_SPOOL_DIR))
    drainer.run()
    counters = cycle(_counters([drainer.folder], 2))
    waiting = deque(trace.events)
    wrong = []
    for offset in sorted(map(int, truth)):
        while waiting and waiting[0]["t"] <= offset:
            send_one(trace, waiting.popleft(), next(counters))
        drainer.run()
        if (online := figures.online(trace.moment(offset))) != truth[str(offset)]:
            wrong.append(f"at {offset} s: {online} instead of {truth[str(offset)]}")
    return wrong

"""The portal as it is run: gunicorn, the runner and a database of their own, replayed over HTTP.

`python -m tests.stats FOLDER --workers 4` replays the trace in FOLDER and says what differs
(exit status 1); with DATABASE_URL set it makes a PostgreSQL database for it, and drops it again.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from itertools import groupby
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg2

from tests import prepared
from tests.stats import traces

ROOT = Path(__file__).parents[2]
THREADS = 4
SAMPLES = 60  # articles
PATIENCE = 60.0  # seconds until what was sent must have been counted

PRINT_ADDRESSES = """
import json, django
django.setup()
from news.models import Edition
live = Edition.objects.live().in_language("vi").select_related("article").order_by("article_id")
print(json.dumps([edition.get_absolute_url() for edition in live[:50]]))
"""


@dataclass
class Portal:
    port: int
    environment: dict[str, str]
    pages: dict[str, str]  # by the names of the trace
    server: subprocess.Popen[bytes]
    runner: subprocess.Popen[bytes]

    def start_runner(self) -> None:
        self.runner = _start(self.environment, "manage.py", "work")

    def start_server(self) -> None:
        self.server = _start(
            self.environment, "-m", "gunicorn", "--config", str(ROOT / "deploy/gunicorn.py")
        )
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        for _attempt in range(300):
            try:
                self.get("/healthz")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the portal does not answer")

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children")
        return [int(number) for number in children.read_text().split()]

    def get(self, path: str, **headers: str) -> bytes:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path, headers=headers)
            return connection.getresponse().read()
        finally:
            connection.close()

    def figures(self, first: str, last: str, **headers: str) -> dict[str, Any]:
        path = f"/thong-ke-truy-cap/du-lieu.json?tu={first}&den={last}"
        answer: dict[str, Any] = json.loads(self.get(path, **headers))
        return answer

    def wait_until_everything_is_counted(self) -> None:
        """Until no line waits in any spool file: drained lines are overwritten."""
        end = time.monotonic() + PATIENCE
        while any(_waiting_lines(path) for path in self._spool()):
            assert time.monotonic() < end, "what was sent has not been counted"
            time.sleep(0.1)

    def _spool(self) -> list[Path]:
        return list((Path(self.environment["VAR_DIR"]) / "spool").glob("*.spool"))


def _waiting_lines(path: Path) -> bool:
    try:
        return any(line for line in path.read_bytes().splitlines()[1:])
    except FileNotFoundError:
        return False


def _start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    with (Path(environment["VAR_DIR"]) / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, *arguments], env=environment, cwd=ROOT, stdout=log, stderr=log
        )


@contextmanager
def served(folder: Path, *, workers: int, **changes: str) -> Iterator[Portal]:
    with ExitStack() as stack:
        environment = environment_of(folder, workers) | changes
        if "DATABASE_URL" in changes:
            run(environment, "manage.py", "serve", "--prepare-only", "--samples", str(SAMPLES))
        else:
            environment |= stack.enter_context(copied(folder, samples=SAMPLES))
        pages = _pages(json.loads(run(environment, "-c", PRINT_ADDRESSES).splitlines()[-1]))
        portal = Portal(int(environment["PORT"]), environment, pages, *_nothing_yet())
        portal.start_runner()
        stack.callback(lambda: _stop(portal.runner))
        portal.start_server()
        stack.callback(lambda: _stop(portal.server))
        yield portal


def _nothing_yet() -> list[Any]:
    return [None, None]


def environment_of(folder: Path, workers: int) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONPATH": str(ROOT),
        "VAR_DIR": str(folder),
        "PORT": str(port),
        "WEB_CONCURRENCY": str(workers),
        "ALLOWED_HOSTS": "portal.test,127.0.0.1",
        "TRUSTED_PROXIES": "127.0.0.1",
        "STATS_CLOCK_HEADER": "X-Trace-Time",
        "STATS_IPV6_PREFIX": "128",
        "ADMIN_PASSWORD": "mat-khau-thu-2026",
        "BACKUP_NIGHTLY": "0",
    }


@contextmanager
def copied(folder: Path, *, samples: int = 0) -> Iterator[dict[str, str]]:
    """A filled portal in that folder; gives what its processes must be told of its database."""
    url = os.environ.get("DATABASE_URL", "")
    ready = prepared.filled(url, samples=samples)
    ready.copy_to(folder)
    with ExitStack() as stack:
        yield {"DATABASE_URL": stack.enter_context(own_database(url, ready))} if url else {}


@contextmanager
def own_database(url: str, ready: prepared.Prepared | None = None) -> Iterator[str]:
    """Empty, or a copy."""
    name = f"replay_{secrets.token_hex(4)}"
    server = psycopg2.connect(url)
    server.autocommit = True
    with server.cursor() as cursor:
        prepared.create(cursor, name, ready)
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
            server.close()


def run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.stdout


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _pages(articles: Sequence[str]) -> dict[str, str]:
    news = {f"news:{number}": articles[number - 1] for number in range(1, 41)}
    notices = {f"notice:{number}": articles[number + 39] for number in range(1, 11)}
    return news | notices | {
        "home": "/",
        "news-list": "/tin-tuc/",
        "notices": "/thong-bao/",
        "hotline": "/duong-day-nong/",
        "about": "/gioi-thieu/",
        "search": "/tim-kiem/?q=quy+hoach",
    }  # fmt: skip


class Replayer:
    """Sends events in the order of their seconds, and within a second all at once.

    Several portals are hosts of one, and take the events in turn.
    """

    def __init__(self, *portals: Portal, trace: traces.Trace, beacon: str = "") -> None:
        self.portals, self.trace, self.beacon = portals, trace, beacon

    def send(self, events: Sequence[traces.Event]) -> None:
        with ThreadPoolExecutor(THREADS) as pool, ExitStack() as stack:
            connections: SimpleQueue[HTTPConnection] = SimpleQueue()
            for number in range(max(THREADS, len(self.portals))):
                port = self.portals[number % len(self.portals)].port
                connections.put(stack.enter_context(_connection(port)))
            for _second, together in groupby(events, key=lambda event: int(event["t"])):
                list(pool.map(partial(self._send_one, connections), together))

    def _send_one(self, connections: SimpleQueue[HTTPConnection], event: traces.Event) -> None:
        if event["path"].startswith(("/static/", "/media/")):  # never reaches the portal's views
            return
        path = self.portals[0].pages.get(event["page"] or "", event["path"])
        if event["method"] != "BEACON":
            _request(connections, event["method"], path, self._headers(event))
        if self.beacon and event["js"] and event["page"] and event["status"] in (200, 304):
            address = f"{self.beacon}?p={quote(urlsplit(path).path)}"
            _request(connections, "POST", address, self._headers(event))

    def _headers(self, event: traces.Event) -> dict[str, str]:
        # The answer is taken from the portal's own state: a condition of the trace's means nothing.
        said = {name: value for name, value in event["headers"].items() if name != "If-None-Match"}
        referer = {"Referer": event["referer"]} if event["referer"] != "-" else {}
        return said | referer | {
            "Host": "portal.test",
            "User-Agent": event["ua"],
            "X-Forwarded-For": event["ip"],
            "X-Trace-Time": self.trace.time_of(event["t"]).isoformat(),
        }  # fmt: skip


@contextmanager
def _connection(port: int) -> Iterator[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


def _request(
    connections: SimpleQueue[HTTPConnection], method: str, path: str, headers: dict[str, str]
) -> None:
    connection = connections.get()
    try:
        connection.request(method, path, headers=headers)
        connection.getresponse().read()
    except (OSError, HTTPException):
        # A worker that is recycled closes its connections: the same once more.
        connection.close()
        connection.request(method, path, headers=headers)
        connection.getresponse().read()
    finally:
        connections.put(connection)


def differences(portal: Portal, trace: traces.Trace, profile: str = "ua_rules") -> list[str]:
    """What the portal's open data says otherwise than the trace; suspects stay in for `ua_rules`
    and are taken off for `truth`."""
    truth = trace.expected[profile]
    dates = [day["date"] for day in truth["days"]]
    answer = portal.figures(dates[0], dates[-1])
    off = profile == "truth"
    found = {
        "days": [_shown(day, off) for day in answer["days"]],
        "total": sum(_shown(day, off)[2] for day in answer["days"]),
    }
    expected = {
        "days": [(day["pageviews"], day["visitors"], day["visits"]) for day in truth["days"]],
        "total": truth["total_visits"],
    }
    if not off:
        views = {page["page"]: page["pageviews"] for page in answer["pages"]}
        top = [(urlsplit(portal.pages[page]).path, count) for page, count in truth["top_pages"]]
        found |= {
            "all": answer["total_visits"],
            "hours": [hour["pageviews"] for hour in answer["hours"]],
            "pages": [(page, views.get(page, 0)) for page, _count in top],
        }
        expected |= {
            "all": truth["total_visits"],
            "hours": truth["pageviews_by_local_hour"],
            "pages": top,
        }
    return [
        f"{name}: {found[name]} instead of {expected[name]}"
        for name in expected
        if found[name] != expected[name]
    ]


def _shown(day: dict[str, Any], without_suspects: bool) -> tuple[int, ...]:
    names = ("pageviews", "visitors", "visits")
    return tuple(day[name] - without_suspects * day["suspected"][name] for name in names)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="with trace.jsonl and expected.json")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--beacon", action="store_true", help="let the pages report their views")
    options = parser.parse_args()
    trace = traces.load(options.folder)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(
            Path(folder), workers=options.workers, STATS_BEACON=str(int(options.beacon))
        ) as portal,
    ):
        begun = time.monotonic()
        beacon = "/thong-ke-truy-cap/dem/" if options.beacon else ""
        Replayer(portal, trace=trace, beacon=beacon).send(trace.events)
        portal.wait_until_everything_is_counted()
        seconds = time.monotonic() - begun
        profiles = ["beacon"] if options.beacon else ["ua_rules", "truth"]
        wrong = [line for profile in profiles for line in differences(portal, trace, profile)]
    sys.stdout.write("\n".join([*wrong, f"{len(trace.events)} events, {seconds:.0f} s, "
                                f"{len(wrong)} differences\n"]))  # fmt: skip
    sys.exit(bool(wrong))

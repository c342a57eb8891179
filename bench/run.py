"""`make bench`: how fast the portal answers, beside a bare WSGI answer of the same bytes.

Both run under the same gunicorn on this machine, and every round asks each of them once, so that a
busy machine slows both alike: read the ratios, not the milliseconds.
"""

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "home": "/",
    "list": "/tin-tuc/",
    "archive": "/tin-tuc/2024/",
    "article": "/tin-tuc/hoi-nghi-1/",
    "notices": "/thong-bao/",
    "search": "/tim-kiem/?q=khu+cong+nghiep",
    "hotline": "/duong-day-nong/",
    "statistics": "/thong-ke-truy-cap/",
    "site map": "/so-do-trang/",
}


@dataclass
class Target:
    port: int
    milliseconds: dict[str, list[float]] = field(default_factory=dict)

    def ask(self, address: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", address, headers={"User-Agent": "Mozilla/5.0 (X11; bench)"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status in (301, 302):
            return self.ask(str(answer.headers["Location"]))
        if answer.status != 200:
            raise SystemExit(f"{address}: {answer.status}")
        return body

    def measure(self, name: str, address: str) -> None:
        start = time.perf_counter()
        self.ask(address)
        self.milliseconds.setdefault(name, []).append((time.perf_counter() - start) * 1000)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(command: list[str], port: int, **variables: str) -> Iterator[Target]:
    environment = {**os.environ, **variables}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield Target(port)
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int) -> None:
    for _attempt in range(1200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    raise SystemExit("The server did not start.")


def final_address(target: Target, address: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=60)
    connection.request("GET", address)
    answer = connection.getresponse()
    answer.read()
    return str(answer.headers.get("Location") or address)


def compare(articles: int, rounds: int, folder: Path) -> tuple[Target, Target]:
    portal_port, floor_port = free_port(), free_port()
    floor_folder = folder / "floor"
    floor_folder.mkdir()
    portal_command = [sys.executable, "manage.py", "serve", "--samples", str(articles)]
    floor_command = [
        *(sys.executable, "-m", "gunicorn", "--chdir", "bench", "--workers", "2"),
        *("--threads", "4", "--bind", f"127.0.0.1:{floor_port}", "floor:application"),
    ]
    variables = {"VAR_DIR": str(folder / "var"), "PORT": str(portal_port)}
    with served(portal_command, portal_port, **variables) as portal:
        addresses = {name: final_address(portal, address) for name, address in PAGES.items()}
        for address in addresses.values():
            name = address.partition("?")[0].replace("/", "_")
            (floor_folder / name).write_bytes(portal.ask(address))
        with served(floor_command, floor_port, FLOOR_FOLDER=str(floor_folder)) as floor:
            for _round in track(range(rounds), description="Asking"):
                for name, address in addresses.items():
                    portal.measure(name, address)
                    floor.measure(name, address.partition("?")[0])
        subprocess.run(
            [sys.executable, "bench/search.py"],
            cwd=ROOT,
            env={**os.environ, **variables},
            check=True,
        )
    return portal, floor


def print_table(articles: int, portal: Target, floor: Target) -> None:
    table = Table(
        title=f"One connection, {articles} articles, {os.environ.get('DATABASE_URL', 'SQLite')}"
    )
    for heading in ("page", "portal p50 ms", "p99 ms", "bare WSGI p50 ms", "ratio"):
        table.add_column(heading, justify="right")
    for name, times in portal.milliseconds.items():
        middle, bare = statistics.median(times), statistics.median(floor.milliseconds[name])
        slow = statistics.quantiles(times, n=100)[98]
        table.add_row(name, f"{middle:.2f}", f"{slow:.2f}", f"{bare:.2f}", f"{middle / bare:.1f}")
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--articles", type=int, nargs="+", default=[1000], help="Example: 1000 100000"
    )
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    for articles in options.articles:
        with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
            print_table(articles, *compare(articles, options.rounds, Path(folder)))


if __name__ == "__main__":
    main()

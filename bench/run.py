"""`make bench`: how fast the portal answers, beside floors that answer the same bytes.

Every round asks each of them once, for a moment, so that a busy machine slows all alike: read the
ratios, which are of one round each, and not the milliseconds. docs/speed.md says what the rows are.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent))

import load
import psycopg2
import servers
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

PAGES = ("home", "list", "article", "search", "hotline")
PARTS = ("speed", "growth", "start", "search", "readers")
USUAL = ("speed", "growth", "start")  # what fits into ten minutes
SPEED_ARTICLES = 1000
CONNECTIONS = (1, 32)
MOMENT = 0.5  # seconds that each is asked in each round, over one connection
LONG_MOMENT = 1.5  # and over many, which at 5 ms a page have their first answers after 80 ms
STARTS = 3


@dataclass(frozen=True)
class Wanted:
    """What a row is compared with: its speed must be at least, or its time at most, so much."""

    of: str
    speed: float | None = None
    time: float | None = None


@dataclass
class Subject:
    """Who is asked: a server, with its address for each page, and all processes that work for it."""

    name: str
    urls: dict[str, str]
    processes: list[servers.Server] = field(default_factory=list)
    wanted: Wanted | None = None

    def busy(self) -> dict[int, float]:
        return {pid: spent for each in self.processes for pid, spent in each.busy().items()}


@dataclass
class Measured:
    """One page of one subject over so many connections, by the round in which it was asked; a round
    in which no answer came in time is missing."""

    per_second: dict[int, float] = field(default_factory=dict)
    middle: dict[int, float] = field(default_factory=dict)  # milliseconds
    cpu: dict[int, float] = field(default_factory=dict)  # milliseconds for each request
    times: Counter[int] = field(default_factory=Counter)  # microseconds, of all rounds
    failed: int = 0

    def measure(self, subject: Subject, url: str, connections: int, in_round: int) -> None:
        # A kept page is built anew every 30 seconds: not in one of these moments, of which there are few.
        servers.fetch(url)
        before = subject.busy()
        moment = MOMENT if connections == 1 else LONG_MOMENT
        answers = load.ask(url, connections=connections, seconds=moment)
        self.failed += answers.failed
        if not answers.times:
            return
        after = subject.busy()
        if before.keys() <= after.keys():  # no worker has ended meanwhile
            spent = sum(after[pid] - before.get(pid, 0) for pid in after)
            self.cpu[in_round] = spent / answers.count
        self.per_second[in_round] = answers.per_second
        self.middle[in_round] = load.percentile(answers.times, 0.5)
        self.times += answers.times


Results = dict[tuple[str, str, int], Measured]


def measure(
    subjects: list[Subject], pages: list[str], connections: tuple[int, ...], rounds: int, label: str
) -> Results:
    found: Results = {}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        count = rounds * sum(page in each.urls for page in pages for each in subjects)
        task = progress.add_task(label, total=count * len(connections))
        for url in [url for each in subjects for page, url in each.urls.items() if page in pages]:
            warm_up(url)
        for number in range(rounds):
            for page in pages:
                for at_once in connections:
                    # Neighbours in time are what is compared.
                    for subject in (each for each in subjects if page in each.urls):
                        key = (page, subject.name, at_once)
                        row = found.setdefault(key, Measured())
                        row.measure(subject, subject.urls[page], at_once, number)
                        progress.advance(task)
    return found


def warm_up(url: str) -> None:
    """Until each worker has read its templates."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(servers.fetch, [url] * 12))


# Who is asked


@contextmanager
def speed_subjects(databases: dict[str, str], peers: Path | None) -> Iterator[list[Subject]]:
    with ExitStack() as stack:
        subjects = []
        for database, address in databases.items():
            subjects += _of_database(stack, database, address)
        yield subjects + _peers(peers)


def _of_database(stack: ExitStack, database: str, address: str) -> list[Subject]:
    variables = kept_portal(SPEED_ARTICLES, address)
    extra = [database_server(address)] if address else []
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-")))
    (folder / "pages").mkdir()
    folder.chmod(0o755)
    paths = {page: at for page, at in servers.addresses(variables).items() if page in PAGES}
    cached = stack.enter_context(servers.portal(variables))
    uncached = stack.enter_context(servers.portal(variables, PAGE_CACHE="off"))
    for page, path in paths.items():
        (folder / "pages" / page).write_bytes(servers.fetch(uncached.base + path)[1])
    bare = stack.enter_context(servers.floor("floor", folder / "pages", variables, "/home"))
    django = stack.enter_context(
        servers.floor("floor_django", folder / "pages", variables, "/queries/home")
    )

    def urls(base: str, prefix: str) -> dict[str, str]:
        return {page: f"{base}/{prefix}{page}" for page in paths}

    def real(base: str) -> dict[str, str]:
        return {page: base + path for page, path in paths.items()}

    queries = f"five queries, {database}"
    subjects = [
        Subject(f"bare WSGI, {database}", urls(bare.base, ""), [bare]),
        Subject(
            f"portal, cached, {database}",
            kept(real(cached.base)),
            [cached, *extra],
            Wanted(f"bare WSGI, {database}", speed=0.8),
        ),
        Subject(f"Django, the bytes, {database}", urls(django.base, "bytes/"), [django]),
        Subject(queries, urls(django.base, "queries/"), [django, *extra]),
        Subject(
            f"portal, built afresh, {database}",
            real(uncached.base),
            [uncached, *extra],
            Wanted(queries, time=1.3),
        ),
        # Never kept, but with what all pages share.
        Subject(
            f"portal, as shipped, {database}",
            {"search": cached.base + paths["search"]},
            [cached, *extra],
            Wanted(queries, time=1.3),
        ),
    ]
    if servers.NGINX is None:
        print("Without nginx (apt-get install nginx-light) its two rows are missing.")
        return subjects
    return subjects + _behind_nginx(stack, database, variables, paths, extra)


def kept(urls: dict[str, str]) -> dict[str, str]:
    """Searches are built each time, whoever answers them."""
    return {page: url for page, url in urls.items() if page != "search"}


def _behind_nginx(
    stack: ExitStack,
    database: str,
    variables: dict[str, str],
    paths: dict[str, str],
    extra: list[servers.Server],
) -> list[Subject]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-")))
    (folder / "pages").mkdir()
    (folder / "var").mkdir()
    folder.chmod(0o755)
    own = servers.with_own_pages(variables, folder / "var")
    behind = stack.enter_context(servers.behind_nginx(own))
    port = urlsplit(behind.base).port or 0
    front, files = stack.enter_context(servers.nginx(folder, port, folder / "var", folder))
    for page, path in paths.items():
        (folder / "pages" / page).write_bytes(servers.fetch(front.base + path)[1])
    from_disk = f"nginx, a file, {database}"
    return [
        Subject(from_disk, {page: f"{files}/{page}" for page in paths}, [front]),
        Subject(
            f"portal, through nginx, {database}",
            kept({page: front.base + path for page, path in paths.items()}),
            [front, behind, *extra],
            Wanted(from_disk, speed=0.9),
        ),
    ]


def _peers(path: Path | None) -> list[Subject]:
    """Other sites: {"name": {"base": "http://127.0.0.1:8080", "paths": {"home": "/", …}}}."""
    if path is None:
        return []
    return [
        Subject(name, {page: site["base"] + at for page, at in site["paths"].items()})
        for name, site in json.loads(path.read_text("utf-8")).items()
    ]


def kept_portal(articles: int, address: str) -> dict[str, str]:
    console = Console(stderr=True)
    with console.status(
        f"A portal with {articles} articles, {'PostgreSQL' if address else 'SQLite'} …"
    ):
        return servers.prepared(articles, _own_database(address, articles) if address else "")


def _own_database(address: str, articles: int) -> str:
    """The address of a database of that size, made now if the server has none."""
    name = f"bench_{articles}"
    link = psycopg2.connect(address)
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        is_there = cursor.fetchone() is not None
        if not is_there:
            cursor.execute(f'CREATE DATABASE "{name}"')
    link.close()
    return f"{address.rpartition('/')[0]}/{name}"


def database_server(address: str) -> servers.Server:
    link = psycopg2.connect(address)
    with link.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        folder = cursor.fetchone()[0]
    link.close()
    return servers.Server(int((Path(folder) / "postmaster.pid").read_text().split()[0]))


# The table


def new_table(title: str) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("page", "asked"):
        table.add_column(heading, no_wrap=True)
    for heading in ("at once", "requests/s", "p50 ms", "p99 ms", "CPU ms"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("compared with", no_wrap=True)
    for heading in ("ratio (quartiles)", "of CPU", "wanted"):
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def spread(ratios: list[float]) -> str:
    if len(ratios) < 2:
        return " ".join(f"{ratio:.2f}" for ratio in ratios)
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return f"{middle:.2f} ({low:.2f}–{high:.2f})"


def ratios_of(mine: dict[int, float], others: dict[int, float]) -> list[float]:
    """Of the rounds in which both answered."""
    return [value / others[at] for at, value in mine.items() if others.get(at)]


def add_rows(table: Table, found: Results, subjects: list[Subject]) -> None:
    wanted = {subject.name: subject.wanted for subject in subjects}
    last = ""
    for (page, name, at_once), row in found.items():
        if page != last and last:
            table.add_section()
        last = page
        failed = f" [red]{row.failed} failed[/]" if row.failed else ""
        if not row.times:
            table.add_row(page, name + failed, str(at_once))
            continue
        table.add_row(
            *(page, name + failed, str(at_once)),
            f"{statistics.median(row.per_second.values()):.1f}",
            *(f"{load.percentile(row.times, part):.2f}" for part in (0.5, 0.99)),
            f"{statistics.median(row.cpu.values()):.2f}" if any(row.cpu.values()) else "",
            *_compared(row, found, page, at_once, wanted.get(name)),
        )


def _compared(
    row: Measured, found: Results, page: str, at_once: int, wanted: Wanted | None
) -> tuple[str, ...]:
    other = found.get((page, wanted.of, at_once)) if wanted else None
    if wanted is None or other is None:
        return ("", "", "", "")
    cpu = ratios_of(row.cpu, other.cpu)
    if wanted.speed is not None:
        ratios = ratios_of(row.per_second, other.per_second)
        what, limit = "speed", f"≥ {wanted.speed}"
    else:
        ratios = ratios_of(row.middle, other.middle)
        what, limit = "time", f"≤ {wanted.time}"
    if not ratios:
        return ("", "", "", "")
    middle = statistics.median(ratios)
    is_met = middle >= wanted.speed if wanted.speed is not None else middle <= (wanted.time or 0)
    colour = "green" if is_met else "red"
    cpu_text = f"{statistics.median(cpu):.2f}" if cpu else ""
    return (f"{what} of {wanted.of}", spread(ratios), cpu_text, f"[{colour}]{limit}[/]")


# The parts


def speed(table: Table, databases: dict[str, str], rounds: int, peers: Path | None) -> None:
    with speed_subjects(databases, peers) as subjects:
        found = measure(subjects, list(PAGES), CONNECTIONS, rounds, "Asking for pages")
    add_rows(table, found, subjects)


def growth(table: Table, databases: dict[str, str], rounds: int, sizes: list[int]) -> None:
    """The same pages, built afresh, of portals with more and more articles."""
    for database, address in databases.items():
        with ExitStack() as stack:
            subjects = [
                _of_size(stack, size, f"{size:,} articles, {database}", address)
                for size in sorted(sizes)
            ]
            _leave_out_what_is_not_full(subjects)
            pages = list(subjects[-1].urls)
            found = measure(subjects, pages, (1,), rounds, f"Growing, {database}")
        # The searches last, as another ratio is wanted of them.
        for page in sorted(pages, key=_is_search):
            having = [subject for subject in subjects if page in subject.urls]
            for subject in having[1:]:
                subject.wanted = Wanted(having[0].name, time=3 if _is_search(page) else 1.2)
            table.add_section()
            add_rows(table, {key: row for key, row in found.items() if key[0] == page}, having)


def _of_size(stack: ExitStack, articles: int, name: str, address: str) -> Subject:
    variables = kept_portal(articles, address)
    server = stack.enter_context(servers.portal(variables, PAGE_CACHE="off"))
    urls = {page: server.base + at for page, at in servers.addresses(variables).items()}
    return Subject(name, urls, [server, *([database_server(address)] if address else [])])


def _leave_out_what_is_not_full(subjects: list[Subject]) -> None:
    """A page that a small portal cannot fill says nothing about growth: its articles are counted."""

    def articles(url: str) -> int:
        return servers.fetch(url)[1].count(b"<article")

    full = {page: articles(url) for page, url in subjects[-1].urls.items()}
    for subject in subjects[:-1]:
        subject.urls = {
            page: url for page, url in subject.urls.items() if articles(url) >= full[page]
        }


def _is_search(page: str) -> bool:
    return page.startswith("search")


def start(table: Table, databases: dict[str, str], rounds: int) -> None:
    """From the start of the processes to the first /readyz, and what a worker holds when it has
    built every page."""
    for database, address in databases.items():
        variables = kept_portal(SPEED_ARTICLES, address)
        paths = servers.addresses(variables)
        seconds, shared, own = [], [], []
        for _start in range(STARTS):
            begun = time.monotonic()
            with servers.portal(variables, PAGE_CACHE="off") as server:
                seconds.append(time.monotonic() - begun)
                for path in paths.values():
                    load.ask(server.base + path, connections=8, seconds=MOMENT)
                sizes = [servers.memory(pid) for pid in server.workers()]
                shared += [pss for pss, _uss in sizes]
                own += [uss for _pss, uss in sizes]
        table.add_section()
        for what, values, limit in (
            (f"seconds until /readyz, {database}", seconds, 3),
            (f"MB of a worker (PSS), {database}", shared, 120),
            (f"MB of a worker alone (USS), {database}", own, 120),
        ):
            is_met = statistics.median(values) <= limit
            colour = "green" if is_met else "red"
            table.add_row(
                *("start", what, "", "", "", "", "", ""),
                *(spread(values), "", f"[{colour}]≤ {limit}[/]"),
            )


def own_programs(parts: list[str], databases: dict[str, str]) -> None:
    """The parts that print tables of their own."""
    if "search" in parts:
        for address in databases.values():
            command = [sys.executable, "bench/search.py"]
            variables = kept_portal(SPEED_ARTICLES, address)
            settings = servers.environment(**variables)
            subprocess.run(command, cwd=servers.ROOT, env=settings, check=True)
    if "readers" in parts:
        subprocess.run([sys.executable, "bench/readers.py"], cwd=servers.ROOT, check=True)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(USUAL))
    parser.add_argument(
        "--articles",
        type=int,
        nargs="+",
        default=[100, 1000, 10_000],
        metavar="N",
        help="Sizes for the growth: 100 1000 10000 (100000 too, in the full run).",
    )
    parser.add_argument("--rounds", type=int, default=3, help="The more, the narrower the spread.")
    parser.add_argument(
        "--databases", nargs="+", choices=("sqlite", "postgresql"), default=None,
        help="Both where DATABASE_URL names a PostgreSQL, as .ci/with-postgres does.",
    )  # fmt: skip
    parser.add_argument("--peers", type=Path, help="Other sites to ask; see docs/speed.md.")
    return parser.parse_args()


def chosen_databases(names: list[str] | None) -> dict[str, str]:
    """Each with its address, which is empty for SQLite."""
    address = os.environ.get("DATABASE_URL", "")
    found = {"SQLite": "", **({"PostgreSQL": address} if address.startswith("postgres") else {})}
    if names and "postgresql" in names and "PostgreSQL" not in found:
        raise SystemExit("PostgreSQL is asked for: .ci/with-postgres .venv/bin/python bench/run.py")
    return {name: at for name, at in found.items() if not names or name.lower() in names}


def main() -> None:
    options = read_options()
    load.check_client()
    servers.KEPT.mkdir(parents=True, exist_ok=True)
    databases = chosen_databases(options.databases)
    own_programs(options.parts, databases)
    if not set(options.parts) & set(USUAL):
        return
    table = new_table(
        f"{time.strftime('%d/%m/%Y %H:%M')}, {os.cpu_count()} processors, load"
        f" {os.getloadavg()[0]:.1f} at the start, {options.rounds} rounds of {MOMENT} and {LONG_MOMENT} s"
    )
    console = Console()
    try:
        if "speed" in options.parts:
            speed(table, databases, options.rounds, options.peers)
        if "growth" in options.parts:
            growth(table, databases, options.rounds, options.articles)
        if "start" in options.parts:
            start(table, databases, options.rounds)
    finally:  # what was measured before a failure took long
        # A file or a pipe has no width of its own.
        (console if console.is_terminal else Console(width=200)).print(table)


if __name__ == "__main__":
    main()

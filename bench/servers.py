"""Starts what is measured, on this machine alone, and reads what it costs from /proc."""

import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var/bench"  # sample portals are made once and kept here
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin")
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "deploy/gunicorn.py")]
PATIENCE = 120  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A process with all its children."""

    def __init__(self, pid: int, base: str = "") -> None:
        self.pid, self.base = pid, base

    def processes(self) -> list[int]:
        found, waiting = [], [self.pid]
        while waiting:
            found.append(pid := waiting.pop())
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    waiting += map(int, (task / "children").read_text().split())
        return found

    def workers(self) -> list[int]:
        return [pid for pid in self.processes() if pid != self.pid]

    def busy(self) -> dict[int, float]:
        """Milliseconds that each process has been on a processor, to the nanosecond: the ticks of
        /proc/PID/stat are too coarse for a moment."""
        return {pid: _busy(pid) for pid in self.processes()}


def _busy(pid: int) -> float:
    total = 0
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1_000_000


def memory(pid: int) -> tuple[float, float]:
    """PSS and USS in megabytes: shared pages divided among who shares them, and own pages."""
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        sizes[name] = int(rest.split()[0]) / 1024
    return sizes["Pss"], sizes["Private_Clean"] + sizes["Private_Dirty"]


@contextmanager
def running(command: list[str], base: str, ready: str = "/", **variables: str) -> Iterator[Server]:
    log = KEPT / "servers.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(**variables),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_for(base + ready, process)
        yield Server(process.pid, base)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def environment(**variables: str) -> dict[str, str]:
    """Nothing of the operator's own settings: what is measured is the portal as it is shipped."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    kept["MARKS_DIR"] = ""  # which `.env` would set otherwise
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **variables}


_ANY_NAME = ssl.create_default_context()
_ANY_NAME.check_hostname, _ANY_NAME.verify_mode = False, ssl.CERT_NONE


def fetch(url: str) -> tuple[str, bytes]:
    """The address at which it was found, and the bytes."""
    with urllib.request.urlopen(url, timeout=60, context=_ANY_NAME) as answer:  # noqa: S310
        return answer.url, answer.read()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            fetch(url)
            return
        time.sleep(0.02)
    raise SystemExit(f"{url} does not answer; see {KEPT / 'servers.log'}")


# The portal


def prepared(articles: int, database: str = "") -> dict[str, str]:
    """The settings of a portal with so many sample articles, made now if it is not kept.

    `database` is the address of a PostgreSQL database that is empty or has them already, or nothing
    for SQLite.
    """
    folder = KEPT / f"{'postgresql' if database else 'sqlite'}-{articles}"
    dump = folder / "dump"
    variables = {"VAR_DIR": str(folder), "ADMIN_PASSWORD": "only-for-the-bench"}
    if database:
        variables["DATABASE_URL"] = database
    if dump.exists() and _is_empty(database):
        _manage_postgresql("pg_restore", "--no-owner", "--dbname", database, str(dump))
    elif not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    _share_static(folder)
    manage(variables, "serve", "--prepare-only", "--samples", str(articles))
    manage(variables, "shell", "--no-imports", "-c", _WHAT_THE_RUNNER_WRITES)
    if database and not dump.exists():
        _manage_postgresql("pg_dump", "--format=custom", "--file", str(dump), database)
    (folder / "whole").touch()
    return variables


# nginx includes a file of it, PostgreSQL keeps the newest texts a second time, and plans by what it
# knows of the tables.
_WHAT_THE_RUNNER_WRITES = """
from portal import error_files, hotline_copy
from portal.planning import renew_statistics
from portal.search.engines import engine
hotline_copy.renew()
error_files.renew()
engine().keep_quick()
renew_statistics()
"""


def _share_static(folder: Path) -> None:
    """Collecting and compressing them once is enough."""
    shared = KEPT / "static"
    shared.mkdir(parents=True, exist_ok=True)
    if not (folder / "static").exists():
        (folder / "static").symlink_to(shared)


def manage(variables: dict[str, str], *arguments: str) -> None:
    run = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(**variables, PORT=str(free_port())),
        capture_output=True,
        text=True,
    )
    if run.returncode:
        raise SystemExit(f"manage.py {' '.join(arguments)}: {run.stderr or run.stdout}")


def _is_empty(database: str) -> bool:
    link = psycopg2.connect(database)
    with link.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NULL")
        (is_empty,) = cursor.fetchone()
    link.close()
    return bool(is_empty)


def _manage_postgresql(program: str, *arguments: str) -> None:
    (found,) = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))[-1:]
    subprocess.run([str(found), *arguments], check=True)


@contextmanager
def portal(variables: dict[str, str], *, workers: int = 2, **more: str) -> Iterator[Server]:
    """As `make run` serves it, without the runner beside it."""
    port = free_port()
    settings = {**variables, "PORT": str(port), "WEB_CONCURRENCY": str(workers), **more}
    with running(GUNICORN, f"http://127.0.0.1:{port}", "/readyz", **settings) as server:
        yield server


def addresses(variables: dict[str, str]) -> dict[str, str]:
    answer = subprocess.run(
        [sys.executable, "bench/addresses.py"],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(answer.stdout))


# The settings that deploy/nginx.conf asks for.
BEHIND_NGINX = {
    "SITE_URL": "https://127.0.0.1",
    "TRUSTED_PROXIES": "127.0.0.1",
    "STATS_BEACON": "1",
}


def with_own_pages(variables: dict[str, str], folder: Path) -> dict[str, str]:
    """The same portal in `folder`, but for the pages that it keeps and the marks of them, which lie
    beside it: of two that count visits otherwise, each would answer with pages that the other has
    built."""
    for part in Path(variables["VAR_DIR"]).iterdir():
        if part.name != "pages":
            (folder / part.name).symlink_to(part)
    return variables | {"VAR_DIR": str(folder), "MARKS_DIR": str(folder.parent)}


def behind_nginx(variables: dict[str, str]) -> AbstractContextManager[Server]:
    return portal(variables | BEHIND_NGINX)


@contextmanager
def floor(module: str, folder: Path, variables: dict[str, str], ready: str) -> Iterator[Server]:
    port = free_port()
    settings = {**variables, "PORT": str(port), "FLOOR_FOLDER": str(folder)}
    command = [*GUNICORN, "--chdir", str(ROOT / "bench"), f"{module}:application"]
    with running(command, f"http://127.0.0.1:{port}", ready, **settings) as server:
        yield server


# nginx


@contextmanager
def nginx(
    folder: Path,
    behind: int,
    var: Path,
    marks: Path,
    *,
    many_from_one: bool = False,
    keeps: bool = True,
) -> Iterator[tuple[Server, str]]:
    """The shipped configuration before the portal on port `behind` with its folders `var` and
    `marks`, and at the second address the files of `folder`/pages over the same TLS. `keeps` says
    whether nginx has a cache of its own."""
    port, plain, files = free_port(), free_port(), free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-batch",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem",
         "-subj", "/CN=127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    changes = {
        "127.0.0.1:8000": f"127.0.0.1:{behind}",
        "listen [::]:443 ssl http2;": "",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "/etc/letsencrypt/live/portal.example/fullchain.pem": f"{folder}/cert.pem",
        "/etc/letsencrypt/live/portal.example/privkey.pem": f"{folder}/key.pem",
        "/srv/portal/var": str(var),
        "/run/portal": str(marks),
        "/var/cache/nginx/portal": f"{folder}/cache",
        "server_name portal.example;": "server_name 127.0.0.1;",
    }
    if many_from_one:  # all readers of a bench have one address
        changes["limit_conn portal_connections 60;"] = ""
    if not keeps:
        changes["proxy_cache portal_pages;"] = "proxy_cache off;"
    for shipped, here in changes.items():
        if shipped not in text:
            raise SystemExit(f"deploy/nginx.conf no longer has: {shipped}")
        text = text.replace(shipped, here)
    beside = f"""
        server {{
            listen 127.0.0.1:{files} ssl http2;
            ssl_certificate {folder}/cert.pem;
            ssl_certificate_key {folder}/key.pem;
            root {folder}/pages;
            default_type "text/html; charset=utf-8";
        }}"""
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} worker_processes auto; pid {folder}/pid; events {{ worker_connections 4096; }}"
        f" http {{ access_log off; {text} {beside} }}",
        encoding="utf-8",
    )
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    base = f"https://127.0.0.1:{port}"
    with running([*command, "-g", "daemon off;"], base, "/healthz") as server:
        yield server, f"https://127.0.0.1:{files}"

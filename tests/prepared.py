"""Portals that are made ready once in a run, and copied where it is not asked how they came about.

What is copied was made by the portal's own commands, from nothing. The migrated SQLite file stays
for the next run, as long as nothing is changed that could have had a part in it.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from tests.portal.installation import ROOT, Installation

# Whatever migrations import, and what `manage.py migrate` reads besides.
_SOURCES = ("contacts", "editing", "locale", "news", "portal", "stats", "vietnamese")
_RUN = "PORTAL_TEST_RUN"  # the folder that all processes of a run share


def begin_run() -> None:
    """In the process that starts the others; what they make ready goes when it ends."""
    os.environ[_RUN] = tempfile.mkdtemp(prefix="portal-test-run-")
    atexit.register(_end_run)


def _end_run() -> None:
    folder = _run()
    for made in folder.glob("*.database"):
        with _server(os.environ["DATABASE_URL"]) as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {made.read_text()} WITH (FORCE)")
    shutil.rmtree(folder)


def _run() -> Path:
    if _RUN not in os.environ:
        begin_run()
    return Path(os.environ[_RUN])


class Prepared:
    """A portal that nobody uses: its folder, and on PostgreSQL the name of its database."""

    def __init__(self, state: str, url: str) -> None:
        kind = f"{state}-{urlsplit(url).scheme or 'sqlite'}"
        self.folder = _run() / kind
        # Databases of one server: the name says of which run.
        self.database = f"{_run().name}-{kind}".replace("-", "_").lower() if url else ""

    @property
    def is_made(self) -> bool:
        return self.folder.with_suffix(".made").exists()

    def copy_to(self, folder: Path) -> None:
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)


def migrated(url: str = "") -> Prepared:
    return made_once("migrated", url, None, [["migrate", "-v0"]], kept=None if url else _kept())


@cache
def _kept() -> Path:
    """Goes with the virtual environment, and is another one after any change of the portal's code."""
    return Path(sys.prefix) / f"migrated-{fingerprint(ROOT)}"


def fingerprint(root: Path) -> str:
    """Of the portal's code, its settings and what it runs on."""
    made_of = sha256(f"{sys.version} {sqlite3.sqlite_version}".encode())
    for package in sorted(f"{each.name} {each.version}" for each in distributions()):
        made_of.update(f"{package}\n".encode())
    files = [path for name in _SOURCES for path in (root / name).rglob("*") if path.is_file()]
    for path in sorted([*files, root / "manage.py", root / ".env"]):
        if path.exists() and path.suffix != ".pyc":
            content = path.read_bytes()
            made_of.update(f"{path.relative_to(root)} {len(content)}\n".encode() + content)
    return made_of.hexdigest()[:16]


def filled(url: str = "", *, samples: int = 0) -> Prepared:
    """As `serve` leaves it: with the first content, an administrator, static files."""
    serve = ["serve", "--prepare-only", "--samples", str(samples)]
    if samples:
        return made_once(f"filled{samples}", url, filled, [serve])
    # `serve` does so too when it has migrated.
    renew = "from portal.planning import renew_statistics; renew_statistics()"
    return made_once("filled", url, migrated, [["shell", "--no-imports", "-c", renew], serve])


def made_once(
    state: str,
    url: str,
    before: Callable[[str], Prepared] | None,
    commands: list[list[str]],
    kept: Path | None = None,
) -> Prepared:
    made = Prepared(state, url)
    with made.folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.is_made:
            # It may have been begun before, and have failed.
            shutil.rmtree(made.folder, ignore_errors=True)
            if kept and kept.exists():
                shutil.copytree(kept, made.folder, symlinks=True)
            else:
                _make(made, url, before and before(url), commands)
                if kept:
                    _keep(made, kept)
            made.folder.with_suffix(".made").touch()
    return made


def _keep(made: Prepared, kept: Path) -> None:
    """Another run may do the same at once: the first one's stays. Those of earlier code go."""
    # Not ours to write in, or the other one was first.
    with suppress(OSError), tempfile.TemporaryDirectory(prefix="half-", dir=kept.parent) as half:
        made.copy_to(Path(half) / "whole")
        (Path(half) / "whole").rename(kept)
    for old in kept.parent.glob("migrated-*"):
        if old.stat().st_mtime < time.time() - 24 * 3600:
            shutil.rmtree(old, ignore_errors=True)


def _make(made: Prepared, url: str, before: Prepared | None, commands: list[list[str]]) -> None:
    own_url = ""
    if url:
        made.folder.with_suffix(".database").write_text(made.database)
        with _server(url) as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {made.database} WITH (FORCE)")
            create(cursor, made.database, before)
        own_url = urlsplit(url)._replace(path=f"/{made.database}").geturl()
    if before:
        before.copy_to(made.folder)
    portal = Installation(made.folder, own_url)
    for command in commands:
        portal.run(*command)


def create(cursor: Any, name: str, prepared: Prepared | None = None) -> None:
    cursor.execute(
        f"CREATE DATABASE {name}" + (f" TEMPLATE {prepared.database}" if prepared else "")
    )


@contextmanager
def _server(url: str) -> Iterator[Any]:
    with closing(psycopg2.connect(url)) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            yield cursor


@contextmanager
def beginning_as_a_copy(connection: Any) -> Iterator[None]:
    """Lets the database that Django makes for tests begin as a copy of the migrated one.

    Django migrates it all the same, and finds nothing to do.
    """
    with ExitStack() as stack:
        if connection.vendor == "postgresql":
            prepared = migrated(os.environ["DATABASE_URL"])
            connection.settings_dict["TEST"]["TEMPLATE"] = prepared.database
        else:
            file = migrated().folder / "portal.sqlite3"
            source = stack.enter_context(closing(sqlite3.connect(file)))
            # Lives in memory as long as one connection is open: Django's takes over from this one.
            name = connection.creation._get_test_db_name()
            copy = stack.enter_context(closing(sqlite3.connect(name, uri=True)))
            source.backup(copy)
        yield

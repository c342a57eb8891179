"""Copies of the database by its own means: SQLite's backup interface, PostgreSQL's pg_dump.

What is to be forgotten is left out of every copy: salts and hashes of visits, and sessions,
trusted computers and one-time links, with which a thief of the copy could work as somebody else.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils.translation import gettext as _

from editing.models import OneTimeLink, TrustedComputer
from portal.keeping.archives import KeepingError
from portal.search.models import VainKey, VainSeats
from stats.models import DailySalt, VisitInterval

_WAYS_IN = (Session, UserSession, TrustedComputer, OneTimeLink)
FORGOTTEN = tuple(
    model._meta.db_table for model in (VisitInterval, DailySalt, VainKey, VainSeats, *_WAYS_IN)
)

# Rows of each table, and a sum over the hashes of its rows: the order of rows plays no part.
Contents = dict[str, list[int]]


class SQLite:
    member = "database.sqlite3"

    def dump(self, target: Path) -> Contents:
        connection.ensure_connection()
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            # In one step: a copy made in pieces begins anew whenever somebody writes between two.
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            copy.execute("PRAGMA secure_delete=ON")
            for table in FORGOTTEN:
                copy.execute(f'DELETE FROM "{table}"')  # noqa: S608
            # The file is written anew without the pages on which deleted rows have stood.
            copy.execute("VACUUM")
            return _sqlite_contents(copy)

    def trial(self, path: Path) -> Contents:
        with closing(sqlite3.connect(path, isolation_level=None)) as copy:
            try:
                complaints = [row[0] for row in copy.execute("PRAGMA integrity_check")]
                if complaints != ["ok"]:
                    raise KeepingError(_("The database in it is damaged: %s.") % complaints[0])
                if broken := copy.execute("PRAGMA foreign_key_check").fetchone():
                    raise KeepingError(_("Rows of the table %s lead nowhere.") % broken[0])
                return _sqlite_contents(copy)
            except sqlite3.DatabaseError as error:
                raise KeepingError(_("The database in it is damaged: %s.") % error) from error

    def restore(self, path: Path) -> None:
        """Puts that database in the place of the present one, in one transaction."""
        connection.ensure_connection()
        with closing(sqlite3.connect(path, isolation_level=None)) as copy:
            try:
                copy.backup(connection.connection)
            except sqlite3.OperationalError as error:
                raise KeepingError(
                    _("The database is in use: stop the portal first (%s).") % error
                ) from error
        connection.close()

    @property
    def size(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
            return int(cursor.fetchone()[0])


def _sqlite_contents(database: sqlite3.Connection) -> Contents:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    names = sorted(row[0] for row in database.execute(query))
    contents = {}
    for name in names:
        count, total = 0, 0
        for row in database.execute(f'SELECT * FROM "{name}"'):  # noqa: S608
            count += 1
            total += int.from_bytes(blake2b(repr(row).encode(), digest_size=7).digest())
        contents[name] = [count, total]
    return contents


_DROP_ALL = """
DO $$ DECLARE each record; BEGIN
  FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', each.tablename);
  END LOOP;
  -- Those of the portal: an extension's are its own, and another role's are not ours to drop.
  FOR each IN SELECT oid::regprocedure AS routine FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND pg_get_userbyid(proowner) = current_user
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
  LOOP
    EXECUTE format('DROP ROUTINE %s', each.routine);
  END LOOP;
END $$;
"""


class PostgreSQL:
    member = "database.pgdump"

    def dump(self, target: Path) -> Contents:
        with self._snapshot() as (cursor, snapshot):
            left_out = [f"--exclude-table-data={table}" for table in FORGOTTEN]
            self._run("pg_dump", "-Fc", f"--snapshot={snapshot}", *left_out, "-f", str(target))
            return _postgresql_contents(cursor) | {name: [0, 0] for name in FORGOTTEN}

    def trial(self, path: Path) -> Contents:
        name = f"{self._name[:50]}_trial"
        with closing(self._connect()) as own:
            own.autocommit = True
            with own.cursor() as cursor:
                self._make_scratch(cursor, name)
            try:
                self._run("pg_restore", *_AS_WHO_RESTORES, "-d", name, str(path))
                with closing(self._connect(dbname=name)) as scratch, scratch.cursor() as cursor:
                    return _postgresql_contents(cursor)
            finally:
                with own.cursor() as cursor:
                    cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')

    def _make_scratch(self, cursor: Any, name: str) -> None:
        # One that a killed trial has left is in the way of this one.
        try:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        except driver_error() as error:
            raise KeepingError(
                _(
                    "No scratch database can be made to restore into (%(reason)s): "
                    "run ALTER ROLE %(role)s CREATEDB as the database's administrator."
                )
                % {"reason": str(error).strip(), "role": connection.settings_dict["USER"]}
            ) from error

    def restore(self, path: Path) -> None:
        """Puts that database in the place of the present one, in one transaction."""
        script = path.with_suffix(".sql")
        self._run("pg_restore", *_AS_WHO_RESTORES, "-f", str(script), str(path))
        connection.close()
        self._run(
            *("psql", "--no-psqlrc", "--quiet", "--single-transaction", "-v", "ON_ERROR_STOP=1"),
            *("-o", os.devnull, "-c", "SET lock_timeout = '30s'", "-c", _DROP_ALL),
            *("-f", str(script)),
        )

    @property
    def size(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])

    @property
    def _name(self) -> str:
        return str(connection.settings_dict["NAME"])

    def _connect(self, **changes: Any) -> Any:
        return connection.get_new_connection(connection.get_connection_params() | changes)

    @contextmanager
    def _snapshot(self) -> Iterator[tuple[Any, str]]:
        """A cursor that sees one moment, and the name under which pg_dump sees the same."""
        with closing(self._connect()) as own, own.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor, cursor.fetchone()[0]

    def _run(self, program: str, *arguments: str) -> None:
        settings = connection.settings_dict
        # Not as arguments: every user of the machine can read those.
        names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
        own = {name: str(settings[key]) for name, key in names.items() if settings.get(key)}
        environment = os.environ | own | {"PGDATABASE": self._name, "PGTZ": "UTC"}
        try:
            done = subprocess.run([program, *arguments], env=environment, capture_output=True)
        except FileNotFoundError as error:
            raise KeepingError(
                _("%s is missing. Install it: apt-get install postgresql-client") % program
            ) from error
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines() or [""]
            raise KeepingError(f"{program}: {lines[0]}")


# In the name of whoever restores, and without what only an administrator of the server may do.
_AS_WHO_RESTORES = ("--no-owner", "--no-privileges", "--no-comments", "--exit-on-error")


def _postgresql_contents(cursor: Any) -> Contents:
    cursor.execute("SET TimeZone = 'UTC'")
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    contents: Contents = {}
    for (name,) in cursor.fetchall():
        cursor.execute(
            "SELECT count(*), coalesce(sum(('x' || substr(md5(row::text), 1, 14))::bit(56)::bigint), 0)"  # noqa: S608
            f' FROM "{name}" AS row'
        )
        count, total = cursor.fetchone()
        contents[name] = [count, int(total)]
    return contents


def driver_error() -> type[Exception]:
    """What the driver raises where Django does not stand between."""
    error: type[Exception] = connection.Database.Error  # type: ignore[attr-defined]
    return error


def engine() -> SQLite | PostgreSQL:
    return SQLite() if connection.vendor == "sqlite" else PostgreSQL()

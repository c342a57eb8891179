"""`make run`: from an empty folder to a served site, and nothing twice."""

from __future__ import annotations

import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from portal import joined
from portal.environment import BASE_DIR, make_folder
from portal.models import Agency
from portal.operators import OperatorCommand
from portal.planning import renew_statistics

# How long the processes may take to end by themselves, in seconds.
PATIENCE = 10


class Command(OperatorCommand):
    help = (
        "Prepares the portal (folders, database, first content, first administrator, static files) "
        "and serves it with gunicorn, with the runner beside it, until Ctrl-C. "
        "A second start changes nothing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--prepare-only", action="store_true", help="Prepare everything and do not serve."
        )
        parser.add_argument(
            "--samples", type=int, default=0, metavar="N", help="Also make N sample articles, once."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._prepare(options)
            # Last of all, so that no interruption swallows the password before it was read.
            self._announce(self._first_administrator())
            if not options["prepare_only"]:
                self._serve()
        except KeyboardInterrupt:
            self.stdout.write("")

    def _prepare(self, options: dict[str, Any]) -> None:
        if not options["prepare_only"]:
            # SIGINT too: a shell that starts this in the background has it ignored.
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, _raise_interrupt)
            self._check_port()
        for folder in (settings.VAR_DIR, Path(settings.MEDIA_ROOT), settings.STATS_SPOOL_DIR):
            make_folder(folder)
        self._prepare_database()
        self._collect_static()
        if options["samples"] and not Agency.load().has_samples:
            call_command("sample_content", articles=options["samples"], stdout=self.stdout)

    def _check_port(self) -> None:
        family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.HOST, settings.PORT))
            except OSError as error:
                raise CommandError(
                    _(
                        "%(host)s port %(port)s cannot be used (%(reason)s): stop what runs there, "
                        "or set another one, for example PORT=8001."
                    )
                    % {"host": settings.HOST, "port": settings.PORT, "reason": error.strerror}
                ) from error

    def _prepare_database(self) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(
                _("The database cannot be reached: %s Check DATABASE_URL, and that it runs.")
                % (str(error).strip().partition("\n")[0] + ".")
            ) from error
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write(_("Preparing the database …"))
            call_command("migrate", interactive=False, verbosity=0)
            renew_statistics()
        call_command("first_content", stdout=self.stdout)
        # The visit box and the day's key are there before the first reader is.
        call_command("drain_visits", verbosity=0, stdout=StringIO())

    def _first_administrator(self) -> str:
        """The password made for the first administrator, or "" when there was nothing to make."""
        users = get_user_model()
        if users.objects.exists():
            return ""
        name = os.environ.get("ADMIN_USER", "").strip() or "quantri"
        try:
            users._meta.get_field("username").run_validators(name)
        except ValidationError as error:
            raise CommandError(f"ADMIN_USER: {' '.join(error.messages)}") from error
        chosen = os.environ.get("ADMIN_PASSWORD", "")
        password = chosen or secrets.token_urlsafe(12)
        users.objects.create_superuser(username=name, password=password)
        return "" if chosen else password

    def _collect_static(self) -> None:
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        fingerprint = _static_fingerprint()
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        self.stdout.write(_("Collecting static files …"))
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(fingerprint)

    def _serve(self) -> None:
        self.stdout.write("  " + _("Ctrl-C ends it.") + "\n")
        self.stdout.flush()
        # In sessions of their own: a Ctrl-C reaches this process alone, which ends them in order.
        commands = (_gunicorn(), _runner())
        processes = [subprocess.Popen(command, start_new_session=True) for command in commands]
        try:
            _wait_for_an_end(processes)
            raise CommandError(_("The server ended by itself; its last lines say why."))
        finally:
            _end(processes)

    def _announce(self, password: str) -> None:
        administrator = get_user_model().objects.filter(is_superuser=True).order_by("pk").first()
        lines = [
            (_("Public site"), f"{settings.SITE_URL}/"),
            (_("Staff"), f"{settings.SITE_URL}/quan-tri/"),
        ]
        if password and administrator:
            lines.append((_("User name"), administrator.get_username()))
            lines.append((_("Password (shown only now)"), password))
        self.stdout.write("")
        for label, value in lines:
            self.stdout.write(f"  {label}: {value}")
        self.stdout.write("")


def _static_fingerprint() -> str:
    """Changes when a static file of ours, what is joined of them or the set of packages changes."""
    digest = hashlib.sha256((BASE_DIR / "requirements.txt").read_bytes())
    digest.update(Path(joined.__file__).read_bytes())
    for path in sorted((BASE_DIR / "static").rglob("*")):
        status = path.stat()
        digest.update(
            f"{path.relative_to(BASE_DIR)} {status.st_size} {status.st_mtime_ns}".encode()
        )
    return digest.hexdigest()


def _gunicorn() -> list[str]:
    return [sys.executable, "-m", "gunicorn", "--config", str(BASE_DIR / "deploy/gunicorn.py")]


def _runner() -> list[str]:
    return [sys.executable, str(BASE_DIR / "manage.py"), "work"]


def _raise_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _wait_for_an_end(processes: list[subprocess.Popen[bytes]]) -> None:
    while all(process.poll() is None for process in processes):
        time.sleep(0.5)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    # Whoever presses Ctrl-C twice still gets an orderly end.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        # Also what it may have left behind, such as a worker that waits for a slow reader.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

"""All is well, or what to do: one line for each thing that can go wrong, with its one command.

A further line is one function in `CHECKS`. The same lines are the command `status`, the page
“System” of the staff and the morning mail.
"""

from __future__ import annotations

import os
import shutil
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from editing.models import AuditEntry, CheckedLink, Notification
from portal import status
from portal.access.sealed import count_unreadable
from portal.alerts.figures import queue
from portal.keeping import stores
from portal.models import Backup, Task
from stats import health

CERTIFICATE_WARNING = timedelta(days=14)
CERTIFICATE_LOOKED_AT = 3600  # seconds that what was found is believed
MAIL_WARNING = timedelta(hours=2)
CLOCK_WARNING = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    name: str
    label: str
    is_well: bool
    text: str
    command: str = ""


# Whether all is well, what to say, and the command that helps.
Found = tuple[bool, str, str]


def look() -> list[Line]:
    """Never raises: what cannot be looked at is a line by itself."""
    return [_line(name, label, check) for name, (label, check) in CHECKS.items()]


def _line(name: str, label: object, check: Callable[[], Found]) -> Line:
    try:
        is_well, text, command = check()
    except Exception as error:
        is_well, command = False, ""
        text = _("Could not be looked at (%s).") % f"{type(error).__name__}: {error}"[:200]
    return Line(name, str(label), is_well, text, "" if is_well else command)


def _manage(command: str) -> str:
    return f".venv/bin/python manage.py {command}"


def _when(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def _database() -> Found:
    from portal.views import missing_migrations

    if missing := missing_migrations():
        text = _("%d changes of the database have not been made.") % missing
        return False, text, _manage("migrate")
    return True, connection.vendor, ""


def _disk() -> Found:
    free = shutil.disk_usage(settings.VAR_DIR).free
    text = _("%s are free.") % filesizeformat(free)
    return free >= status.LEAST_FREE_SPACE, text, f"du -xh --max-depth=2 {settings.VAR_DIR}"


def _media() -> Found:
    folder = Path(settings.MEDIA_ROOT)
    if not status.can_be_written(folder):
        text = _("Photos and files cannot be stored: the folder is not writable.")
        return False, text, f"ls -ld {folder}"
    return True, _("Photos and files can be stored."), ""


def _backup() -> Found:
    failure, latest = Backup.objects.latest_failure(), Backup.objects.latest_proven()
    command = _manage("backup")
    if failure is not None:
        text = _("The last attempt failed: %s")
        return False, text % failure.problem, command
    if latest is None:
        return False, _("None has been restored on trial yet."), command
    text = _("The one of %s was restored on trial.") % _when(latest.made_at)
    return status.has_fresh_backup(), text, command


def _place_of_backups() -> Found:
    if settings.IS_HTTPS and stores.is_on_this_disk():
        text = _("They lie on the portal's own disk and would be lost with it: set BACKUP_TO.")
        return False, text, "editor .env"
    return True, settings.BACKUP_TO.rpartition("@")[2], ""


def _runner() -> Found:
    seen = status.runner_last_seen()
    text = _("Last seen at %s.") % _when(seen) if seen else _("It has not run yet.")
    return status.runner_is_alive(), text, _manage("work")


def _tasks() -> Found:
    failed = Task.objects.exclude(error="").first()
    if failed is None:
        return True, _("None has failed."), ""
    return False, f"{failed.name}: {failed.error}"[:300], _manage("work")


def _mail() -> Found:
    if not settings.HAS_MAIL_SERVER:
        return True, _("No mail server is set: nothing is mailed."), ""
    command = _manage("sendtestemail --admins")
    late = Notification.objects.to_mail().filter(
        due_at__lt=timezone.now() - MAIL_WARNING,
        due_at__gt=timezone.now() - timedelta(days=3),
        user__mail_rhythm="at_once",
        user__is_active=True,
    )
    if number := late.exclude(user__email="").count():
        return False, _("%d messages wait for more than two hours.") % number, command
    return True, _("Nothing waits."), ""


def _alerts() -> Found:
    """Mails to subscribers."""
    found = queue()
    if found.tried or found.doubtful or found.given_up:
        text = _("%(tried)d refused so far, %(doubtful)d in doubt, %(given_up)d given up.")
        numbers = {"tried": found.tried, "doubtful": found.doubtful, "given_up": found.given_up}
        return False, text % numbers, _manage("sendtestemail --admins")
    return True, _("%d wait.") % found.waiting, ""


def _certificate() -> Found:
    if not settings.IS_HTTPS:
        return True, _("None: the site is served without TLS."), ""
    ends: datetime = cache.get("certificate") or _certificate_ends()
    cache.set("certificate", ends, CERTIFICATE_LOOKED_AT)
    is_well = ends - timezone.now() > CERTIFICATE_WARNING
    return is_well, _("Valid until %s.") % _when(ends), "certbot renew"


def _certificate_ends() -> datetime:
    parts = urlsplit(settings.SITE_URL)
    host, port = parts.hostname or "", parts.port or 443
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=3) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        certificate = secure.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


def _counter() -> Found:
    counter = health.look()
    if counter.problems:
        text = _("Visits are not counted as they should be: %s.") % ", ".join(counter.problems)
        return False, text, _manage("drain_visits")
    return True, _("Visits are counted."), ""


def _clock() -> Found:
    """A clock that stands in the past hides news; one in the future shows what is not due."""
    command = "timedatectl set-ntp true"
    last = AuditEntry.objects.order_by("-at").first()
    if last is not None and last.at - timezone.now() > CLOCK_WARNING:
        text = _("The clock was set back: something was done at %s.") % _when(last.at)
        return False, text, command
    if (off := _off_from_database()) > CLOCK_WARNING:
        seconds = int(off.total_seconds())
        return False, _("It differs from the database's by %d seconds.") % seconds, command
    return True, _when(timezone.now()), ""


def _off_from_database() -> timedelta:
    if connection.vendor != "postgresql":
        return timedelta(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return abs(now - timezone.now())


def _cache() -> Found:
    cache.set("checkup", os.getpid(), 60)
    is_well = cache.get("checkup") is not None
    text = _("It keeps what it is given.") if is_well else _("It keeps nothing.")
    return is_well, text, "editor .env"


def _links() -> Found:
    links = CheckedLink.objects
    if number := links.broken().count():
        where = reverse("admin:news_edition_checks")
        text = _("%(number)d links to other sites are broken; the list stands at %(where)s.")
        return False, text % {"number": number, "where": where}, ""
    asked = links.exclude(checked_at=None).count()
    return True, _("%d links to other sites were asked.") % asked, ""


def _second_factors() -> Found:
    if lost := count_unreadable():
        text = ngettext(
            "%d secret cannot be read: SECRET_KEY is not the one it was set up with.",
            "%d secrets cannot be read: SECRET_KEY is not the one they were set up with.",
            lost,
        )
        return False, text % lost, _manage("recover_access NAME --second-factor")
    return True, _("Their secrets can be read."), ""


CHECKS: dict[str, tuple[object, Callable[[], Found]]] = {
    "database": (gettext_lazy("Database"), _database),
    "disk": (gettext_lazy("Disk"), _disk),
    "media": (gettext_lazy("Photos and files"), _media),
    "backup": (gettext_lazy("Backup"), _backup),
    "backup_place": (gettext_lazy("Place of the backups"), _place_of_backups),
    "runner": (gettext_lazy("Runner"), _runner),
    "tasks": (gettext_lazy("Recurring tasks"), _tasks),
    "mail": (gettext_lazy("Mail queue"), _mail),
    "alerts": (gettext_lazy("Mails to subscribers"), _alerts),
    "certificate": (gettext_lazy("Certificate"), _certificate),
    "links": (gettext_lazy("Links"), _links),
    "counter": (gettext_lazy("Visit counter"), _counter),
    "clock": (gettext_lazy("Clock"), _clock),
    "cache": (gettext_lazy("Cache"), _cache),
    "second_factors": (gettext_lazy("Second factors"), _second_factors),
}

"""The backup of every night, in a process of its own: the runner goes on counting meanwhile."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from portal.environment import BASE_DIR
from portal.keeping import backups
from portal.models import Backup

NIGHT = range(1, 5)  # hours in Viet Nam
# A night that was missed, or failed, is made good by day.
LONGEST_WAIT = timedelta(hours=30)
# What has failed would most often fail again at once.
PAUSE_AFTER_FAILURE = timedelta(hours=3)

_started: list[subprocess.Popen[bytes]] = []


def back_up_if_due() -> bool:
    """Starts a backup if one is due and none is at work; tells whether it did."""
    _started[:] = [process for process in _started if process.poll() is None]
    if not settings.BACKUP_NIGHTLY or not is_due(timezone.localtime()) or backups.is_at_work():
        return False
    command = [sys.executable, str(BASE_DIR / "manage.py"), "backup", "--verbosity", "0"]
    _started.append(subprocess.Popen(command, cwd=BASE_DIR, start_new_session=True))
    return True


def is_due(now: datetime) -> bool:
    failure = Backup.objects.latest_failure()
    if failure is not None and now - failure.made_at < PAUSE_AFTER_FAILURE:
        return False
    latest = Backup.objects.latest_proven()
    if latest is None:
        return True
    age = now - latest.made_at
    return age > LONGEST_WAIT or (now.hour in NIGHT and age > timedelta(hours=12))

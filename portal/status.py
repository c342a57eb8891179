"""What is wrong with the installation without stopping it."""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from portal.models import Backup, Task
from stats import health
from stats.health import Health

# A runner that lives renews its sign of life every few seconds.
RUNNER_SILENCE = timedelta(minutes=2)
LEAST_FREE_SPACE = 500 * 2**20  # bytes
# One night may be missed; of two somebody should know.
OLDEST_BACKUP = timedelta(hours=50)


def problems(counter: Health | None = None) -> list[str]:
    """Stable words, for `/readyz` and the desk, which has looked at the counter already."""
    counter = counter or health.look()
    checks = {
        "runner": not runner_is_alive(),
        "task": Task.objects.exclude(error="").exists(),
        "media": not can_be_written(Path(settings.MEDIA_ROOT)),
        "disk": shutil.disk_usage(settings.VAR_DIR).free < LEAST_FREE_SPACE,
        "backup": not has_fresh_backup(),
    }
    return [name for name, is_wrong in checks.items() if is_wrong] + counter.problems


def has_fresh_backup() -> bool:
    """Whether one that was restored on trial is young enough."""
    latest = Backup.objects.latest_proven()
    return latest is not None and timezone.now() - latest.made_at < OLDEST_BACKUP


def can_be_written(folder: Path) -> bool:
    """Whether it is there, or can be made, and takes files."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return os.access(existing, os.W_OK | os.X_OK)


def sign_of_life() -> Path:
    return Path(settings.VAR_DIR) / "runner-alive"


def runner_is_alive() -> bool:
    return (seen := runner_last_seen()) is not None and timezone.now() - seen < RUNNER_SILENCE


def runner_last_seen() -> datetime | None:
    try:
        seen = sign_of_life().stat().st_mtime
    except OSError:
        return None
    return datetime.fromtimestamp(seen, tz=timezone.get_default_timezone())

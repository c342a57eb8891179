"""Addresses that readers asked for and that are not there, so that staff can lead them on.

A request only appends a line to a small file; the runner sums the lines up. Who asked is not kept.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from portal.models import MissingAddress

LARGEST_FILE = 256 * 1024  # bytes; what comes after is not noted
LONGEST_ADDRESS = 200
# More than these are the work of robots that try addresses.
MOST_ROWS = 500


def _path() -> Path:
    return Path(settings.VAR_DIR) / "missing-addresses"


def note_missing(address: str) -> None:
    """Never fails: a full disk costs the note, not the page."""
    if len(address) > LONGEST_ADDRESS or not address.isprintable():
        return
    with suppress(OSError):
        path = _path()
        if path.exists() and path.stat().st_size > LARGEST_FILE:
            return
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(f"{address}\n")


def gather_missing_addresses() -> int:
    """Adds what was noted to the list, at most MOST_ROWS of them; gives how many lines."""
    path, taken = _path(), _path().with_suffix(f".{os.getpid()}")
    try:
        path.replace(taken)
    except FileNotFoundError:
        return 0
    counts = Counter(taken.read_text(encoding="utf-8", errors="replace").splitlines())
    with transaction.atomic():
        for address, count in counts.most_common(MOST_ROWS):
            _add(address, count)
        kept = MissingAddress.objects.order_by("-count").values_list("pk", flat=True)[:MOST_ROWS]
        MissingAddress.objects.exclude(pk__in=list(kept)).delete()
    taken.unlink()
    return counts.total()


def _add(address: str, count: int) -> None:
    row, is_new = MissingAddress.objects.get_or_create(path=address, defaults={"count": count})
    if not is_new:
        MissingAddress.objects.filter(pk=row.pk).update(
            count=F("count") + count, last_at=timezone.now()
        )

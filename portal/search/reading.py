"""Attached files are read by the runner, one after the other, each in a process of its own."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q

from editing.models import File, Legibility
from news.models import Edition, State
from portal.search.index import write
from portal.search.models import FileText

logger = logging.getLogger(__name__)

READABLE = ("pdf", "docx")
MOST_SECONDS = 30  # of one file, waiting for the processor included
MOST_SECONDS_AT_ONCE = 15.0  # then the runner turns to its other work
# Fewer letters than these on a page are a stamp or a page number over a picture.
FEWEST_LETTERS = 10


def read_files() -> int:
    """How many were read; the rest waits for the next time."""
    end = time.monotonic() + MOST_SECONDS_AT_ONCE
    done = 0
    for file in unread().order_by("pk")[:100]:
        take(file, *read(file))
        done += 1
        if time.monotonic() > end:
            break
    return done


def unread() -> Any:
    """Files in an article whose present content nobody has read."""
    rows = File.objects.filter(extension__in=READABLE).exclude(uses=None)
    return rows.filter(~Q(text__sha256=F("sha256")) | Q(text=None)).distinct()


def read(file: File) -> tuple[str, str]:
    """The text, and how legible the file is."""
    try:
        with default_storage.open(file.path) as content:
            result = subprocess.run(
                [sys.executable, "-m", "portal.search.file_text", file.extension],
                input=content.read(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=settings.BASE_DIR,
                # Neither keys nor passwords of the portal.
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
                timeout=MOST_SECONDS,
                check=False,
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        logger.warning("File %s cannot be read: %s", file.pk, type(error).__name__)
        return "", Legibility.UNREADABLE
    if result.returncode != 0:
        logger.warning("File %s cannot be read: exit code %s", file.pk, result.returncode)
        return "", Legibility.UNREADABLE
    text = result.stdout.decode("utf-8", "ignore").replace("\0", "")
    fewest = FEWEST_LETTERS * file.pages if file.pages else 1
    has_text = sum(map(str.isalpha, text)) >= fewest
    return text, Legibility.TEXT if has_text else Legibility.SCAN


def take(file: File, text: str, legibility: str) -> None:
    """Into search, unless another content has taken its place meanwhile."""
    with transaction.atomic():
        same = File.objects.filter(pk=file.pk, sha256=file.sha256)
        if not same.update(legibility=legibility):
            return
        FileText.objects.update_or_create(
            file_id=file.pk, defaults={"text": text, "sha256": file.sha256}
        )
        write(Edition.objects.filter(attachments__file=file, state=State.APPROVED).distinct())

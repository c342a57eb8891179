"""The runner: drains the visits of this host, renews the hotline copy, and does what is due.

One per host is enough and several are safe: the drainer holds a file lock, a task is leased.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from datetime import timedelta

from django.db import close_old_connections
from django.utils import timezone

from portal import error_files, hotline_copy, status
from portal.models import Task
from portal.page_cache.upkeep import follow_other_hosts, look_after_pages
from portal.tasks import TASKS
from stats.drain import drain_once

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
PAUSE = 1.0  # seconds between two rounds


def run_until(stopped: threading.Event) -> None:
    """Round after round; an error in one is logged and does not end the runner."""
    try:
        error_files.renew()
    except OSError:
        logger.exception("The pages of the web server could not be written.")
    threading.Thread(target=follow_other_hosts, args=(stopped,), daemon=True).start()
    worker = f"{socket.gethostname()}:{os.getpid()}"
    while not stopped.is_set():
        run_round(worker)
        stopped.wait(PAUSE)


def run_round(worker: str) -> None:
    steps = (drain_once, _renew_copies, look_after_pages, lambda: do_what_is_due(worker))
    for step in steps:
        try:
            step()
        except Exception:
            logger.exception("The runner could not finish a step; it tries again.")
    status.sign_of_life().touch()
    close_old_connections()


def _renew_copies() -> None:
    if hotline_copy.renew():
        error_files.renew()


def do_what_is_due(worker: str) -> None:
    add_missing_tasks()
    while task := Task.objects.take_due(worker, now=timezone.now(), lease=LEASE):
        _do(task)


def add_missing_tasks() -> None:
    known = set(Task.objects.values_list("name", flat=True))
    for name in TASKS.keys() - known:
        Task.objects.get_or_create(name=name, defaults={"due_at": timezone.now()})


def _do(task: Task) -> None:
    recurring = TASKS.get(task.name)
    if recurring is None:  # of a release that had it
        task.delete()
        return
    error = ""
    try:
        recurring.run()
    except Exception as problem:
        logger.exception("Task %s failed", task.name)
        error = f"{type(problem).__name__}: {problem}"
    task.finish(every=recurring.every, error=error)

"""What the runner does again and again. Each task is a function without arguments that may be run
twice, and late: nothing of what readers see waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore

from contacts.reminders import remind


@dataclass(frozen=True)
class Recurring:
    run: Callable[[], object]
    every: timedelta


def forget_old_sessions() -> None:
    SessionStore.clear_expired()


TASKS: dict[str, Recurring] = {
    "forget_old_sessions": Recurring(forget_old_sessions, timedelta(days=1)),
    "remind_of_directory": Recurring(remind, timedelta(days=1)),
}

"""The keys of the hashes: one per local day, made ahead, shared, deleted within 48 hours.

A process takes them from a folder of small files, one a day, and never asks the database. A day
that has no file of its own follows from the nearest earlier one by a one-way step, so counting
goes on for as long as the runner may be down, and every process and host arrives at the same salt;
from a later salt there is no way back to an earlier one. The drainer keeps folder and database
alike and makes a fresh random salt for each day while that day is still ahead.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from pathlib import Path

from django.db import transaction

from stats import clock
from stats.models import CounterState, DailySalt

SIZE = 32  # bytes
DAYS_AHEAD = 3
FOLDER = "salts"

# Where replayed days begin: all days since can be derived, whatever day is replayed first.
REPLAY_ANCHOR = clock.as_number(date(2000, 1, 1))

_LOOK_AGAIN = 1.0  # seconds


class SaltBook:
    """The salts as one process knows them."""

    def __init__(self, folder: Path, *, anchor: int | None = None) -> None:
        self._folder = folder
        self._anchor = anchor
        self._looked_at = float("-inf")
        self._stamp: tuple[int, ...] = ()
        self._kept: dict[int, bytes] = {}
        self._used: dict[int, bytes] = {}

    def salt(self, day: int) -> bytes:
        """The salt of a day number; made on the spot if nobody has made any yet."""
        self._look_at_folder()
        if (salt := self._used.get(day)) is None:
            salt = derive(self._kept, day) or self._begin(day)
            recent = {known: self._used[known] for known in self._used if abs(known - day) <= 1}
            self._used = {**recent, day: salt}
        return salt

    def _look_at_folder(self) -> None:
        now = time.monotonic()
        if now - self._looked_at < _LOOK_AGAIN:
            return
        self._looked_at = now
        if (stamp := _stamp(self._folder)) != self._stamp:
            self._kept, self._used, self._stamp = read(self._folder), {}, stamp

    def _begin(self, day: int) -> bytes:
        """Before the first round of the runner: whoever comes first makes a salt for all.

        It is the salt of the day before, because the first 30 minutes need that one too.
        """
        first = day - 1 if self._anchor is None else min(self._anchor, day)
        fresh = secrets.token_bytes(SIZE)
        try:
            _write(self._folder, first, fresh, replace=False)
            self._kept = read(self._folder)
        except OSError:  # a full disk: this process counts visitors by itself until there is room
            self._kept = {**self._kept, first: fresh}
        return derive(self._kept, day) or fresh


def derive(kept: Mapping[int, bytes], day: int) -> bytes | None:
    """The salt of a day, from its own or the nearest earlier one; None if there is no earlier."""
    earlier = max((known for known in kept if known <= day), default=None)
    if earlier is None:
        return None
    salt = kept[earlier]
    for _day in range(earlier, day):
        salt = blake2b(b"the next day", key=salt, digest_size=SIZE).digest()
    return salt


def read(folder: Path) -> dict[int, bytes]:
    kept: dict[int, bytes] = {}
    for path in _files(folder):
        try:
            salt = path.read_bytes()
            day = clock.as_number(date.fromisoformat(path.name))
        except (OSError, ValueError):  # deleted meanwhile, or not one of ours
            continue
        if len(salt) == SIZE:
            kept[day] = salt
    return kept


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _stamp(folder: Path) -> tuple[int, ...]:
    try:
        status = folder.stat()
    except OSError:
        return ()
    return (status.st_mtime_ns, status.st_ino)


def _write(folder: Path, day: int, salt: bytes, *, replace: bool) -> None:
    """A file appears whole or not at all; one that exists is kept unless it is to be replaced."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    draft = folder / f".draft-{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(salt)
        path = folder / str(clock.as_date(day))
        if replace:
            draft.replace(path)
        else:
            path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)


def keep(folder: Path, now: int, *, is_replay: bool, has_begun: bool = True) -> None:
    """Brings folder and database together, makes the salts ahead, deletes those that are over.

    `has_begun` is false until a replay has shown its first time: then no day is over yet.
    """
    today = clock.day_number(now)
    with transaction.atomic():
        CounterState.lock()
        stored = _stored()
        wanted = dict(stored)
        _adopt(wanted, read(folder))
        if is_replay and not wanted:
            wanted[REPLAY_ANCHOR] = secrets.token_bytes(SIZE)
        if has_begun:
            _look_ahead(wanted, today, is_replay=is_replay)
            wanted = {day: salt for day, salt in wanted.items() if day >= today - 1}
        _store(stored, wanted)
    _mirror(folder, wanted)


def _stored() -> dict[int, bytes]:
    rows = DailySalt.objects.values_list("day", "salt")
    return {clock.as_number(day): bytes.fromhex(salt) for day, salt in rows}


def _adopt(wanted: dict[int, bytes], local: Mapping[int, bytes]) -> None:
    """What a process of this host had to make by itself, where the other hosts know nothing."""
    unknown = [day for day in local if derive(wanted, day) is None]
    for day in unknown:
        wanted[day] = local[day]


def _look_ahead(wanted: dict[int, bytes], today: int, *, is_replay: bool) -> None:
    for day in range(today - 1, today + DAYS_AHEAD + 1):
        if day in wanted:
            continue
        # Today's and tomorrow's may be in use already, and a replay jumps ahead.
        must_follow = is_replay or day <= today + 1
        wanted[day] = (derive(wanted, day) if must_follow else None) or secrets.token_bytes(SIZE)


def _store(stored: Mapping[int, bytes], wanted: Mapping[int, bytes]) -> None:
    new = [
        DailySalt(day=clock.as_date(day), salt=wanted[day].hex())
        for day in sorted(wanted.keys() - stored.keys())
    ]
    if new:
        DailySalt.objects.bulk_create(new)
    if over := [clock.as_date(day) for day in stored.keys() - wanted.keys()]:
        DailySalt.objects.filter(day__in=over).delete()


def _mirror(folder: Path, wanted: Mapping[int, bytes]) -> None:
    local = read(folder)
    for day in sorted(wanted):
        if local.get(day) != wanted[day]:
            _write(folder, day, wanted[day], replace=True)
    names = {str(clock.as_date(day)) for day in wanted}
    for path in _files(folder):
        # A process that is writing a draft keeps it for a moment only.
        if path.name not in names and not _is_recent_draft(path):
            path.unlink(missing_ok=True)


def _is_recent_draft(path: Path) -> bool:
    try:
        return path.name.startswith(".draft-") and time.time() - path.stat().st_mtime < 60
    except OSError:
        return False

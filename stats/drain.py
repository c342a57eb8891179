"""Brings the spool files of this host into the database, each line exactly once.

How far a file has been read is stored in the transaction that changes the sums, so a drainer that
is killed at any moment has done either both or neither. Only one drains at a time on a host (file
lock); drainers of several hosts take turns (row lock).
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from stats import box, clock, figures, rollups, salts
from stats.models import CounterState, DailySalt, SpoolOffset, VisitInterval
from stats.spool import SUFFIX, Chunk, Pageview, SpoolFile

TIDY_EVERY = 60.0  # seconds
BOX_EVERY = 10.0  # seconds, while nobody comes

_FILES_OPEN = 400
_FILES_AT_ONCE = 8  # in one transaction, of a megabyte each
_TURNS = 500  # transactions in one call, so that the runner gets to its other work


Progress = Callable[[int], None]


@dataclass
class Drained:
    """What one call did; `is_ours` is false when another process drains this host."""

    lines: int = 0
    unreadable: int = 0
    is_ours: bool = True


def drain_once(progress: Progress | None = None) -> Drained:
    """Drains everything that waits in the spool of this host. The runner calls it each second.

    `progress` is told, after each transaction, how many pageviews have been drained so far.
    """
    folder = Path(settings.STATS_SPOOL_DIR)
    return _drainers.setdefault(folder, Drainer(folder)).run(progress)


class Drainer:
    """Drains one folder. What it remembers only saves work; no figure depends on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: dict[str, tuple[int, int, bool]] = {}
        self._tidied_at = float("-inf")
        self._tidied_day: int | None = None
        self._box_at = float("-inf")

    def run(self, progress: Progress | None = None) -> Drained:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _only_one(self.folder / "drainer.lock") as is_ours:
            return self._run(progress) if is_ours else Drained(is_ours=False)

    def _run(self, progress: Progress | None) -> Drained:
        overwrite_what_is_deleted()
        if self._tidied_day is None:
            # The hosts should agree on salts before many are used.
            self._keep_salts(figures.now())
        drained = Drained()
        for _turn in range(_TURNS):
            if not self._drain_some(drained):
                break
            if progress:
                progress(drained.lines)
        now = figures.now()
        self._tidy_in_time(now)
        self._renew_box(now, has_changed=drained.lines > 0)
        return drained

    def _drain_some(self, drained: Drained) -> bool:
        """One transaction; true if there may be more."""
        with ExitStack() as stack:
            files = [stack.enter_context(file) for file in self._open_files()]
            waiting = [file for file in files if self._seen.get(file.name) != file.state]
            if waiting:
                self._store(waiting[:_FILES_AT_ONCE], drained)
            self._delete_finished(files)
        return bool(waiting)

    def _open_files(self) -> Iterator[SpoolFile]:
        paths = sorted(self.folder.glob(f"*{SUFFIX}"))
        for path in islice(paths, _FILES_OPEN):
            with suppress(FileNotFoundError):  # given up by the process that made it
                yield SpoolFile(path)

    def _store(self, files: list[SpoolFile], drained: Drained) -> None:
        with transaction.atomic():
            state = CounterState.lock()
            rows = SpoolOffset.objects.in_bulk([file.name for file in files], field_name="name")
            chunks = [
                file.read(rows[file.name].offset if file.name in rows else 0) for file in files
            ]
            pageviews, unreadable = _parse(chunks)
            rollups.add(pageviews)
            self._save_offsets(files, chunks)
            _save_state(state, pageviews, unreadable, _new_losses(files, rows))
        drained.lines += len(pageviews)
        drained.unreadable += unreadable
        self._remember(files, chunks)

    def _save_offsets(self, files: list[SpoolFile], chunks: list[Chunk]) -> None:
        spool = _spool_name(self.folder)
        SpoolOffset.objects.bulk_create(
            [
                SpoolOffset(name=file.name, spool=spool, offset=chunk.end, lost=file.lost)
                for file, chunk in zip(files, chunks, strict=True)
            ],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["offset", "lost"],
        )

    def _remember(self, files: list[SpoolFile], chunks: list[Chunk]) -> None:
        """After the commit; what has been drained is also overwritten."""
        for file, chunk in zip(files, chunks, strict=True):
            # A drainer that was killed may have left the lines before this chunk.
            start = chunk.start if file.name in self._seen else 0
            with suppress(OSError):
                file.blank(start, chunk.end)
            self._seen[file.name] = file.state if chunk.is_all else (0, 0, False)

    def _delete_finished(self, files: list[SpoolFile]) -> None:
        for file in files:
            if file.is_finished and self._seen.get(file.name) == file.state:
                file.delete()
                del self._seen[file.name]

    def _tidy_in_time(self, now: int) -> None:
        today = clock.day_number(now)
        if today == self._tidied_day and time.monotonic() - self._tidied_at < TIDY_EVERY:
            return
        self._keep_salts(now)
        self._delete_what_is_over(today)
        self._forget_deleted_files()
        self._tidied_day, self._tidied_at = today, time.monotonic()

    def _keep_salts(self, now: int) -> None:
        is_replay = bool(settings.STATS_CLOCK_HEADER)
        folder = self.folder / salts.FOLDER
        # On a full disk the files of the salts wait; draining goes on and makes room.
        with suppress(OSError):
            salts.keep(folder, now, is_replay=is_replay, has_begun=_time_has_begun())

    def _delete_what_is_over(self, today: int) -> None:
        """Today's and yesterday's visits stay, the rest goes: 48 hours at most."""
        if not _time_has_begun():
            return
        over = VisitInterval.objects.filter(day__lt=clock.as_date(today - 1))
        deleted, _by_model = over.delete()
        if deleted:
            _empty_the_journal()

    def _forget_deleted_files(self) -> None:
        there = [path.name for path in self.folder.glob(f"*{SUFFIX}")]
        rows = SpoolOffset.objects.filter(spool=_spool_name(self.folder))
        gone = set(rows.values_list("name", flat=True)).difference(there)
        if gone:
            # A file that a power cut brings back must find its offset.
            _keep_deleted(self.folder)
        SpoolOffset.objects.filter(name__in=sorted(gone)[:500]).delete()

    def _renew_box(self, now: int, *, has_changed: bool) -> None:
        if has_changed or time.monotonic() - self._box_at >= BOX_EVERY:
            with suppress(OSError):  # a full disk: readers see the old figures with their time
                box.write(now)
            self._box_at = time.monotonic()


_drainers: dict[Path, Drainer] = {}


@contextmanager
def _only_one(path: Path) -> Iterator[bool]:
    """True if this process is the only one in here; the lock ends with the process."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        yield False
        return
    try:
        yield True
    finally:
        os.close(descriptor)


def _parse(chunks: Iterable[Chunk]) -> tuple[list[Pageview], int]:
    """The pageviews, and how many lines were none."""
    pageviews: list[Pageview] = []
    unreadable = 0
    for chunk in chunks:
        for line in filter(None, chunk.lines):
            try:
                pageviews.append(Pageview.from_line(line))
            except ValueError:
                unreadable += 1
    return pageviews, unreadable


def _new_losses(files: Iterable[SpoolFile], rows: Mapping[str, SpoolOffset]) -> int:
    known = {name: row.lost for name, row in rows.items()}
    return sum(file.lost - known.get(file.name, 0) for file in files)


def _save_state(
    state: CounterState, pageviews: Iterable[Pageview], unreadable: int, lost: int
) -> None:
    state.unreadable_lines += unreadable
    state.lost_lines += lost
    state.lost_at = timezone.now() if lost else state.lost_at
    replayed = [pageview.moment for pageview in pageviews if pageview.is_replayed]
    state.replay_clock = max(replayed, default=state.replay_clock)
    state.save()


def _time_has_begun() -> bool:
    """While days are replayed, nothing is over before the first replayed pageview."""
    return not settings.STATS_CLOCK_HEADER or CounterState.load().replay_clock is not None


def _keep_deleted(folder: Path) -> None:
    """Returns once what was deleted from the folder is gone from the disk too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _spool_name(folder: Path) -> str:
    """Tells this folder on this host from every other, and from a copy of it on another host."""
    path = folder / "name"
    if not path.exists():
        path.write_text(secrets.token_hex(8), encoding="ascii")
    return f"{socket.gethostname()[:80]}:{path.read_text(encoding='ascii')[:32]}"


def overwrite_what_is_deleted() -> None:
    """SQLite leaves deleted rows readable in the file unless it is told not to."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _empty_the_journal() -> None:
    """Takes the deleted rows out of SQLite's journal and out of PostgreSQL's dead rows."""
    if connection.in_atomic_block:
        return
    tables = [VisitInterval._meta.db_table, DailySalt._meta.db_table]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            _checkpoint(cursor)
        for table in tables if connection.vendor == "postgresql" else []:
            cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")


def _checkpoint(cursor: CursorWrapper) -> None:
    # It waits for readers with the write lock held, so it may not wait for long.
    cursor.execute("PRAGMA busy_timeout")
    (usual,) = cursor.fetchone()
    cursor.execute("PRAGMA busy_timeout = 200")
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")

"""Makes backups, proves that they can be restored, and restores them.

A backup counts as proven once its archive was read to the end, its database restored beside the
present one, and rows and checksums were those of the moment it was made. That is done before it is
sealed, because the key that opens it is not here; afterwards what the storage holds is read back
and compared byte for byte.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from editing.models import Action
from editing.trail import record
from portal.keeping import archives, databases, retention, sealing, stores
from portal.keeping.archives import KeepingError
from portal.models import Agency, Backup
from portal.page_cache.places import marks

PREFIX, ENDING = "portal", ".tar.gz"
_STAMP = "%Y%m%dT%H%M%SZ"

# Told how far a piece of work is: its name, how much is done, how much there is.
Report = Callable[[str, int, int], None]


def say_nothing(label: str, done: int, total: int) -> None:
    pass


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that nobody else may read, for one at a time; what a killed one left is cleared."""
    var = Path(settings.VAR_DIR)
    with (var / "keeping.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise KeepingError(_("Another backup or restore is at work.")) from error
        folder = var / "keeping"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def is_at_work() -> bool:
    with (Path(settings.VAR_DIR) / "keeping.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def make_backup(report: Report = say_nothing, *, prefix: str = PREFIX) -> Backup:
    """A new proven backup in the storage, with those removed that have done their duty.

    Under another prefix it stands apart: it is never the newest one, and never removed.

    Raises KeepingError, and notes the failure for the desk.
    """
    now = timezone.now()
    try:
        with workplace() as folder:
            return _make(folder, now, report, prefix)
    except KeepingError as error:
        _note_failure(now, str(error))
        raise
    except (OSError, DatabaseError, databases.driver_error()) as error:
        _note_failure(now, str(error))
        raise KeepingError(str(error).strip()) from error


def _make(folder: Path, now: datetime, report: Report, prefix: str) -> Backup:
    engine = databases.engine()
    files = media_files()
    _check_space(folder, engine.size + sum(path.stat().st_size for path in files))
    archive = folder / "archive"
    facts = _write_archive(archive, engine, files, now, report)
    _compare_contents(facts, prove(archive, folder, report))
    name = f"{prefix}-{now.astimezone(UTC).strftime(_STAMP)}{ENDING}"
    if settings.BACKUP_KEY:
        name += sealing.SUFFIX
        sealed = folder / "sealed"
        sealing.seal(archive, sealed, settings.BACKUP_KEY)
        archive.unlink()
        archive = sealed
    sha256, size = archives.file_sha256(archive), archive.stat().st_size
    store = stores.store()
    report(_("Storing"), 0, 1)
    store.put(archive, name)
    returned = folder / "returned"
    store.fetch(name, returned)
    if archives.file_sha256(returned) != sha256:
        raise KeepingError(_("The storage gave %s back changed.") % name)
    report(_("Storing"), 1, 1)
    backup = Backup(name=name, made_at=now, size=size, sha256=sha256, proven_at=timezone.now())
    if prefix != PREFIX:
        return backup
    # One of the same second has just been overwritten in the storage.
    Backup.objects.filter(name=name).delete()
    backup.save()
    Backup.objects.filter(name="").delete()
    _remove_superseded(store)
    return backup


def media_files() -> list[Path]:
    root = Path(settings.MEDIA_ROOT)
    return sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())


def _check_space(folder: Path, needed: int) -> None:
    # The archive, its sealed copy and what the storage gives back lie there for a moment.
    free = shutil.disk_usage(folder).free
    if free < 2 * needed:
        raise KeepingError(
            _("A backup needs %(needed)d MB in %(folder)s for a moment, and %(free)d MB are free.")
            % {"needed": 2 * needed // 2**20, "free": free // 2**20, "folder": settings.VAR_DIR}
        )


def _write_archive(
    archive: Path,
    engine: databases.SQLite | databases.PostgreSQL,
    files: list[Path],
    now: datetime,
    report: Report,
) -> dict[str, Any]:
    """The database first: what is uploaded after it is one file too many, never one too few."""
    copy = archive.with_name(engine.member)
    report(_("Copying the database"), 0, 1)
    contents = engine.dump(copy)
    report(_("Copying the database"), 1, 1)
    root = Path(settings.MEDIA_ROOT)
    facts = {"kind": "backup", "made_at": now.isoformat(), "tables": contents}
    with archive.open("wb") as file:
        writer = archives.Writer(file)
        writer.add(engine.member, copy)
        copy.unlink()
        for done, path in enumerate(files, start=1):
            writer.add(f"media/{path.relative_to(root).as_posix()}", path)
            report(_("Copying photos and files"), done, len(files))
        writer.finish(facts)
    return facts


class Proof(NamedTuple):
    manifest: dict[str, Any]
    contents: databases.Contents


def prove(archive: Path, folder: Path, report: Report = say_nothing) -> Proof:
    """Reads an archive whole and restores its database beside the present one.

    Raises KeepingError where anything differs from what the manifest says.
    """
    place = folder / "trial"
    done = 0

    def told(name: str) -> None:
        nonlocal done
        done += 1
        report(_("Comparing checksums"), done, 0)

    def where(name: str) -> Path | None:
        return place / name if name.startswith("database.") else None

    with archive.open("rb") as file:
        manifest = archives.read(file, where, told)
    report(_("Comparing checksums"), done, done)
    engine = _engine_of(manifest)
    report(_("Restoring on trial"), 0, 1)
    contents = engine.trial(place / engine.member)
    report(_("Restoring on trial"), 1, 1)
    proof = Proof(manifest, contents)
    _compare_contents(manifest, proof)
    shutil.rmtree(place)
    return proof


def _engine_of(manifest: dict[str, Any]) -> databases.SQLite | databases.PostgreSQL:
    engine = databases.engine()
    if engine.member not in manifest["members"]:
        raise KeepingError(
            _(
                "This archive is of another kind of database. Restore it where it comes from, and "
                "move the content with export_site and import_site."
            )
        )
    return engine


def _compare_contents(facts: dict[str, Any], proof: Proof) -> None:
    said = facts["tables"]
    wrong = [
        name
        for name in said.keys() | proof.contents.keys()
        if said.get(name) != proof.contents.get(name)
    ]
    if wrong:
        raise KeepingError(
            _("Restored on trial, these tables differ: %s.") % ", ".join(sorted(wrong))
        )


def _note_failure(when: datetime, problem: str) -> None:
    with suppress(DatabaseError):  # it may be the database that has failed
        Backup.objects.update_or_create(
            name="", defaults={"made_at": when, "problem": problem[:500]}
        )


def _remove_superseded(store: stores.Store) -> None:
    """Touches only what bears the name of a backup, and never the latest proven one."""
    made = {moment: name for name in store.names() if (moment := moment_of(name)) is not None}
    latest = Backup.objects.latest_proven()
    for moment in retention.superseded(made):
        if latest is None or made[moment] != latest.name:
            store.remove(made[moment])
            del made[moment]
    Backup.objects.exclude(name__in=made.values()).delete()


def moment_of(name: str) -> datetime | None:
    """When the backup of that name was made."""
    stem = name.removesuffix(sealing.SUFFIX).removesuffix(ENDING).removeprefix(f"{PREFIX}-")
    try:
        return datetime.strptime(stem, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


@contextmanager
def fetched(name: str, folder: Path, *, key_file: Path | None, report: Report) -> Iterator[Path]:
    """A backup of the storage, or a file at that path, plain."""
    local = Path(name)
    report(_("Fetching"), 0, 1)
    if local.is_file():
        archive = local
    else:
        archive = folder / "fetched"
        stores.store().fetch(name, archive)
    report(_("Fetching"), 1, 1)
    if not name.endswith(sealing.SUFFIX):
        yield archive
        return
    if key_file is None:
        raise KeepingError(_("This backup is sealed: name the file with the key, --key FILE."))
    plain = folder / "opened"
    sealing.unseal(archive, plain, key_file)
    yield plain


def verify(name: str, *, key_file: Path | None = None, report: Report = say_nothing) -> Proof:
    """Proves a backup of the storage once more. Raises KeepingError."""
    with workplace() as folder, fetched(name, folder, key_file=key_file, report=report) as archive:
        proof = prove(archive, folder, report)
    Backup.objects.filter(name=name).update(proven_at=timezone.now())
    return proof


def newest_name() -> str:
    names = [name for name in stores.store().names() if moment_of(name) is not None]
    if not names:
        raise KeepingError(_("There is no backup yet: run manage.py backup."))
    return names[-1]


def restore(name: str, *, key_file: Path | None = None, report: Report = say_nothing) -> None:
    """Brings photos and files back, then, at one stroke, the database.

    Interrupted before that stroke, the portal is as it was, with perhaps some files that nothing
    uses; interrupted afterwards, it is restored. Raises KeepingError.
    """
    with workplace() as folder, fetched(name, folder, key_file=key_file, report=report) as archive:
        prove(archive, folder, report)
        _restore_proven(archive, folder, report)
    call_command("migrate", interactive=False, verbosity=0)
    cache.clear()
    record(Action.RESTORED, Agency.load(), by=None, note=Path(name).name)


def _restore_proven(archive: Path, folder: Path, report: Report) -> None:
    place = folder / "restored"
    with archive.open("rb") as file:
        manifest = archives.read(file, lambda name: place / name)
    bring_media(place / "media", report)
    engine = _engine_of(manifest)
    report(_("Restoring the database"), 0, 1)
    with marks().change():  # by tools that our connection to the database does not see
        engine.restore(place / engine.member)
    report(_("Restoring the database"), 1, 1)


def bring_media(source: Path, report: Report) -> None:
    """Files are named after what they contain, so none overwrites another one."""
    root = Path(settings.MEDIA_ROOT)
    found = sorted(path for path in source.rglob("*") if path.is_file())
    for done, path in enumerate(found, start=1):
        target = root / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.part")
        shutil.move(path, draft)
        draft.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        draft.replace(target)
        report(_("Bringing photos and files back"), done, len(found))

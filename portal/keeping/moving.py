"""Moves the whole content of a portal to another one, on whichever database that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext as _

from news import months
from news.models import Article
from portal.keeping import archives, backups, rows
from portal.keeping.archives import KeepingError
from portal.keeping.backups import Report, say_nothing
from portal.search import index

KIND = "export"


def export_site(target: Path, report: Report = say_nothing) -> None:
    """Writes the file whole or not at all. Raises KeepingError."""
    draft = target.with_name(f".{target.name}.part")
    try:
        with backups.workplace() as folder, draft.open("wb") as file:
            _write(archives.Writer(file), folder, report)
        draft.replace(target)
    except (OSError, DatabaseError) as error:
        raise KeepingError(str(error).strip()) from error
    finally:
        draft.unlink(missing_ok=True)


def _write(writer: archives.Writer, folder: Path, report: Report) -> None:
    chosen = rows.moved_models()
    # On SQLite a transaction holds others back from writing, on PostgreSQL it sees one moment.
    with transaction.atomic():
        _see_one_moment()
        counts = {}
        for done, model in enumerate(chosen, start=1):
            path = folder / "rows"
            counts[model._meta.label_lower] = _write_lines(path, model)
            writer.add(f"rows/{model._meta.label_lower}.jsonl", path)
            report(_("Writing rows"), done, len(chosen))
    root, files = Path(settings.MEDIA_ROOT), backups.media_files()
    for done, path in enumerate(files, start=1):
        writer.add(f"media/{path.relative_to(root).as_posix()}", path)
        report(_("Copying photos and files"), done, len(files))
    writer.finish({"kind": KIND, "release": rows.release(), "rows": counts})


def _see_one_moment() -> None:
    connection = transaction.get_connection()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _write_lines(path: Path, model: type[models.Model]) -> int:
    number = 0
    with path.open("w", encoding="utf-8") as file:
        for line in rows.lines(model):
            file.write(line)
            number += 1
    return number


def look(source: Path) -> dict[str, Any]:
    """The manifest of a whole export that fits this release. Raises KeepingError."""
    with _opened(source) as file:
        manifest = archives.read(file, lambda name: None)
    if manifest.get("kind") != KIND:
        raise KeepingError(_("This is a backup: bring it back with manage.py restore."))
    if manifest["release"] != rows.release():
        raise KeepingError(
            _("This export comes from another release: upgrade both portals to the same one.")
        )
    return manifest


def _opened(source: Path) -> Any:
    try:
        return source.open("rb")
    except OSError as error:
        raise KeepingError(f"{source}: {error.strerror}") from error


def has_content() -> bool:
    return Article.objects.exists()


def import_site(source: Path, report: Report = say_nothing) -> None:
    """Puts the content of an export in the place of what is here, all of it or nothing.

    Raises KeepingError.
    """
    manifest = look(source)
    with backups.workplace() as folder:
        with _opened(source) as file:
            archives.read(file, lambda name: folder / name)
        backups.bring_media(folder / "media", report)
        try:
            _replace_rows(folder, manifest["rows"], report)
        except (DatabaseError, KeyError, ValueError) as error:
            raise KeepingError(_("Nothing was imported: %s.") % error) from error
    cache.clear()


def _replace_rows(folder: Path, counts: dict[str, int], report: Report) -> None:
    chosen = rows.moved_models()
    with transaction.atomic():
        index.forget()
        months.forget()
        rows.clear(chosen)
        for done, model in enumerate(chosen, start=1):
            label = model._meta.label_lower
            with (folder / f"rows/{label}.jsonl").open(encoding="utf-8") as written:
                if rows.insert(model, written) != counts[label]:
                    raise KeepingError(_("Rows of %s are missing.") % label)
            report(_("Bringing rows in"), done, len(chosen))
        rows.renew_sequences(chosen)
        months.recount_everything()

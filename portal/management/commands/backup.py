from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal.keeping import backups, databases
from portal.keeping.archives import KeepingError
from portal.operators import OperatorCommand
from portal.progress import reported_progress


class Command(OperatorCommand):
    help = (
        "Makes a backup (database, photos and files), restores it on trial, and puts it where "
        "BACKUP_TO says; backups that have done their duty are removed there. Interrupted, it "
        "leaves nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would be kept, and where."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            self._say_what_would_be_kept()
            return
        try:
            with reported_progress(self.out, is_quiet=options["verbosity"] == 0) as report:
                backup = backups.make_backup(report)
        except KeepingError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(
                _("%(name)s (%(size)s), restored on trial.")
                % {"name": backup.name, "size": filesizeformat(backup.size)}
            )

    def _say_what_would_be_kept(self) -> None:
        files = backups.media_files()
        lines = {
            _("Database"): filesizeformat(databases.engine().size),
            _("Photos and files"): f"{len(files)}, "
            + filesizeformat(sum(path.stat().st_size for path in files)),
            _("Where to"): settings.BACKUP_TO.rpartition("@")[2],
            _("Sealed"): _("yes") if settings.BACKUP_KEY else _("no"),
        }
        for label, value in lines.items():
            self.stdout.write(f"{label}: {value}")

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from portal.keeping import backups
from portal.keeping.archives import KeepingError
from portal.operators import OperatorCommand
from portal.progress import reported_progress


class Command(OperatorCommand):
    help = (
        "Proves a backup: reads it whole, restores its database beside the present one, compares "
        "rows and checksums, and throws the trial away. Nothing of the portal changes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "name", nargs="?", default="", help="A name in BACKUP_TO or a file; else the newest."
        )
        parser.add_argument(
            "--key", type=Path, metavar="FILE", help="The private key, for a sealed backup."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            name = options["name"] or backups.newest_name()
            with reported_progress(self.out, is_quiet=options["verbosity"] == 0) as report:
                proof = backups.verify(name, key_file=options["key"], report=report)
        except KeepingError as error:
            raise CommandError(str(error)) from error
        rows = sum(count for count, _total in proof.contents.values())
        self.stdout.write(
            _("%(name)s can be restored: %(rows)d rows in %(tables)d tables, %(files)d files.")
            % {
                "name": name,
                "rows": rows,
                "tables": len(proof.contents),
                "files": len(proof.manifest["members"]) - 1,
            }
        )

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from portal.keeping import rows
from portal.keeping.archives import KeepingError
from portal.keeping.moving import export_site
from portal.operators import OperatorCommand
from portal.progress import reported_progress


class Command(OperatorCommand):
    help = (
        "Writes the whole content (rows, photos and files) into one file that import_site reads, "
        "on SQLite as on PostgreSQL. Accounts with their hashed passwords are in it: keep it safe."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="Such as portal.tar.gz.")
        parser.add_argument("--dry-run", action="store_true", help="Say how much would be written.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            for model in rows.moved_models():
                self.stdout.write(f"{model._meta.label}: {model._base_manager.count()}")
            return
        try:
            with reported_progress(self.out, is_quiet=options["verbosity"] == 0) as report:
                export_site(options["file"], report)
        except KeepingError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("Written to %s.") % options["file"])

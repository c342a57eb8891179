from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils.translation import gettext as _

from news.models import Article
from portal.keeping import backups
from portal.keeping.archives import KeepingError
from portal.operators import OperatorCommand
from portal.progress import reported_progress


class Command(OperatorCommand):
    help = (
        "Brings a backup back: proves it, puts photos and files in their place, then the database "
        "at one stroke. Interrupted, the portal is as before or restored, never between. Sessions "
        "are not in a backup: everybody signs in again. Stop the portal first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "name", nargs="?", default="", help="A name in BACKUP_TO or a file; else the newest."
        )
        parser.add_argument(
            "--key", type=Path, metavar="FILE", help="The private key, for a sealed backup."
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="Also where this portal has articles; they are backed up before.",
        )
        parser.add_argument(
            "--no-backup",
            action="store_true",
            help="With --replace: do not back up before, such as when the database is damaged.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Prove it and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            name = options["name"] or backups.newest_name()
            if options["dry_run"]:
                call_command("verify_backup", name, key=options["key"], stdout=self.stdout)
                return
            if not options["no_backup"] and _has_content():
                self._back_up_before(options)
            with reported_progress(self.out, is_quiet=options["verbosity"] == 0) as report:
                backups.restore(name, key_file=options["key"], report=report)
        except KeepingError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("%s is restored. Start the portal again.") % name)

    def _back_up_before(self, options: dict[str, Any]) -> None:
        if not options["replace"]:
            raise CommandError(
                _("This portal has articles, which the backup would replace: add --replace.")
            )
        before = backups.make_backup(prefix="before-restore")
        self.stdout.write(_("What was there is kept as %s.") % before.name)


def _has_content() -> bool:
    is_there = Article._meta.db_table in connection.introspection.table_names()
    return is_there and Article.objects.exists()

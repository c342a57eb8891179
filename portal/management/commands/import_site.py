from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from portal.keeping import moving
from portal.keeping.archives import KeepingError
from portal.operators import OperatorCommand
from portal.progress import reported_progress


class Command(OperatorCommand):
    help = (
        "Puts the content of a file of export_site in the place of what this portal has, all of "
        "it or nothing; a second run changes nothing. Both portals must be of the same release."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="What export_site has written.")
        parser.add_argument(
            "--replace", action="store_true", help="Also where this portal has articles."
        )
        parser.add_argument("--dry-run", action="store_true", help="Check it and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["dry_run"]:
                for label, number in moving.look(options["file"])["rows"].items():
                    self.stdout.write(f"{label}: {number}")
                return
            if moving.has_content() and not options["replace"]:
                raise CommandError(
                    _("This portal has articles, which the import would replace: add --replace.")
                )
            with reported_progress(self.out, is_quiet=options["verbosity"] == 0) as report:
                moving.import_site(options["file"], report)
        except KeepingError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("%s is imported.") % options["file"])

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from portal.keeping import sealing
from portal.operators import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Makes a pair of keys for sealing backups. The public one goes into BACKUP_KEY; the file "
        "with the private one goes into a safe and off this server: without it no sealed backup "
        "can ever be opened."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="Where the private key is written.")

    def handle(self, *args: Any, **options: Any) -> None:
        public, private = sealing.new_key()
        try:
            descriptor = os.open(options["file"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"# public key: {public}\n{private}\n")
        self.stdout.write(f"BACKUP_KEY={public}")
        self.stdout.write(_("Move %s to a safe place off this server.") % options["file"])

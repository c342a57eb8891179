from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from portal.importing import Outcome, import_page
from portal.old_pages import OldPageError
from portal.operators import OperatorCommand
from portal.progress import shown_progress

_SUFFIXES = {".txt", ".html", ".htm"}


class Command(OperatorCommand):
    help = (
        "Takes over pages of an agency's old site: saved text or HTML files, or folders of them. "
        "Prints what it recognised, proposed and could not read. A second run changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="+", type=Path, metavar="FILE", help="A file or a folder."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Print what would be made and make nothing."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.console = Console(file=self.out, width=110, highlight=False)
        files = [file for path in options["paths"] for file in _files(Path(path))]
        refused: list[tuple[Path, str]] = []
        steps = self._import_all(files, refused, dry_run=options["dry_run"])
        if len(files) > 1:
            steps = shown_progress(steps, total=len(files), label=_("Importing"), output=self.out)
        for _done in steps:
            pass
        self._report_refused(refused)
        if refused and len(refused) == len(files):
            raise CommandError(_("No page could be read."))

    def _import_all(
        self, files: list[Path], refused: list[tuple[Path, str]], *, dry_run: bool
    ) -> Iterator[int]:
        for done, path in enumerate(files, start=1):
            try:
                outcome = import_page(path.read_bytes(), dry_run=dry_run)
            except (OldPageError, OSError) as error:
                refused.append((path, str(error)))
            else:
                self._report(path, outcome, dry_run=dry_run)
            yield done

    def _report(self, path: Path, outcome: Outcome, *, dry_run: bool) -> None:
        title = f"{path.name} ({_('dry run: nothing is written')})" if dry_run else path.name
        table = Table(title=title, title_justify="left", show_lines=False)
        for heading in (_("What"), _("How"), _("Value")):
            table.add_column(heading, overflow="fold")
        for finding in outcome.page.findings:
            table.add_row(str(finding.label), str(finding.kind_label), finding.text)
        self.console.print(table)
        self._print_list(_("Made"), outcome.made)
        self._print_list(_("There already"), outcome.present)

    def _print_list(self, label: str, entries: list[str]) -> None:
        if entries:
            self.console.print(f"{label}: {'; '.join(entries)}", markup=False)

    def _report_refused(self, refused: list[tuple[Path, str]]) -> None:
        for path, reason in refused:
            self.stderr.write(f"{path}: {reason}")


def _files(path: Path) -> Iterator[Path]:
    """The pages at that path. Raises CommandError where there is none."""
    if path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.suffix.lower() in _SUFFIXES)
        if not found:
            raise CommandError(_("There is no .txt or .html file in %s.") % path)
        yield from found
    elif path.is_file():
        yield path
    else:
        raise CommandError(_("There is no file %s.") % path)

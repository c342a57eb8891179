from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from stats.access_logs import LogError, Report, import_logs


class Command(BaseCommand):
    help = (
        "Reads access logs of an earlier server (combined format, plain or gzip) into the visit "
        "figures. Give all files of the period at once: each day is read in once, whole, and a "
        "second run changes nothing. Days on which the portal itself has counted are left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--own-host",
            action="append",
            default=[],
            metavar="NAME",
            help="A host name of the old site, whose links are not referring sites; can be repeated.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Read, and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        files: list[Path] = options["files"]
        if missing := [str(path) for path in files if not path.is_file()]:
            raise CommandError(_("These files are not there: %s") % ", ".join(missing))
        own = {urlsplit(settings.SITE_URL).hostname or "", *options["own_host"]}
        try:
            report = self._import(files, {host.removeprefix("www.") for host in own}, options)
        except (LogError, OSError) as error:
            raise CommandError(_("A file cannot be read: %s") % error) from error
        self._tell(report, is_dry=options["dry_run"])

    def _import(self, files: list[Path], own: set[str], options: dict[str, Any]) -> Report:
        columns = (TextColumn(_("Reading")), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        console = Console(file=cast(TextIO, self.stdout._out))
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("", total=sum(path.stat().st_size for path in files))
            report = import_logs(
                files,
                own_hosts=own,
                dry_run=options["dry_run"],
                progress=lambda read: progress.update(task, completed=read),
            )
            progress.update(task, completed=progress.tasks[0].total)
        return report

    def _tell(self, report: Report, *, is_dry: bool) -> None:
        texts = [
            _("Lines read: %(lines)s, not in the combined format: %(unreadable)s.")
            % {"lines": report.lines, "unreadable": report.unreadable},
            (
                _("Days that would be imported: %(days)s, pageviews: %(pageviews)s.")
                if is_dry
                else _("Days imported: %(days)s, pageviews: %(pageviews)s.")
            )
            % {"days": len(report.booked), "pageviews": report.pageviews},
            _("Days imported before: %s.") % len(report.known),
            _("Days counted by the portal itself, left alone: %s.") % len(report.own),
        ]
        for text in texts:
            self.stdout.write(text)

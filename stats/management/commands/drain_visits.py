from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from stats.drain import drain_once


class Command(BaseCommand):
    help = (
        "Brings the counted visits of this host into the database once, prepares the coming days "
        "and renews the figures of the visit box. The runner (manage.py work) does this each "
        "second; on a new host, run it once before the first request."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        drained = drain_once(self._show if self.stdout.isatty() else None)
        if not drained.is_ours:
            self.stdout.write(_("The runner is already bringing in the visits of this host."))
            return
        self.stdout.write(
            _("Pageviews brought in: %(lines)s. Lines that could not be read: %(unreadable)s.")
            % {"lines": drained.lines, "unreadable": drained.unreadable}
        )

    def _show(self, lines: int) -> None:
        self.stdout.write(f"\r{lines}\r", ending="")
        self.stdout.flush()

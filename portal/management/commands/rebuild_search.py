from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import Page
from portal.operators import OperatorCommand
from portal.progress import shown_progress
from portal.search.engines import engine
from portal.search.index import batches, tidy, tidy_thoroughly, to_index, write
from portal.search.models import SearchDocument


class Command(OperatorCommand):
    help = (
        "Writes the search index anew, batch by batch, while search goes on working. Stopped, it "
        "continues where it was when it is started again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done.")

    def handle(self, *args: Any, **options: Any) -> None:
        started = self._started()
        left = self._left(started).count()
        if options["dry_run"]:
            self.stdout.write(_("%(count)s texts would be written.") % {"count": left})
            return
        self._note().write_text(started.isoformat(), encoding="utf-8")
        steps = self._write(started)
        for _done in shown_progress(steps, total=left, label=_("Writing"), output=self.out):
            pass
        write(pages=Page.objects.all())
        tidy()
        tidy_thoroughly()
        self._note().unlink(missing_ok=True)
        self.stdout.write(_("The index is whole."))

    def _note(self) -> Path:
        return Path(settings.VAR_DIR) / "search-rebuild"

    def _started(self) -> datetime:
        """When the rebuilding began that is to be finished; now, if there is none."""
        try:
            return datetime.fromisoformat(self._note().read_text(encoding="utf-8").strip())
        except (OSError, ValueError):
            return timezone.now()

    def _left(self, started: datetime) -> Any:
        fresh = SearchDocument.objects.filter(edition=OuterRef("pk"), written_at__gte=started)
        return to_index().filter(~Exists(fresh))

    def _write(self, started: datetime) -> Iterator[int]:
        done = 0
        for batch in batches(self._left(started)):
            write(batch)
            engine().keep_quick()
            done += len(batch)
            yield done

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from news.models import Article
from portal.operators import OperatorCommand
from portal.planning import renew_statistics
from portal.progress import shown_progress
from portal.samples import ORIGIN, SampleMaker, remove_samples, start_of_today
from portal.search.engines import engine


class Command(OperatorCommand):
    help = (
        "Makes sample articles, notices, photos and attachments, each marked as a sample, or takes "
        "all of them out again. A second run adds only what is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--articles", type=int, default=200, metavar="N", help="How many (200)."
        )
        parser.add_argument("--remove", action="store_true", help="Take all samples out again.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done.")

    def handle(self, *args: Any, **options: Any) -> None:
        count: int = options["articles"]
        if not 1 <= count <= 1_000_000:
            raise CommandError(_("--articles takes a number from 1 to 1000000."))
        present = Article.objects.filter(origin__startswith=ORIGIN).count()
        if options["dry_run"]:
            change = -present if options["remove"] else max(0, count - present)
            text = _("%(present)s samples are there; the change would be %(change)s.")
            self.stdout.write(text % {"present": present, "change": f"{change:+d}"})
            return
        if options["remove"]:
            self._show(remove_samples(), total=present, label=_("Removing"))
        else:
            self._show(SampleMaker(start_of_today()).make(count), total=count, label=_("Making"))
        self._refresh_statistics()

    def _show(self, steps: Any, *, total: int, label: str) -> None:
        for _done in shown_progress(steps, total=total, label=label, output=self.out):
            pass

    def _refresh_statistics(self) -> None:
        engine().merge()
        renew_statistics()

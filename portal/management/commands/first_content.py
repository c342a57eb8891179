from typing import Any

from django.core.management import call_command
from django.db import transaction

from portal.first_content import OLD_PAGE, make_first_content
from portal.operators import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Fills a new portal: the agency's name, menu and pages, and the article and hotline of its "
        "old site. Does nothing where it was done before, whatever has been changed since."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            call_command("import_page", str(OLD_PAGE), dry_run=True, stdout=self.stdout)
            return
        # All of it or nothing: what was interrupted is begun anew.
        with transaction.atomic():
            if make_first_content():
                call_command("import_page", str(OLD_PAGE), stdout=self.stdout)

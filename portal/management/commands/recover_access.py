from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from editing.models import User
from portal.access import links
from portal.operators import OperatorCommand


class Command(OperatorCommand):
    help = (
        "For the only administrator, without password or second factor: makes a link that works "
        "once and for three days. A second run makes a new link, and the one before it ends. "
        "Where there is a second administrator, let him make the link in the staff pages."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="User name of the account.")
        parser.add_argument("--password", action="store_true", help="The link sets a new password.")
        parser.add_argument(
            "--second-factor",
            action="store_true",
            help="The link removes the second factor, so that a new one is set up.",
        )
        parser.add_argument(
            "--switch-on", action="store_true", help="Also switch an idle account on again."
        )
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["name"].replace("\x00", "")).first()
        if user is None:
            raise CommandError(_("There is no account “%s”.") % options["name"])
        purpose = _purpose(password=options["password"], factor=options["second_factor"])
        if not (user.is_active and user.is_staff) and not options["switch_on"]:
            raise CommandError(_("This account is switched off: add --switch-on."))
        self.stdout.write(f"{user}: {purpose.label}")
        if options["dry_run"]:
            self.stdout.write(_("Nothing was done."))
            return
        if options["switch_on"]:
            user.is_active = user.is_staff = True
            user.save(update_fields=["is_active", "is_staff"])
        self.stdout.write(links.make(user, purpose, by=None))


def _purpose(*, password: bool, factor: bool) -> links.Purpose:
    chosen = {(True, True): "both", (True, False): "password", (False, True): "factor"}
    name = chosen.get((password, factor))
    if name is None:
        raise CommandError(_("Say what is lost: --password, --second-factor, or both."))
    return links.PURPOSES[name]

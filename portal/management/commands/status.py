import sys
from typing import Any

from portal import checkup
from portal.operators import OperatorCommand


class Command(OperatorCommand):
    help = (
        "Says whether all is well: a line for each thing that can go wrong, and for what does go "
        "wrong the command that helps. Ends with status 1 if anything needs attention."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        lines = checkup.look()
        for line in lines:
            mark = self.style.SUCCESS("✓") if line.is_well else self.style.WARNING("!")
            self.stdout.write(f"{mark} {line.label}: {line.text}")
            if line.command:
                self.stdout.write(f"    → {line.command}")
        if not all(line.is_well for line in lines):
            sys.exit(1)

"""`manage.py test` runs the same suite as `make test`: Django's own runner would find no pytest
function and report success."""

import os
import subprocess
import sys
from typing import Any

from portal.environment import BASE_DIR


class PytestRunner:
    def __init__(self, verbosity: int = 1, failfast: bool = False, **options: Any) -> None:
        self.arguments = ["-x"] if failfast else []
        self.arguments += ["-v"] if verbosity > 1 else []

    def run_tests(self, test_labels: list[str], **options: Any) -> int:
        """The number of failed runs: 0 or 1."""
        environment = {
            name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
        }
        command = [sys.executable, "-m", "pytest", *self.arguments, *test_labels]
        return min(
            1, subprocess.run(command, cwd=BASE_DIR, env=environment, check=False).returncode
        )

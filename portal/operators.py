"""Commands speak the language of the operator's terminal: Vietnamese where it is Vietnamese,
otherwise English."""

import os
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand
from django.utils import translation


def terminal_language() -> str:
    names = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return "vi" if chosen.startswith("vi") else "en"


class OperatorCommand(BaseCommand):
    @property
    def out(self) -> TextIO:
        """What is printed to, for libraries that want the stream itself."""
        return cast(TextIO, self.stdout._out)

    def execute(self, *args: Any, **options: Any) -> str | None:
        with translation.override(terminal_language()):
            return super().execute(*args, **options)

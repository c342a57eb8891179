#!/usr/bin/env python
"""The portal's commands: `manage.py help` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from portal.environment import ConfigurationError, read_dotenv

    read_dotenv()
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ConfigurationError as error:
        # One line that says what to do: a traceback helps no operator.
        sys.exit(f"manage.py: {error}")


if __name__ == "__main__":
    main()

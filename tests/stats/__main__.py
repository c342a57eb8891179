"""`python -m tests.stats FOLDER`: see `tests.stats.served`."""

import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.stats.served import main as replay

    replay()


main()

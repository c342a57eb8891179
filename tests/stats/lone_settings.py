"""The counter by itself, for processes of tests that are there to be killed."""

import os
from pathlib import Path

VAR_DIR = Path(os.environ["VAR_DIR"])
SECRET_KEY = "a key for tests only"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "stats"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR_DIR / "visits.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
STATS_SPOOL_DIR = VAR_DIR / "spool"
STATS_BEACON = False
STATS_IPV6_PREFIX = 64
STATS_CLOCK_HEADER = ""

"""The portal's own settings, with what a test run must not touch moved aside."""

import os
import tempfile

for _name in (
    "SITE_URL",
    "ALLOWED_HOSTS",
    "TRUSTED_PROXIES",
    "STATS_CLOCK_HEADER",
    "MEDIA_ROOT",
    "BACKUP_TO",
    "BACKUP_KEY",
    "REQUIRE_TWO_FACTOR",
):
    os.environ.pop(_name, None)
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="portal-test-")
os.environ["MARKS_DIR"] = ""  # within it, whatever `.env` says
os.environ["BACKUP_NIGHTLY"] = "0"  # for the processes that tests start, too
os.environ["SECRET_KEY"] = "a key for tests only, long enough for every check that asks"

from portal.settings import *  # noqa: E402, F403
from portal.settings import DATABASES, STORAGES  # noqa: E402

STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# What tests change is mostly never committed, and a kept page could not know.
PAGE_CACHE = False
if DATABASES["default"]["ENGINE"] == "portal.databases.sqlite3":
    # In memory, which pytest-django knows of Django's own engine alone.
    DATABASES["default"] = DATABASES["default"] | {"TEST": {"NAME": ":memory:"}}

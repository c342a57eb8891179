from django.db.backends.postgresql import base

from portal.page_cache.changes import NoticesChanges


class DatabaseWrapper(NoticesChanges, base.DatabaseWrapper):
    """Django's own, that also says when it changes what pages show."""

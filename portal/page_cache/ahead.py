"""Pages that are asked for often, built within a change before it is committed.

When the change is there they are there too: readers wait for the commit alone. They are built on the
connection that makes the change, so they show it; nobody can find them before the commit, because the
generation that they belong to has not begun. It never begins if anybody else has changed something
since the first of them was built (`marks`).
"""

from __future__ import annotations

import logging
import time
from contextvars import Context
from typing import Any, Protocol

from django.db import connections, transaction

from portal.page_cache.marks import Ahead, new_name
from portal.page_cache.places import marks

logger = logging.getLogger(__name__)

# Whoever saves something waits for them, and so do those who want to write the same rows.
_LONGEST = 0.25  # seconds
# Many changes in a row, as of an import, are not to take much longer than by themselves.
_REST = 3.0  # times as long as it took the last time


class CannotBuild(Exception):
    pass


class Builder(Protocol):
    """What serves the pages in this process."""

    def wanted(self) -> list[str]:
        """The keys of pages, those asked for most first."""

    def build(self, key: str, generation: str) -> None:
        """Raises CannotBuild, or whatever else may go wrong."""


_builder: Builder | None = None
_rests_until = 0.0


def build_with(builder: Builder | None) -> None:
    """For a process that serves pages; in others nothing is built ahead."""
    global _builder, _rests_until
    _builder, _rests_until = builder, 0.0


def build_ahead(connection: Any) -> Ahead | None:
    """Within the transaction of that connection, which is about to be committed."""
    global _rests_until
    begun = time.monotonic()
    if _builder is None or begun < _rests_until:
        return None
    if (base := marks().current()) is None:
        return None
    ahead = Ahead(of=base, name=new_name())
    try:
        with connection.for_requests_within():
            # An empty one: nothing of whoever makes the change may come to be in what all others read.
            Context().run(_build, _builder, ahead.name, connection, begun + _LONGEST)
    except Exception:
        # No page is worth the change.
        logger.warning("The pages could not be built ahead of a change.", exc_info=True)
        return None
    finally:
        _rests_until = time.monotonic() + _REST * (time.monotonic() - begun)
    return ahead


def _build(builder: Builder, generation: str, connection: Any, end: float) -> None:
    # In a thread with an event loop the connections are the context's, too.
    connections[connection.alias] = connection
    with transaction.atomic(using=connection.alias):
        try:
            for key in builder.wanted():
                if time.monotonic() > end:
                    break
                builder.build(key, generation)
        finally:
            # Whatever a page did to the database is undone, and nothing of it can be in the change.
            transaction.set_rollback(True, using=connection.alias)

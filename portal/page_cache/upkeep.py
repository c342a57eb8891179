"""What the runner does for the kept pages of its host."""

from __future__ import annotations

import logging
import threading

from django.conf import settings

from portal.page_cache import moments
from portal.page_cache.places import folder, marks

logger = logging.getLogger(__name__)

_FOLLOW_EVERY = 0.5  # seconds; docs/install.md says a second


def look_after_pages() -> None:
    if settings.PAGE_CACHE:
        moments.look_after()
        folder().sweep()


def follow_other_hosts(stopped: threading.Event) -> None:
    """In a thread of its own, because the rest of a round may take its time: lets the link that
    nginx follows point to where the other hosts have got."""
    from portal.page_cache.shared_marks import SharedMarks

    known = marks()
    if not isinstance(known, SharedMarks):
        return
    while not stopped.wait(_FOLLOW_EVERY):
        try:
            known.point_here()
        except Exception:
            # Better no answer from the cache in front than one of before.
            logger.warning("The marks of the pages cannot be read.", exc_info=True)
            known.folder.forget_where_to_point()

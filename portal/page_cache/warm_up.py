"""What a process makes once and then has, made before readers need it: compiled templates, patterns
of addresses, queries in writing, the list of robots. Together that takes as long as many pages.
"""

from __future__ import annotations

import logging
import time
from threading import Timer

from django.conf import settings
from django.db import connections
from django.urls import reverse
from django.utils import translation

from portal.page_cache.building import Address
from portal.page_cache.layer import PageCache
from stats.robots import rule_for

logger = logging.getLogger(__name__)

# Whoever waits for the portal to be ready is told so first.
_PAUSE = 0.5  # seconds
# Other pages are of the same templates.
_PAGES = 10
_LONGEST = 5.0  # seconds


def begin(cache: PageCache) -> Timer:
    """For a process that has just started. It answers meanwhile, if somewhat later."""
    timer = Timer(_PAUSE, _build, args=[cache])
    timer.daemon = True
    timer.start()
    return timer


def _build(cache: PageCache) -> None:
    end = time.monotonic() + _LONGEST
    try:
        rule_for("")
        for key in [*map(_home_in, _languages()), *cache.often.keys()[:_PAGES]]:
            if time.monotonic() > end:
                break
            cache.building.make(Address.of(key))
    except Exception:
        logger.warning("The pages asked for most could not be built at the start.", exc_info=True)
    finally:
        connections.close_all()


def _languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def _home_in(language: str) -> str:
    with translation.override(language):
        return f"{reverse('home')}?"

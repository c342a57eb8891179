"""What is the same on every page: made once, as long as nothing changes.

Whoever knows that nothing has changed says so by a name for the present state (the page cache: its
generation). Under the same name the same is given again, as this process has made it before, for
`LIFE`: of what is changed behind the portal's back nobody says anything. Under no name everything
is made afresh.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any, TypeVar

from django.utils.translation import get_language

from editing import asked

LIFE = 30.0  # seconds; docs/install.md says so

Part = TypeVar("Part")


class _State:
    def __init__(self, ask: Callable[[], str | None]) -> None:
        self._ask = ask

    @cached_property
    def name(self) -> str | None:
        return self._ask()


_state: ContextVar[_State | None] = ContextVar("state", default=None)
# Of one state; put in place whole, so that threads never mix two.
_known: tuple[str | None, dict[Hashable, Any]] = (None, {})


@contextmanager
def under(state: Callable[[], str | None]) -> Iterator[None]:
    """While a page is built. The state is asked for once, before the first part is made, and None
    where it is not known; of a page without such parts it is not asked for."""
    token = _state.set(_State(state))
    try:
        yield
    finally:
        _state.reset(token)


def shared(key: Hashable, make: Callable[[], Part]) -> Part:
    """What `make` gives, which may depend on the language, the key and the database alone. Whoever
    gets it must not change it, but for a dictionary that is filled with the same as it is asked for."""
    global _known
    of_the_page = _state.get()
    if of_the_page is None or (state := of_the_page.name) is None:
        return make()
    known = _known
    if known[0] != state:
        known = _known = (state, {})
    parts = known[1]
    place = (key, get_language())
    known_part = parts.get(place)
    if known_part is None or time.monotonic() - known_part[2] > LIFE:
        moment = time.monotonic()
        with asked.noting() as noted:
            made = make()
        known_part = parts[place] = made, noted, moment
    part, noted, _moment = known_part
    if (whole := asked.present()) is not None:
        whole.add(noted)
    return part

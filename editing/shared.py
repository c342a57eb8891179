"""What is the same on every page: made once, as long as nothing changes.

Whoever knows that nothing has changed says so by a name for the present state (the page cache: its
generation). Under the same name the same is given again, as this process has made it before; under
no name everything is made afresh.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.utils.translation import get_language

Part = TypeVar("Part")

_state: ContextVar[str | None] = ContextVar("state", default=None)
# Of one state; put in place whole, so that threads never mix two.
_known: tuple[str | None, dict[Hashable, Any]] = (None, {})


@contextmanager
def under(state: str | None) -> Iterator[None]:
    """While a page is built whose every part is of that state; None where that is not known."""
    token = _state.set(state)
    try:
        yield
    finally:
        _state.reset(token)


def shared(key: Hashable, make: Callable[[], Part]) -> Part:
    """What `make` gives, which may depend on the language, the key and the database alone. Whoever
    gets it must not change it."""
    global _known
    state = _state.get()
    if state is None:
        return make()
    if _known[0] != state:
        _known = (state, {})
    parts = _known[1]
    place = (key, get_language())
    if place not in parts:
        parts[place] = make()
    part: Part = parts[place]
    return part

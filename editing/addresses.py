"""Addresses of the portal, remembered: to write one takes longer than to read most rows, and a page
has a hundred of them, nearly all the same as the page before."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import URLResolver, get_resolver, get_script_prefix, reverse
from django.utils import translation


def address(name: str, *args: Any, language: str | None = None) -> str:
    """`reverse(name, args=args)` in a language: the present one, if none is given."""
    # Another resolver has other addresses.
    resolver, prefix = get_resolver(settings.ROOT_URLCONF), get_script_prefix()
    return _remembered(resolver, prefix, language or translation.get_language(), name, args)


@lru_cache(maxsize=8192)
def _remembered(
    _resolver: URLResolver, _prefix: str, language: str | None, name: str, args: tuple[Any, ...]
) -> str:
    with translation.override(language):
        return reverse(name, args=args)

"""Keys of rows that come from outside: an address, a form, a signed text."""

from __future__ import annotations

from typing import Any


def is_key(text: Any) -> bool:
    """Whether a database can be asked for a row with that key; “²” is a digit and no key."""
    digits = str(text)
    return digits.isascii() and digits.isdigit() and len(digits) < 19


def key_of(text: Any) -> int:
    """The key, or 0, which no row has."""
    return int(text) if is_key(text) else 0

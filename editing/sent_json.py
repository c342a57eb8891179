"""JSON that comes from outside."""

from __future__ import annotations

import json
from typing import Any


def read_json(sent: bytes | str) -> Any:
    """Without NUL, which no database takes. Raises ValueError for whatever cannot be read, also for
    lists in lists without end."""
    try:
        return _without_nul(json.loads(sent))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_without_nul(each) for each in value]
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(each) for name, each in value.items()}
    return value

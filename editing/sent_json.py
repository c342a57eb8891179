"""JSON that comes from outside."""

from __future__ import annotations

import json
from typing import Any


def read_json(sent: bytes | str) -> Any:
    """Raises ValueError for whatever cannot be read, also for lists in lists without end."""
    try:
        return json.loads(sent)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error

"""Cells that spreadsheets must not take for formulas (OWASP, “CSV injection”)."""

from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def inert(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

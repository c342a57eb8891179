"""What may stand behind the question mark: read strictly, so that a slip is told and not ignored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import QueryDict

from editing.keys import is_key
from portal.api.problems import ParameterRefused

LONGEST = 100  # characters of any value


@dataclass(frozen=True)
class Parameter:
    name: str
    description: str
    schema: dict[str, Any]
    read: Callable[[str], Any]
    default: Any = None


def read_all(given: QueryDict, parameters: list[Parameter]) -> dict[str, Any]:
    """Raises ParameterRefused for what cannot be read, and for what nobody knows."""
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            names = ", ".join(known) or "none"
            raise ParameterRefused(name[:LONGEST], f"Unknown here; known are: {names}.")
    return {name: _value(given, known[name]) for name in known}


def _value(given: QueryDict, parameter: Parameter) -> Any:
    text = given.get(parameter.name)
    if text is None:
        return parameter.default
    if len(text) > LONGEST:
        raise ParameterRefused(parameter.name, "Too long.")
    try:
        return parameter.read(text)
    except ValueError as error:
        raise ParameterRefused(parameter.name, str(error)) from error


def _language(text: str) -> str:
    codes = [code for code, _name in settings.LANGUAGES]
    if text not in codes:
        raise ValueError(f"One of: {', '.join(codes)}.")
    return text


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("A day such as 2026-11-24.") from None
    if not 1900 <= day.year <= 2200:  # a moment near the ends of the calendar has no UTC
        raise ValueError("A day from 1900 to 2200.")
    return day


def _key(text: str) -> int:
    if not is_key(text):
        raise ValueError("The id of a row: a whole number.")
    return int(text)


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("“true” or “false”.")
    return text == "true"


def language() -> Parameter:
    codes = [code for code, _name in settings.LANGUAGES]
    text = "Of the answer. Names that have no translation are given in the first language."
    schema = {"type": "string", "enum": codes, "default": settings.LANGUAGE_CODE}
    return Parameter("language", text, schema, _language, settings.LANGUAGE_CODE)


def limit(most: int, default: int) -> Parameter:
    def read(text: str) -> int:
        if not (is_key(text) and 1 <= int(text) <= most):
            raise ValueError(f"A whole number from 1 to {most}.")
        return int(text)

    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return Parameter("limit", "At most so many rows.", schema, read, default)


def text(name: str, description: str) -> Parameter:
    return Parameter(name, description, {"type": "string", "maxLength": LONGEST}, str)


def day(name: str, description: str) -> Parameter:
    return Parameter(name, description, {"type": "string", "format": "date"}, _day)


def key(name: str, description: str) -> Parameter:
    return Parameter(name, description, {"type": "integer", "minimum": 0}, _key)


def flag(name: str, description: str) -> Parameter:
    return Parameter(name, description, {"type": "boolean"}, _flag)

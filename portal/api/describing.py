"""The description in OpenAPI 3.1, made of the shapes and of the table of entrances."""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from portal.api import shapes
from portal.api.entrances import ENTRANCES, Entrance

Schema = dict[str, Any]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}


def description() -> Schema:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "What this portal publishes",
            "version": "1",
            "description": (
                "Read-only, without a key and without cookies. Everything here also stands on the "
                "public pages. Days and times are those of Viet Nam. Name the agency as the source."
            ),
        },
        "servers": [{"url": f"{settings.SITE_URL}/api/v1"}],
        "paths": {entrance.template: {"get": _operation(entrance)} for entrance in ENTRANCES},
        "components": {"schemas": schemas(), "responses": {"problem": _problem()}},
    }


def schemas() -> dict[str, Schema]:
    """Of every shape, by name."""
    found = [
        each
        for each in vars(shapes).values()
        if isinstance(each, type) and is_dataclass(each) and each is not shapes.Format
    ]
    return {each.__name__: _object(each) for each in found}


def _object(shape: Any) -> Schema:
    hints = typing.get_type_hints(shape, include_extras=True)
    names = [field.name for field in fields(shape)]
    return {
        "type": "object",
        "properties": {name: _schema(hints[name]) for name in names},
        "required": names,
        "additionalProperties": False,
    }


def _schema(hint: Any) -> Schema:
    if typing.get_origin(hint) is typing.Annotated:
        inner, *notes = typing.get_args(hint)
        schema = _schema(inner)
        for note in notes:
            is_format = isinstance(note, shapes.Format)
            schema |= {"format": note.name} if is_format else {"description": note}
        return schema
    if typing.get_origin(hint) is list:
        return {"type": "array", "items": _schema(typing.get_args(hint)[0])}
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        given = next(each for each in typing.get_args(hint) if each is not types.NoneType)
        return {"anyOf": [_schema(given), {"type": "null"}]}
    if is_dataclass(hint):
        return {"$ref": f"#/components/schemas/{hint.__name__}"}  # type: ignore[union-attr]
    return dict(_PLAIN[hint])


def _operation(entrance: Entrance) -> Schema:
    places = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}
        for name in entrance.places
    ]
    queries = [
        {
            "name": each.name,
            "in": "query",
            "description": each.description,
            "schema": each.schema,
        }
        for each in entrance.parameters()
    ]
    problems = {"400", "405", *(("404", "410") if entrance.places else ())}
    return {
        "operationId": entrance.name,
        "summary": entrance.summary,
        "parameters": places + queries,
        "responses": {
            "200": _answer(entrance.answer),
            "304": {"description": "As it was: the ETag that was sent still holds."},
            **{code: {"$ref": "#/components/responses/problem"} for code in sorted(problems)},
        },
    }


def _answer(shape: type) -> Schema:
    reference = {"$ref": f"#/components/schemas/{shape.__name__}"}
    headers = {"ETag": {"schema": {"type": "string"}}}
    content = {"application/json": {"schema": reference}}
    return {"description": "What was asked for.", "headers": headers, "content": content}


def _problem() -> Schema:
    reference = {"$ref": "#/components/schemas/Problem"}
    content = {"application/problem+json": {"schema": reference}}
    return {"description": "What is wrong (RFC 9457).", "content": content}

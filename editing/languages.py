"""The languages of the site, whichever the settings name, and the columns that texts have in them."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.db.models import CharField, Q, Value
from django.db.models.functions import Coalesce
from modeltranslation.utils import build_localized_fieldname


def codes() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


@cache
def column(field: str, code: str) -> str:
    """Of a translated field: “name_vi”, “name_zh_hans”."""
    return str(build_localized_fieldname(field, code))


def columns(field: str) -> list[str]:
    return [column(field, code) for code in codes()]


def text_in(field: str, code: str, *, of: str = "") -> Coalesce:
    """In this language, or else in the first that has it; `of` leads to the row: “category__”."""
    names = dict.fromkeys([column(field, code), *columns(field)])
    return Coalesce(*(of + name for name in names), Value(""), output_field=CharField())


def called(field: str, value: str) -> Q:
    """Rows whose field has this value in any language."""
    found = Q()
    for name in columns(field):
        found |= Q(**{name: value})
    return found

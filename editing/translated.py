"""Texts that exist in some languages only: what is shown, and in which language it is."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.html import conditional_escape, format_html
from django.utils.translation import get_language
from modeltranslation.utils import resolution_order

from editing.languages import column


def language_of(row: Any, field: str) -> str:
    """Of the text that a page in the current language shows: its own, or that which takes its place."""
    return _found(row, field, _current())[1]


def plain_text_of(row: Any, field: str) -> str:
    """A translated text of a row that is no model, but has all of its columns."""
    return _found(row, field, _current())[0]


def text_of(row: Any, field: str) -> str:
    """HTML of a translated text, marked where it is not in the language of the page."""
    current = _current()
    text, code = _found(row, field, current)
    if code == current or not text:
        return conditional_escape(text)
    return format_html('<span lang="{}">{}</span>', code, text)


def _current() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _found(row: Any, field: str, language: str) -> tuple[str, str]:
    for name, code in _in_order(field, language):
        if text := getattr(row, name, None):
            return text, code
    return getattr(row, field) or "", code


@cache
def _in_order(field: str, language: str) -> list[tuple[str, str]]:
    """The columns in which the text is looked for, each with its language."""
    return [(column(field, code), code) for code in resolution_order(language)]

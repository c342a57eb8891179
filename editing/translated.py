"""Texts that exist in some languages only: what is shown, and in which language it is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.html import conditional_escape, format_html
from django.utils.translation import get_language
from modeltranslation.utils import resolution_order

from editing.languages import column


def language_of(row: Any, field: str) -> str:
    """Of the text that a page in the current language shows: its own, or that which takes its place."""
    order = resolution_order(get_language() or settings.LANGUAGE_CODE)
    return next((code for code in order if getattr(row, column(field, code), None)), order[-1])


def text_of(row: Any, field: str) -> str:
    """HTML of a translated text, marked where it is not in the language of the page."""
    current = get_language() or settings.LANGUAGE_CODE
    order = resolution_order(current)
    found = ((getattr(row, column(field, code), None), code) for code in order)
    text, code = next((each for each in found if each[0]), ("", ""))
    if not text:
        text, code = getattr(row, field), order[-1]
    if not text:
        return ""
    if code == current:
        return conditional_escape(text)
    return format_html('<span lang="{}">{}</span>', code, text)

"""Texts that exist in some languages only: what is shown, and in which language it is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.html import conditional_escape, format_html
from django.utils.translation import get_language


def language_of(row: Any, field: str) -> str:
    """Of the text that a page in the current language shows: its own, or else Vietnamese."""
    language = get_language() or settings.LANGUAGE_CODE
    is_own = bool(getattr(row, f"{field}_{language}", None))
    return language if is_own else settings.LANGUAGE_CODE


def text_of(row: Any, field: str) -> str:
    """HTML of a translated text, marked where it is not in the language of the page."""
    text, language = getattr(row, field) or "", language_of(row, field)
    if not text or language == (get_language() or settings.LANGUAGE_CODE):
        return conditional_escape(text)
    return format_html('<span lang="{}">{}</span>', language, text)

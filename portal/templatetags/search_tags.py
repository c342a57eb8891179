"""Addresses of search pages."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from portal.search.answers import Answer

register = template.Library()


@register.simple_tag
def search_url(**values: Any) -> str:
    return f"{reverse('search')}?{urlencode({name: text for name, text in values.items() if text})}"


@register.simple_tag
def search_page(answer: Answer, step: int) -> str:
    """The same search, some pages further."""
    chosen = answer.filters
    return search_url(
        q=answer.query,
        kind=chosen.kind,
        category=chosen.category,
        year=chosen.year,
        page=answer.page + step,
    )

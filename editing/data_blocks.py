"""Blocks of data in a page, which no browser runs."""

from __future__ import annotations

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

# What could end the element or begin another, as JSON writes it.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def linked_data(data: Any) -> SafeString:
    """JSON-LD for search engines (schema.org)."""
    return format_html('<script type="application/ld+json">{}</script>', _Json(data))


class _Json:
    """JSON that is safe inside a script element."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def __html__(self) -> str:
        return json.dumps(self.data, ensure_ascii=False).translate(_ESCAPES)

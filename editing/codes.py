"""QR codes that a printer draws sharply: SVG, black on white in the dark too."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import groupby

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

CONTENT_TYPE = "image/svg+xml"
_ANY_MASK = 3  # readers accept each
_BORDER = 4  # modules of white around it, as the standard asks


def qr_svg(text: str) -> bytes:
    """The text as UTF-8, readable with a seventh of the picture gone (level M)."""
    picture = io.BytesIO()
    code = _code(text)
    code.save(picture, kind="svg", border=_BORDER, scale=4, dark="#000", light="#fff", xmldecl=True)
    return picture.getvalue()


def qr_in_page(text: str) -> SafeString:
    """The same as an element of the page, which is there when the page is printed."""
    # Every article has one: trying all eight masks for the evenest costs four times the code itself.
    rows = _code(text, mask=_ANY_MASK).matrix
    size = len(rows) + 2 * _BORDER
    modules = "".join(_strokes(row, y + _BORDER) for y, row in enumerate(rows))
    return format_html(
        '<svg class="code" viewBox="0 0 {0} {0}" width="96" height="96" aria-hidden="true">'
        '<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path stroke="#000" d="{1}"/></svg>',
        size,
        modules,
    )


def _strokes(row: Sequence[int], y: int) -> str:
    """One for dark modules side by side: along their middle, as wide as they are high."""
    strokes, gap = [f"M{_BORDER} {y}.5"], 0
    for is_dark, modules in groupby(row):
        width = len(list(modules))
        if is_dark:
            strokes.append(f"m{gap} 0h{width}" if gap else f"h{width}")
        gap = width
    return "".join(strokes)


def _code(text: str, mask: int | None = None) -> segno.QRCode:
    return segno.make_qr(text, error="m", encoding="utf-8", mask=mask)

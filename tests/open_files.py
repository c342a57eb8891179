"""OpenDocument texts for tests, put together as LibreOffice does."""

from __future__ import annotations

import zipfile
from io import BytesIO

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_NAMES = {
    **{name: f"{_OASIS}:{name}:1.0" for name in ("office", "style", "text", "table")},
    "fo": f"{_OASIS}:xsl-fo-compatible:1.0",
    "draw": f"{_OASIS}:drawing:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
}
_NAMESPACES = " ".join(f'xmlns:{name}="{address}"' for name, address in _NAMES.items())


def letters(name: str, **rules: str) -> str:
    """A style of letters: `letters("Dam", fo_font_weight="bold")`."""
    said = " ".join(
        f'{key.replace("_", ":", 1).replace("_", "-")}="{value}"' for key, value in rules.items()
    )
    return f'<style:style style:name="{name}"><style:text-properties {said}/></style:style>'


def list_style(name: str, *levels: str) -> str:
    """`levels`: the attributes of each level that counts; empty for a bullet."""
    rows = "".join(
        f'<text:list-level-style-number text:level="{at}" {said}/>'
        if said
        else f'<text:list-level-style-bullet text:level="{at}"/>'
        for at, said in enumerate(levels, start=1)
    )
    return f'<text:list-style style:name="{name}">{rows}</text:list-style>'


def open_file(body: str, styles: str = "", **parts: bytes) -> BytesIO:
    content = (
        f'<?xml version="1.0"?><office:document-content {_NAMESPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", parts.pop("content", content.encode()))
        for name, part in parts.items():
            package.writestr(name, part)
    file.seek(0)
    return file

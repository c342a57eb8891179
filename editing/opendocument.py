"""OpenDocument texts (.odt), as LibreOffice writes them, as HTML for `editing.pasting`.

What its styles say is written as CSS, which is what pasted text says too: bold, old fonts and raised
letters are understood in one place.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO
from xml.etree.ElementTree import Element

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image

from editing.numbering import attribute, child, children, local, written
from editing.packages import BROKEN, check_size, content_if_there, part_if_there, read_part
from editing.shown_pictures import Look, as_shown
from editing.word import WordText

_KINDS = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
}
# None of it is text of the document.
_SILENT = {
    *("tracked-changes", "annotation", "annotation-end", "forms", "ruby-text", "desc", "title"),
    *("sequence-decls", "variable-decls", "user-field-decls", "table-of-content-source"),
    *("index-title-template", "alphabetical-index-source", "illustration-index-source"),
    *("table-column", "event-listeners", "hidden-text", "note-citation", "covered-table-cell"),
}
_BLOCKS = {"p", "h", "list", "table", "section"}
MOST_SPACES = 100


def read_opendocument(file: IO[bytes]) -> WordText:
    """Raises ValidationError, for whoever brought the file, when it cannot be read."""
    try:
        with zipfile.ZipFile(file) as package:
            check_size(package)
            return _Text(package).read()
    except (*BROKEN, RecursionError) as error:
        raise ValidationError(_why_not(file), code="unreadable") from error
    finally:
        file.seek(0)


def _why_not(file: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(file) as package:
            if b"encryption-data" in content_if_there(package, "META-INF/manifest.xml"):
                return _("This file has a password. Save it again without one.")
    except BROKEN:
        pass
    return _("This is no OpenDocument text that can be read. Save it as .docx or .odt again.")


@dataclass
class _Text:
    package: zipfile.ZipFile
    pictures: list[bytes] = field(default_factory=list)
    changes: Counter[str] = field(default_factory=Counter)
    _notes: list[str] = field(default_factory=list)
    # What stands beside a paragraph: boxes and shapes.
    _beside: list[str] = field(default_factory=list)
    _counted: dict[str, int] = field(default_factory=dict)

    def read(self) -> WordText:
        content = read_part(self.package, "content.xml")
        roots = [content, part_if_there(self.package, "styles.xml")]
        self._styles = {
            (local(row), attribute(row, "name")): row
            for root in roots
            for sheet in ("automatic-styles", "styles")
            for row in _rows(child(root, sheet))
        }
        text = child(content, "body", "text")
        if text is None:
            raise KeyError("text")
        source = self._blocks(text)
        return WordText(source + "".join(self._notes), self.pictures, self.changes)

    # Styles

    def _chain(self, name: str) -> Iterator[Element]:
        seen: set[str] = set()
        while name not in seen and (row := self._styles.get(("style", name))) is not None:
            seen.add(name)
            yield row
            name = attribute(row, "parent-style-name")

    def _css(self, element: Element) -> str:
        """Of the letters; nothing for letters that look like those around them."""
        rules: dict[str, str] = {}
        for row in self._chain(attribute(element, "style-name")):
            look = child(row, "text-properties")
            if look is None:
                continue
            for name in ("font-weight", "font-style", "font-family"):
                if value := attribute(look, name):
                    rules.setdefault(name, value)
            if font := attribute(look, "font-name"):
                rules.setdefault("font-family", font)
            if position := attribute(look, "text-position"):
                rules.setdefault("vertical-align", _vertical(position.split()[0]))
            if attribute(look, "display") == "none":
                rules["display"] = "none"
        return ";".join(f"{name}:{value}" for name, value in rules.items())

    # Blocks

    def _blocks(self, element: Element) -> str:
        return "".join(self._block(each) for each in element)

    def _block(self, element: Element) -> str:
        name = local(element)
        if name in _SILENT:
            return ""
        if name == "table-of-content":
            self.changes["contents"] += 1
            return ""
        if attribute(element, "display") == "none" or attribute(element, "is-hidden") == "true":
            self.changes["hidden"] += 1
            return ""
        if name in ("p", "h"):
            return self._paragraph(element)
        if name == "list":
            return self._list(element, 1, attribute(element, "style-name"))
        if name == "table":
            return self._table(element)
        if name in ("frame", "g", "custom-shape", "rect", "ellipse", "line", "text-box"):
            self._draw(element)
            beside, self._beside = "".join(self._beside), []
            return beside
        return self._blocks(element)

    def _paragraph(self, element: Element) -> str:
        outer, self._beside = self._beside, []
        words = self._inline(element)
        beside, self._beside = "".join(self._beside), outer
        css = self._css(element)
        if "display:none" in css:
            self.changes["hidden"] += bool(words.strip())
            return beside
        names = {attribute(row, "name") for row in self._chain(attribute(element, "style-name"))}
        level = attribute(element, "outline-level")
        tag = f"h{min(int(level), 6)}" if level.isdecimal() and int(level) else "p"
        tag = "h1" if "Title" in names else tag
        words = f'<span style="{html.escape(css)}">{words}</span>' if css and tag == "p" else words
        return f"<{tag}>{words}</{tag}>{beside}"

    def _table(self, element: Element) -> str:
        rows = []
        for row in _own_rows(element):
            cells = (self._cell(cell) for cell in children(row, "table-cell"))
            rows.append(f"<tr>{''.join(cells)}</tr>")
        return f"<table>{''.join(rows)}</table>"

    def _cell(self, cell: Element) -> str:
        spans = "".join(
            f' {name}="{number}"'
            for name, key in (
                ("colspan", "number-columns-spanned"),
                ("rowspan", "number-rows-spanned"),
            )
            if (number := attribute(cell, key)).isdecimal() and number != "1"
        )
        return f"<td{spans}>{self._blocks(cell)}</td>"

    # Lists

    def _list(self, element: Element, level: int, style: str) -> str:
        rule = self._rule(style, level)
        goes_on = attribute(element, "continue-numbering") == "true" or attribute(
            element, "continue-list"
        )
        key = f"{style} {level}"
        number = self._counted.get(key, 0) if goes_on else 0
        parts, points = [], []
        kind = attribute(rule, "num-format") if rule is not None else ""
        start = attribute(rule, "start-value")
        number = int(start) - 1 if start.isdecimal() and not goes_on else number
        around = attribute(rule, "num-prefix"), attribute(rule, "num-suffix")
        is_plain = not (around[0].strip(" (") or around[1].strip(" ).")) and kind in (*_KINDS, "")
        first = number + 1
        for point in element:
            if local(point) not in ("list-item", "list-header"):
                continue
            if (own := attribute(point, "start-value")).isdecimal():
                number = int(own) - 1
            number += local(point) == "list-item"
            words = "".join(
                self._list(each, level + 1, attribute(each, "style-name") or style)
                if local(each) == "list"
                else self._block(each)
                for each in point
            )
            if kind and not is_plain:
                label = html.escape(
                    around[0] + written(number, _KINDS.get(kind, "decimal")) + around[1]
                )
                parts.append(re.sub(r"^(<\w+[^>]*>)", rf"\g<1>{label} ", words, count=1))
            else:
                points.append(f"<li>{words}</li>")
        self._counted[key] = number
        if parts:
            return "".join(parts)
        if not kind:
            return f"<ul>{''.join(points)}</ul>"
        begins = f' start="{first}"' if first > 1 else ""
        counts = f' type="{kind}"' if kind != "1" else ""
        return f"<ol{begins}{counts}>{''.join(points)}</ol>"

    def _rule(self, style: str, level: int) -> Element | None:
        rows = _rows(self._styles.get(("list-style", style)))
        rule = next((each for each in rows if attribute(each, "level") == str(level)), None)
        return rule if rule is not None and local(rule).endswith("style-number") else None

    # Inside a paragraph

    def _inline(self, element: Element) -> str:
        parts = [html.escape(element.text or "")]
        for each in element:
            parts += [self._piece(each), html.escape(each.tail or "")]
        return "".join(parts)

    def _piece(self, element: Element) -> str:
        name = local(element)
        if name in _SILENT:
            return ""
        if name == "s":
            count = attribute(element, "c")
            return " " * (min(int(count), MOST_SPACES) if count.isdecimal() else 1)
        if name in ("tab", "line-break"):
            return " " if name == "tab" else "<br>"
        if name == "note":
            return self._note(element)
        if name in (
            "frame",
            "g",
            "custom-shape",
            "rect",
            "ellipse",
            "line",
            "a",
        ) and self._is_drawn(element):
            return self._draw(element)
        words = self._inline(element)
        if name == "a":
            return f'<a href="{html.escape(attribute(element, "href"))}">{words}</a>'
        css = self._css(element) if name == "span" else ""
        if "display:none" in css:
            self.changes["hidden"] += bool(words.strip())
            return ""
        return f'<span style="{html.escape(css)}">{words}</span>' if css else words

    def _note(self, element: Element) -> str:
        sign, body = child(element, "note-citation"), child(element, "note-body")
        citation = html.escape("".join(sign.itertext())) if sign is not None else ""
        words = self._blocks(body) if body is not None else ""
        self._notes.append(re.sub(r"^<p>", f"<p>{citation}. ", words, count=1))
        return f"<sup>[{citation}]</sup>"

    # Drawings

    def _is_drawn(self, element: Element) -> bool:
        return str(element.tag).startswith("{urn:oasis:names:tc:opendocument:xmlns:drawing")

    def _draw(self, element: Element) -> str:
        """A picture stands where its frame does; the text of shapes stands after the paragraph."""
        found = []
        for each in element:
            name = local(each)
            if name in ("object", "object-ole"):
                found.append(self._object(each))
                break
            if name == "image" and attribute(each, "href"):
                found.append(self._picture(each, element))
                break
            if name in _BLOCKS or name == "text-box":
                self._beside.append(self._blocks(each) if name == "text-box" else self._block(each))
            elif self._is_drawn(each):
                found.append(self._draw(each))
        return "".join(found)

    def _object(self, element: Element) -> str:
        """An equation has words; of a chart only a picture could be taken."""
        name = attribute(element, "href").removeprefix("./")
        root = part_if_there(self.package, f"{name}/content.xml")
        if root is None or local(root) != "math":
            self.changes["diagrams"] += 1
            return ""
        self.changes["equations"] += 1
        typed = next((each.text for each in root.iter() if local(each) == "annotation"), None)
        return html.escape(typed or "".join(root.itertext()))

    def _picture(self, image: Element, frame: Element) -> str:
        name = attribute(image, "href").removeprefix("./")
        content = b"" if "://" in name else content_if_there(self.package, name)
        look = Look(_cut_off(content, self._clip(frame)))
        self.pictures.append(as_shown(content, look) if content else b"")
        return f'<img src="data:,{len(self.pictures)}">'

    def _clip(self, frame: Element) -> str:
        for row in self._chain(attribute(frame, "style-name")):
            if clip := attribute(child(row, "graphic-properties"), "clip"):
                return clip
        return ""


def _vertical(position: str) -> str:
    """“super”, “sub” or a share of the height, up or down."""
    if position in ("super", "sub"):
        return position
    return "sub" if position.startswith("-") else "baseline" if position == "0%" else "super"


def _rows(element: Element | None) -> list[Element]:
    return [] if element is None else list(element)


def _own_rows(table: Element) -> list[Element]:
    """The rows of a table, in groups or not, but of none inside it."""
    rows: list[Element] = []
    for each in table:
        if local(each) == "table-row":
            rows.append(each)
        elif local(each) in ("table-rows", "table-header-rows", "table-row-group"):
            rows += _own_rows(each)
    return rows


_INCHES = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72}
_LENGTH = re.compile(r"(-?[\d.]+)(in|cm|mm|pt)")
_USUAL_DENSITY = 96  # pixels an inch, where a picture does not say


def _cut_off(content: bytes, clip: str) -> tuple[float, ...]:
    """How much of the picture is cut off left, top, right and bottom, from 0 to 1; a clip tells top,
    right, bottom, left as lengths of the whole picture."""
    lengths = [float(number) * _INCHES[unit] for number, unit in _LENGTH.findall(clip)]
    if len(lengths) != 4 or not any(lengths):
        return (0, 0, 0, 0)
    try:
        picture = Image.open(BytesIO(content))
        density = float(picture.info.get("dpi", (_USUAL_DENSITY,))[0]) or _USUAL_DENSITY
        width, height = picture.width / density, picture.height / density
    except Exception:  # noqa: BLE001 - Pillow's decoders raise many kinds
        return (0, 0, 0, 0)
    top, right, bottom, left = lengths
    shares = (left / width, top / height, right / width, bottom / height)
    return tuple(min(max(share, 0), 0.99) for share in shares)

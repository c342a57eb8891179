"""What the styles of a Word file say of its paragraphs and letters, and what the letters say themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from editing.numbering import attribute, child, children
from vietnamese.legacy import encoding_of_font

_HEADING = re.compile(r"heading ([1-6])$")


@dataclass
class Styles:
    rows: dict[str, Element] = field(default_factory=dict)
    default: str = ""
    letters: list[Element] = field(default_factory=list)

    @classmethod
    def of(cls, root: Element | None) -> Styles:
        letters = child(root, "docDefaults", "rPrDefault", "rPr")
        styles = cls(letters=[] if letters is None else [letters])
        for row in children(root, "style"):
            key = attribute(row, "styleId")
            styles.rows.setdefault(key, row)
            is_default = attribute(row, "default") in ("1", "true", "on")
            if is_default and attribute(row, "type") in ("paragraph", ""):
                styles.default = key
        return styles

    def _chain(self, key: str) -> Iterator[Element]:
        """A style and all that it is based on."""
        seen: set[str] = set()
        while key in self.rows and key not in seen:
            seen.add(key)
            yield self.rows[key]
            key = attribute(child(self.rows[key], "basedOn"))

    def names(self, paragraph: Element) -> list[str]:
        rows = self._chain(style_of(paragraph))
        return [attribute(child(row, "name")).lower() for row in rows]

    def looks(self, paragraph: Element, run: Element) -> list[Element]:
        """The properties that hold for letters, their own first."""
        own = child(run, "rPr")
        rows = [
            *self._chain(attribute(child(own, "rStyle"))),
            *self._chain(style_of(paragraph) or self.default),
        ]
        found = [own, *(child(row, "rPr") for row in rows), *self.letters]
        return [look for look in found if look is not None]

    def settings(self, paragraph: Element) -> list[Element]:
        """The properties that hold for a paragraph, its own first."""
        rows = self._chain(style_of(paragraph) or self.default)
        found = [child(paragraph, "pPr"), *(child(row, "pPr") for row in rows)]
        return [each for each in found if each is not None]

    def heading(self, paragraph: Element) -> int:
        """1 to 6, or 0 for a paragraph that is no heading."""
        names = self.names(paragraph)
        if "title" in names:
            return 1
        for name in names:
            if match := _HEADING.match(name):
                return int(match[1])
        level = nearest(self.settings(paragraph), "outlineLvl")
        return int(level) + 1 if level in ("0", "1", "2", "3", "4", "5") else 0


def style_of(paragraph: Element) -> str:
    return attribute(child(paragraph, "pPr", "pStyle"))


def nearest(properties: Iterable[Element], name: str) -> str:
    """What the nearest that says anything of it says."""
    found = (each for look in properties if (each := child(look, name)) is not None)
    return attribute(next(found, None))


def is_so(looks: Iterable[Element], name: str) -> bool:
    for look in looks:
        if (found := child(look, name)) is not None:
            return attribute(found) not in ("0", "false", "off")
    return False


def font_of(looks: Iterable[Element]) -> str:
    """Letters with marks are drawn in the font for “high ANSI”."""
    for look in looks:
        fonts = child(look, "rFonts")
        names = [name for each in ("hAnsi", "ascii") if (name := attribute(fonts, each))]
        if names:
            return next((name for name in names if encoding_of_font(name)), names[0])
        if attribute(fonts, "asciiTheme") or attribute(fonts, "hAnsiTheme"):
            return ""
    return ""

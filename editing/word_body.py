"""The text of a Word file, made so plain that mammoth passes over nothing in it."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

from editing.equations import line_of
from editing.numbering import Label, Numbering, attribute, child, children, local
from editing.shown_pictures import Look, as_shown
from editing.word_styles import Styles, font_of, is_so, nearest, style_of
from vietnamese.legacy import convert, encoding_of_font, is_written_in

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# The only two lists that mammoth is told of.
_BULLETS, _NUMBERS = "1", "2"
_LEVELS = "".join(
    f'<w:abstractNum w:abstractNumId="{key}">'
    + "".join(f'<w:lvl w:ilvl="{at}"><w:numFmt w:val="{kind}"/></w:lvl>' for at in range(9))
    + "</w:abstractNum>"
    for key, kind in ((_BULLETS, "bullet"), (_NUMBERS, "decimal"))
)
NUMBERING = (
    f'<w:numbering xmlns:w="{_W[1:-1]}">{_LEVELS}'
    '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num></w:numbering>'
)
DEEPEST_LIST = 5  # of mammoth

# What stands for a number and for a picture until there is HTML; no such letter is in any text.
NUMBER_MARK = re.compile("\ue000(.)(\\d+)\ue001")
PICTURE_MARK = re.compile("\ue002(\\d+)\ue003")
_MARKS = re.compile("[\ue000-\ue003]")

# Elements around text that say nothing of it.
_AROUND = {"fldSimple", "bdo", "dir", "smartTag", "customXml", "ins", "moveTo"}
_DRAWINGS = {"drawing", "pict", "object"}
_DIAGRAMS = ("/chart", "/diagram", "/chartex")
_EQUATIONS = {"oMath", "oMathPara"}
_SIGNS = {"cr": "br", "ptab": "tab"}
# What fonts of pictures draw in the place of these letters.
_PICTURE_LETTERS = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0fc": "✓", "\uf0e0": "→", "\uf0d8": "➢"}
_PRIVATE = re.compile("[\uf000-\uf0ff]")


@dataclass(frozen=True)
class Link:
    """One thing that a part of the file refers to: another part, or an address outside."""

    type: str
    target: str
    is_outside: bool

    @property
    def kind(self) -> str:
        return self.type.rpartition("/")[2]

    @classmethod
    def of(cls, row: Element, folder: str) -> Link:
        target, kind = attribute(row, "Target"), attribute(row, "Type")
        is_outside = attribute(row, "TargetMode") == "External"
        if not is_outside:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        return cls(kind, target, is_outside)


@dataclass
class Body:
    styles: Styles
    numbering: Numbering
    texts: dict[str, Element]
    pictures: list[bytes] = field(default_factory=list)
    changes: Counter[str] = field(default_factory=Counter)
    _levels: list[int] = field(default_factory=list)
    _links: dict[str, Link] = field(default_factory=dict)
    _content: Callable[[str], bytes] = lambda _name: b""

    def __post_init__(self) -> None:
        self._notes = {
            (kind[:-1], attribute(note, "id"))
            for kind, root in self.texts.items()
            for note in root
            if kind != "document"
        }
        # An old font is often set over text that was typed in Unicode.
        self._has_unicode = any(
            any(map(_is_unicode, _texts(run)))
            for root in self.texts.values()
            for paragraph in root.iter()
            if local(paragraph) == "p"
            for run in children(paragraph, "r")
            if encoding_of_font(font_of(self.styles.looks(paragraph, run)))
        )

    def make_plain(
        self, root: Element, links: dict[str, Link], content: Callable[[str], bytes]
    ) -> None:
        """`content` gives the bytes of a part; none for one that is not there."""
        self._links, self._content, self._levels = links, content, []
        self._plain(root)

    def _plain(self, element: Element) -> None:
        element[:] = [each for inner in list(element) for each in self._instead(inner)]

    def _instead(self, element: Element) -> Iterable[Element]:
        """What stands in the place of an element."""
        name = local(element)
        if name == "p":
            return self._paragraph(element)
        if name == "AlternateContent":
            return self._alternative(element)
        if name in _DRAWINGS:
            return self._drawn(element)
        if name in _EQUATIONS:
            self.changes["equations"] += 1
            return [_run(line_of(element))]
        if name == "ruby":
            return [each for run in _runs(child(element, "rubyBase")) for each in run]
        if name in ("footnoteReference", "endnoteReference"):
            key = name.removesuffix("Reference"), attribute(element, "id")
            return [element] if key in self._notes else []
        if name == "sdt" and "contents" in _gallery(element):
            self.changes["contents"] += 1
            return []
        self._plain(element)
        if name in _AROUND:
            return list(element)
        if name == "sdt":
            content = child(element, "sdtContent")
            return [] if content is None else list(content)
        if name == "hyperlink" and not self._leads_somewhere(element):
            return list(element)
        if name in _SIGNS:
            element.tag = _W + _SIGNS[name]
        if name == "t":
            element.text = _PRIVATE.sub(_picture_letter, _MARKS.sub("", element.text or ""))
        return [element]

    def _leads_somewhere(self, hyperlink: Element) -> bool:
        link = self._links.get(attribute(hyperlink, "id"))
        is_outside = link is not None and link.is_outside
        return is_outside or bool(attribute(hyperlink, "anchor"))

    # Paragraphs

    def _paragraph(self, paragraph: Element) -> Iterable[Element]:
        if self._is_of_contents(paragraph):
            self.changes["contents"] += 1
            return []
        settings = self.styles.settings(paragraph)
        heading = self.styles.heading(paragraph)
        label = self._label(paragraph, settings)
        self._convert_old_letters(paragraph)
        for run in list(_runs(paragraph)):
            self._show(paragraph, run, is_heading=bool(heading))
        self._plain(paragraph)
        self._set(paragraph, heading, label, settings)
        return [paragraph]

    def _is_of_contents(self, paragraph: Element) -> bool:
        """A line of a table of contents, which ends with the number of a page."""
        is_named_so = any(name.startswith("toc ") for name in self.styles.names(paragraph))
        return is_named_so and any(
            local(each) == "tab" or "PAGEREF" in (each.text or "") for each in paragraph.iter()
        )

    def _label(self, paragraph: Element, settings: list[Element]) -> Label | None:
        for each in settings:
            if (rules := child(each, "numPr")) is not None:
                key = attribute(child(rules, "numId"))
                level = attribute(child(rules, "ilvl"))
                if not key:
                    continue
                at = int(level) if level.isdecimal() else None
                if at is None:
                    at = self.numbering.level_of_style(key, style_of(paragraph))
                return self.numbering.label(key, at)
        return None

    def _set(
        self, paragraph: Element, heading: int, label: Label | None, settings: list[Element]
    ) -> None:
        """Says in one way what styles and rules have said in many."""
        level = 0
        if label and label.kind and not heading:
            level = self._level(_depth(settings))
        else:
            self._levels.clear()
        place = child(paragraph, "pPr")
        if place is not None:
            paragraph.remove(place)
        kept = Element(f"{_W}pPr")
        if place is not None and (end := child(place, "rPr")) is not None:
            kept.append(end)  # whether a tracked change has deleted the end of the paragraph
        if heading:
            SubElement(kept, f"{_W}pStyle", {f"{_W}val": f"Heading{heading}"})
        if level:
            rules = SubElement(kept, f"{_W}numPr")
            SubElement(rules, f"{_W}ilvl", {f"{_W}val": str(level - 1)})
            key = _BULLETS if label and label.kind == "bullet" else _NUMBERS
            SubElement(rules, f"{_W}numId", {f"{_W}val": key})
        if label and (text := _shown(label, is_point=bool(level))):
            paragraph.insert(0, _run(text))
        paragraph.insert(0, kept)

    def _level(self, depth: int) -> int:
        """From 1, without gaps: a list may begin at Word's second level."""
        while self._levels and self._levels[-1] > depth:
            self._levels.pop()
        if not self._levels or self._levels[-1] < depth:
            self._levels.append(depth)
        return min(len(self._levels), DEEPEST_LIST)

    # Letters

    def _convert_old_letters(self, paragraph: Element) -> None:
        """Decided for a paragraph: one may be old, and the next typed in Unicode in the same font."""
        old = [
            (run, font)
            for run in _runs(paragraph)
            if encoding_of_font(font := font_of(self.styles.looks(paragraph, run)))
        ]
        for encoding in {encoding_of_font(font) for _run, font in old}:
            runs = [(run, font) for run, font in old if encoding_of_font(font) is encoding]
            text = " ".join(text for run, _font in runs for text in _texts(run))
            if not encoding or not is_written_in(text, encoding, in_doubt=not self._has_unicode):
                continue
            for run, font in runs:
                for each in children(run, "t"):
                    converted = convert(each.text or "", encoding, font=font)
                    self.changes[encoding.value.lower()] += converted != each.text
                    each.text = converted

    def _show(self, paragraph: Element, run: Element, *, is_heading: bool) -> None:
        """Hidden letters go; what a style says of others stands on themselves."""
        looks = self.styles.looks(paragraph, run)
        if is_so(looks, "vanish"):
            self.changes["hidden"] += any(text.strip() for text in _texts(run))
            for name in ("t", "tab", "br"):
                for each in list(children(run, name)):
                    run.remove(each)
            return
        own = child(run, "rPr")
        look = Element(f"{_W}rPr")
        for name in ("b", "i"):
            if is_so(looks, name) and not (is_heading and name == "b"):
                SubElement(look, f"{_W}{name}")
        place = child(own, "vertAlign")
        if place is not None and not any(local(each).endswith("Reference") for each in run):
            look.append(place)
        if own is not None:
            run.remove(own)
        run.insert(0, look)

    # Drawings

    def _alternative(self, element: Element) -> list[Element]:
        """The same in two ways; the first that shows something."""
        for name in ("Choice", "Fallback"):
            for way in children(element, name):
                if found := self._drawn(way):
                    return found
        for way in (*children(element, "Fallback"), *children(element, "Choice")):
            self._plain(way)
            return list(way)
        return []

    def _drawn(self, element: Element) -> list[Element]:
        """Text boxes and pictures, however deep in shapes and groups."""
        found: list[Element] = []
        for each in element:
            name = local(each)
            if name == "txbxContent":
                self._plain(each)
                box = Element(f"{_W}pict")
                box.append(each)
                found.append(box)
            elif name == "txBody":
                lines = ["".join(_all_text(line)) for line in children(each, "p")]
                box = Element(f"{_W}pict")
                SubElement(box, f"{_W}txbxContent").extend(map(_paragraph, lines))
                found.append(box)
            elif name in ("pic", "imagedata"):
                found += self._picture(each)
            elif name == "AlternateContent":
                found += self._alternative(each)
            else:
                if attribute(each, "uri").endswith(_DIAGRAMS):
                    self.changes["diagrams"] += 1
                found += self._drawn(each)
        return found

    def _picture(self, element: Element) -> list[Element]:
        blip = child(element, "blipFill", "blip")
        key = attribute(element, "id") if blip is None else _reference(blip)
        link = self._links.get(key)
        if link is None:
            return []
        content = b"" if link.is_outside else self._content(link.target)
        self.pictures.append(as_shown(content, Look.of_word(element)))
        sign = Element(f"{_W}t")
        sign.text = f"\ue002{len(self.pictures)}\ue003"
        return [sign]


def _gallery(element: Element) -> str:
    kind = child(element, "sdtPr", "docPartObj", "docPartGallery")
    return attribute(kind).lower()


def _reference(blip: Element) -> str:
    return attribute(blip, "embed") or attribute(blip, "link")


def _runs(element: Element | None) -> Iterator[Element]:
    """The runs of a paragraph, also those inside links and changes, but of no paragraph inside it."""
    for each in () if element is None else element:
        name = local(each)
        if name == "r":
            yield each
        elif name not in ("p", "pPr", "tbl", *_DRAWINGS):
            yield from _runs(each)


def _texts(run: Element) -> list[str]:
    return [each.text or "" for each in children(run, "t")]


def _all_text(element: Element) -> list[str]:
    return [each.text or "" for each in element.iter() if local(each) == "t"]


def _paragraph(text: str) -> Element:
    paragraph = Element(f"{_W}p")
    paragraph.append(_run(text))
    return paragraph


def _is_unicode(text: str) -> bool:
    return any(ord(letter) > 0xFF and letter.isalpha() for letter in text)


def _run(text: str) -> Element:
    run = Element(f"{_W}r")
    SubElement(run, f"{_W}t").text = text
    return run


def _depth(settings: list[Element]) -> int:
    level = nearest([rules for each in settings for rules in children(each, "numPr")], "ilvl")
    return int(level) if level.isdecimal() else 0


def _shown(label: Label, *, is_point: bool) -> str:
    """What is put before the text: a mark for what a list of HTML counts itself, else the words."""
    if label.kind == "bullet":
        return ""
    if is_point:
        return f"\ue000{label.kind}{label.number}\ue001"
    return f"{label.text} " if label.text else ""


def _picture_letter(letter: re.Match[str]) -> str:
    return _PICTURE_LETTERS.get(letter[0], "")

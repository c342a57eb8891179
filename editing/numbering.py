"""The numbers that Word writes before paragraphs: it keeps rules, and counts while it draws."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

# What HTML calls the ways to count that its lists know.
HTML_TYPES = {
    "decimal": "1",
    "lowerLetter": "a",
    "upperLetter": "A",
    "lowerRoman": "i",
    "upperRoman": "I",
}
_PLAIN = re.compile(r"\(?%\d[.)]?")
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


def local(element: Element) -> str:
    """The name of an element without its namespace: there are two, of the same words."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Element | None, name: str = "val") -> str:
    items = () if element is None else element.attrib.items()
    return next((value for key, value in items if key.rpartition("}")[2] == name), "")


def child(element: Element | None, *path: str) -> Element | None:
    for name in path:
        element = next(children(element, name), None)
    return element


def children(element: Element | None, name: str) -> Iterator[Element]:
    yield from (each for each in (() if element is None else element) if local(each) == name)


@dataclass(frozen=True)
class Rule:
    """How one level of a list counts."""

    start: int = 1
    kind: str = "decimal"
    text: str = ""
    style: str = ""

    @classmethod
    def of(cls, level: Element) -> Rule:
        start = attribute(child(level, "start"))
        return cls(
            int(start) if start.isdecimal() else 1,
            attribute(child(level, "numFmt")) or "decimal",
            attribute(child(level, "lvlText")),
            attribute(child(level, "pStyle")),
        )


@dataclass(frozen=True)
class Label:
    """What stands before one paragraph: a bullet, a number that a list of HTML writes too, or text."""

    kind: str = ""  # a type of HTML's, "bullet", or empty for text
    number: int = 0
    text: str = ""


@dataclass
class Numbering:
    """The lists of one document, counting while its paragraphs go by."""

    rules: dict[str, dict[int, Rule]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    restarts: dict[str, dict[int, int]] = field(default_factory=dict)
    _reached: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Element | None) -> Numbering:
        numbering = cls()
        named: dict[str, str] = {}
        borrowed: dict[str, str] = {}
        for each in children(root, "abstractNum"):
            own = attribute(each, "abstractNumId")
            numbering.rules[own] = {
                _number(attribute(level, "ilvl")): Rule.of(level) for level in children(each, "lvl")
            }
            named[attribute(child(each, "styleLink"))] = own
            borrowed[own] = attribute(child(each, "numStyleLink"))
        for own, style in borrowed.items():
            if style and not numbering.rules[own]:
                numbering.rules[own] = numbering.rules[named.get(style, own)]
        for each in children(root, "num"):
            key = attribute(each, "numId")
            numbering.lists[key] = attribute(child(each, "abstractNumId"))
            numbering.restarts[key] = {
                _number(attribute(override, "ilvl")): _number(attribute(start))
                for override in children(each, "lvlOverride")
                if (start := child(override, "startOverride")) is not None
            }
        return numbering

    def level_of_style(self, key: str, style: str) -> int:
        rules = self.rules.get(self.lists.get(key, ""), {})
        return next((at for at, rule in rules.items() if style and rule.style == style), 0)

    def label(self, key: str, level: int) -> Label | None:
        """Counts on, and says what stands before this paragraph; None for a list that is not there."""
        own = self.lists.get(key, "")
        rules = self.rules.get(own, {})
        rule = rules.get(level)
        if rule is None:
            return None
        if rule.kind == "bullet":
            return Label("bullet")
        number = self._count(key, own, level, rule)
        if rule.kind in HTML_TYPES and _PLAIN.fullmatch(rule.text.strip()):
            return Label(HTML_TYPES[rule.kind], number)
        return Label(text=self._written(own, rules, rule))

    def _count(self, key: str, own: str, level: int, rule: Rule) -> int:
        reached = self._reached.setdefault(own, {})
        start = self.restarts.get(key, {}).pop(level, None)
        if start is not None:
            reached[level] = start
        else:
            reached[level] = reached[level] + 1 if level in reached else rule.start
        for deeper in [at for at in reached if at > level]:
            del reached[deeper]
        return reached[level]

    def _written(self, own: str, rules: dict[int, Rule], rule: Rule) -> str:
        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            at_level = rules.get(at, Rule())
            return written(self._reached[own].get(at, at_level.start), at_level.kind)

        return re.sub(r"%(\d)", number, rule.text).strip() if rule.kind != "none" else ""


def written(number: int, kind: str) -> str:
    """4 as “4”, “d”, “IV” …; what is not known counts in figures."""
    if kind in ("lowerLetter", "upperLetter") and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * min(1 + (number - 1) // 26, 9)
        return letters.upper() if kind == "upperLetter" else letters
    if kind in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        roman = ""
        for value, letters in _ROMAN:
            roman += letters * (number // value)
            number %= value
        return roman if kind == "upperRoman" else roman.lower()
    return f"{number:02}" if kind == "decimalZero" else str(number)


_LABEL = re.compile(r"\(?(?:(\d{1,3})|([a-z])|([A-Z])|([ivxlc]{2,7})|([IVXLC]{2,7}))[.)]")
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def read_label(text: str, before: Label | None = None) -> Label | None:
    """What a number as it is drawn says: “4.”, “d)”, “IV.”; None for what no list of HTML writes.
    “i.” is one in Roman figures, unless “h.” stood `before` it."""
    match = _LABEL.fullmatch(text.strip())
    if not match:
        return None
    figure, small, capital, *_roman = match.groups()
    if figure:
        return Label("1", int(figure))
    letters = text.strip(" (.)")
    kind = "a" if letters.islower() else "A"
    if small or capital:
        number = ord(letters.lower()) - ord("a") + 1
        follows = before is not None and before.kind == kind and before.number == number - 1
        is_roman = letters.lower() in "ivx" and (letters.lower() == "i" or before is not None)
        if follows or not is_roman:
            return Label(kind, number)
    return Label("i" if letters.islower() else "I", _roman_number(letters.lower()))


def _roman_number(letters: str) -> int:
    values = [_VALUES[letter] for letter in letters]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0

"""Three-way merge of texts, by paragraphs: what only one of two people changed is taken from him."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from html.parser import HTMLParser

# What stands at the top of clean HTML, each a block that is kept or replaced whole.
_BLOCKS = {"p", "h2", "h3", "h4", "ul", "ol", "blockquote", "table"}


@dataclass(frozen=True)
class Merged:
    """The merged text, and whether anything had to be kept from both sides."""

    text: str
    is_clean: bool


class _Splitter(HTMLParser):
    """Cuts clean HTML into its top-level blocks, as they are written."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.source, self.depth, self.cuts = source, 0, [0]
        lines = source.splitlines(keepends=True)
        self.starts = [sum(map(len, lines[:at])) for at in range(len(lines) + 1)]
        self.feed(source)
        self.close()

    def _here(self) -> int:
        line, column = self.getpos()
        return self.starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            if not self.depth:
                self.cuts.append(self._here())
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.depth -= 1
            if not self.depth:
                self.cuts.append(self._here() + len(f"</{tag}>"))

    def blocks(self) -> list[str]:
        ends = [*self.cuts[1:], len(self.source)]
        pieces = [
            self.source[start:end].strip() for start, end in zip(self.cuts, ends, strict=True)
        ]
        return [piece for piece in pieces if piece]


def split_blocks(html: str) -> list[str]:
    """The paragraphs, headings, lists and tables of clean HTML, in their order."""
    return _Splitter(html).blocks()


def split_lines(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text)


def merge_html(base: str, theirs: str, mine: str) -> Merged:
    return _merge(split_blocks(base), split_blocks(theirs), split_blocks(mine))


def merge_text(base: str, theirs: str, mine: str) -> Merged:
    return _merge(split_lines(base), split_lines(theirs), split_lines(mine))


def _merge(base: list[str], theirs: list[str], mine: list[str]) -> Merged:
    """Between two places where all three agree, the side that changed wins; where both changed
    differently, both stand, theirs first: nothing that anybody typed is dropped."""
    merged: list[str] = []
    is_clean = True
    at_base = at_theirs = at_mine = 0
    for base_at, theirs_at, mine_at, length in [
        *_agreements(base, theirs, mine),
        (len(base), len(theirs), len(mine), 0),
    ]:
        old = base[at_base:base_at]
        one, other = theirs[at_theirs:theirs_at], mine[at_mine:mine_at]
        if one == other or other == old:
            merged += one
        elif one == old:
            merged += other
        else:
            merged += one + other
            is_clean = False
        merged += base[base_at : base_at + length]
        at_base, at_theirs, at_mine = base_at + length, theirs_at + length, mine_at + length
    return Merged("\n".join(merged), is_clean)


def _agreements(
    base: list[str], theirs: list[str], mine: list[str]
) -> list[tuple[int, int, int, int]]:
    """Runs that stand in all three: (place in base, in theirs, in mine, length)."""
    in_theirs = _places(base, theirs)
    in_mine = _places(base, mine)
    found: list[tuple[int, int, int, int]] = []
    for place in range(len(base)):
        if place in in_theirs and place in in_mine:
            found.append((place, in_theirs[place], in_mine[place], 1))
    return found


def _places(base: list[str], other: list[str]) -> dict[int, int]:
    """Where each unchanged piece of the base stands in the other."""
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return {
        block.a + step: block.b + step
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    }

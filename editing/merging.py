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


def merge_choices(base: list[str], theirs: list[str], mine: list[str]) -> list[str]:
    """What either chose, without what either took away."""
    kept = (set(base) & set(theirs) & set(mine)) | (set(theirs) | set(mine)) - set(base)
    return sorted(kept)


@dataclass(frozen=True)
class _Edit:
    """What one side put in place of base[start:end]."""

    start: int
    end: int
    pieces: tuple[str, ...]

    def meets(self, start: int, end: int) -> bool:
        if self.start == self.end == start == end:
            return True
        return self.start < end and self.end > start


def _merge(base: list[str], theirs: list[str], mine: list[str]) -> Merged:
    """Edits that do not meet are all made; where two meet and differ, both stand, theirs first:
    nothing that anybody typed is dropped."""
    left, right = _edits(base, theirs), _edits(base, mine)
    merged: list[str] = []
    at, is_clean = 0, True
    while left or right:
        start, end, ours, others = _take_group(left, right)
        merged += base[at:start]
        one, other = _applied(base, start, end, ours), _applied(base, start, end, others)
        if not others or one == other:
            merged += one
        elif not ours:
            merged += other
        else:
            merged += one + other
            is_clean = False
        at = end
    return Merged("\n".join(merged + base[at:]), is_clean)


def _edits(base: list[str], other: list[str]) -> list[_Edit]:
    codes = SequenceMatcher(None, base, other, autojunk=False).get_opcodes()
    return [_Edit(a, b, tuple(other[c:d])) for kind, a, b, c, d in codes if kind != "equal"]


def _take_group(left: list[_Edit], right: list[_Edit]) -> tuple[int, int, list[_Edit], list[_Edit]]:
    """The next edit and all that meet it, taken out of both lists: (start, end, of the one, of the
    other)."""
    first = min([*left[:1], *right[:1]], key=lambda edit: (edit.start, edit.end))
    start, end = first.start, first.end
    ours: list[_Edit] = []
    others: list[_Edit] = []
    found = True
    while found:
        found = False
        for edits, group in ((left, ours), (right, others)):
            while edits and (edits[0] is first or edits[0].meets(start, end)):
                edit = edits.pop(0)
                group.append(edit)
                end, found = max(end, edit.end), True
    return start, end, ours, others


def _applied(base: list[str], start: int, end: int, edits: list[_Edit]) -> list[str]:
    """base[start:end] with these edits made."""
    pieces: list[str] = []
    at = start
    for edit in edits:
        pieces += [*base[at : edit.start], *edit.pieces]
        at = edit.end
    return pieces + base[at:end]

"""Two texts in one: what was added and what was taken out, word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, ADDED, REMOVED = "same", "added", "removed"
# Words of the one times words of the other: beyond it texts are compared as wholes, within a second.
_MOST_PAIRS = 4_000_000


@dataclass(frozen=True)
class Piece:
    kind: str
    text: str


def changed_words(old: str, new: str) -> list[Piece]:
    one, other = _words(old), _words(new)
    pieces: list[Piece] = []
    for kind, a, b, c, d in _steps(one, other):
        if kind == "equal":
            pieces.append(Piece(SAME, _text(one[a:b])))
            continue
        if a != b:
            pieces.append(Piece(REMOVED, _text(one[a:b])))
        if c != d:
            pieces.append(Piece(ADDED, _text(other[c:d])))
    return pieces


def _words(text: str) -> list[str]:
    """A new line counts as a word, so that paragraphs stay apart."""
    return re.findall(r"\n|[^\s]+", text)


def _text(words: list[str]) -> str:
    return " ".join(words)


def _steps(one: list[str], other: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if len(one) * len(other) > _MOST_PAIRS:
        return [("replace", 0, len(one), 0, len(other))]
    return SequenceMatcher(None, one, other, autojunk=False).get_opcodes()

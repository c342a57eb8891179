"""The words that were looked for, marked in the text as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from portal.search.asking import Query
from vietnamese.folding import fold, has_other_letters, without_marks
from vietnamese.words import Word, as_word, find_words

SHOWN = 220  # characters of a text


class Part(NamedTuple):
    text: str
    is_marked: bool


@dataclass(frozen=True)
class _Wanted:
    """Words as they are folded, and numbers in words as they are spelled: “hai” is not “hải”."""

    folded: frozenset[str]
    spelled: frozenset[str]

    @classmethod
    def by(cls, query: Query) -> _Wanted:
        words = [
            (term.is_number, word) for term in query.needed for form in term.forms for word in form
        ]
        folded = frozenset(word.folded for is_number, word in words if not is_number)
        return cls(folded, frozenset(word.spelled for is_number, word in words if is_number))

    def has(self, word: Word) -> bool:
        return word.folded in self.folded or word.spelled in self.spelled

    def __len__(self) -> int:
        return len(self.folded) + len(self.spelled)

    def find_words(self, text: str) -> Iterator[re.Match[str]]:
        """Of the words of the text at least those that are wanted."""
        if has_other_letters(text):
            return find_words(text)
        plain = self.folded | {fold(word) for word in self.spelled}
        return _pattern(plain).finditer(without_marks(text))


@lru_cache(maxsize=64)  # asked for twice by each of twenty results
def _pattern(words: frozenset[str]) -> re.Pattern[str]:
    listed = "|".join(re.escape(word) for word in sorted(words) if word)
    return re.compile(rf"(?<![^\W_])(?:{listed or '(?!)'})(?![^\W_])")


def marked(text: str, query: Query) -> list[Part]:
    wanted = _Wanted.by(query)
    parts: list[Part] = []
    at = 0
    for match in wanted.find_words(text):
        found = text[match.start() : match.end()]
        if wanted.has(as_word(found.lower())):
            if match.start() > at:
                _add(parts, text[at : match.start()], is_marked=False)
            _add(parts, found, is_marked=True)
            at = match.end()
    _add(parts, text[at:], is_marked=False)
    return parts


def _add(parts: list[Part], text: str, *, is_marked: bool) -> None:
    if not text:
        return
    # One mark over neighbours: “<mark>khu kinh tế</mark>” is read as one thing.
    if is_marked and parts and parts[-1].is_marked:  # signs without a blank between them
        parts[-1] = Part(parts[-1].text + text, is_marked=True)
    elif is_marked and len(parts) > 1 and parts[-2].is_marked and parts[-1].text.isspace():
        between = parts.pop().text
        parts[-1] = Part(parts[-1].text + between + text, is_marked=True)
    else:
        parts.append(Part(text, is_marked))


def snippet(text: str, query: Query) -> list[Part]:
    """The stretch with the most of the words, or the beginning."""
    text = " ".join(text[:200_000].split())
    start = _best_start(list(_hits(text, _Wanted.by(query))))
    if start:
        start = text.rfind(" ", 0, max(1, start - 40)) + 1
    piece = text[start : start + SHOWN]
    if start + SHOWN < len(text):
        piece = piece[: max(piece.rfind(" "), 1)] + "…"
    return marked(("…" if start else "") + piece, query)


def _hits(text: str, wanted: _Wanted) -> Iterator[tuple[int, str]]:
    """Where the words stand; a long text is read up to a stretch that has all of them."""
    last: dict[str, int] = {}
    for match in wanted.find_words(text):
        word = as_word(text[match.start() : match.end()].lower())
        if wanted.has(word):
            yield match.start(), word.folded
            last[word.folded] = match.start()
            if len(last) == len(wanted) and match.start() - min(last.values()) < SHOWN - 60:
                return


def _best_start(hits: list[tuple[int, str]]) -> int:
    best, most = 0, 0
    first = 0
    for last, (at, _word) in enumerate(hits):
        while at - hits[first][0] > SHOWN - 60:
            first += 1
        count = 10 * len({word for _at, word in hits[first : last + 1]}) + last - first
        if count > most:
            best, most = hits[first][0], count
    return best

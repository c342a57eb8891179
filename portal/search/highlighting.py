"""The words that were looked for, marked in the text as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from portal.search.asking import Query
from vietnamese.folding import fold, has_other_letters, without_marks
from vietnamese.words import Word, as_word, find_words

SHOWN = 220  # characters of a text
LONGEST = 200_000


class Part(NamedTuple):
    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is looked at, perhaps for many questions."""

    written: str
    bare: str | None  # in small letters and without marks; None where it has other letters

    @classmethod
    def of(cls, text: str) -> Text:
        """With one blank between words; of a very long one the beginning."""
        return cls.as_written(" ".join(text[:LONGEST].split()))

    @classmethod
    def as_written(cls, text: str) -> Text:
        return cls(text, None if has_other_letters(text) else without_marks(text))


_Place = tuple[int, int, Word]  # where a word begins and ends, and how it is written there


class Highlighter:
    """Looks for words as they are folded, and for numbers in words as they are spelled: “hai” is not
    “hải”. Who types accents sees what has them, where a text has any of it: “đầu tư”, and not “từ đầu”."""

    def __init__(self, query: Query) -> None:
        words = [
            (term.is_number, word) for term in query.needed for form in term.forms for word in form
        ]
        self._typed = {word.spelled for _is_number, word in words} if query.has_marks else set()
        self._folded = {word.folded for is_number, word in words if not is_number}
        self._spelled = {word.spelled for is_number, word in words if is_number}
        plain = self._folded.union(map(fold, self._spelled))
        listed = "|".join(re.escape(word) for word in sorted(plain) if word)
        # Where a word begins is looked at afterwards: asked first, it is asked at every letter.
        self._pattern = re.compile(rf"(?:{listed or '(?!)'})(?![^\W_])")

    def marked(self, *texts: str) -> list[list[Part]]:
        """Of texts that are shown together: what stands in one of them as it was typed is marked only
        so in the others."""
        found = [list(self._find(Text.as_written(text))) for text in texts]
        spelled = {word for each in found for _start, _end, word in each}
        as_typed = {word.folded for word in spelled if word.spelled in self._typed}
        return [
            self._parts(text, self._without_chance(text, each), as_typed)
            for text, each in zip(texts, found, strict=True)
        ]

    def _parts(self, text: str, found: Iterable[_Place], as_typed: Set[str]) -> list[Part]:
        parts: list[Part] = []
        at = 0
        for start, end, word in found:
            if word.folded in as_typed and word.spelled not in self._typed:
                continue
            if start > at:
                _add(parts, text[at:start], is_marked=False)
            _add(parts, text[start:end], is_marked=True)
            at = end
        _add(parts, text[at:], is_marked=False)
        return parts

    def _without_chance(self, text: str, found: list[_Place]) -> Iterable[_Place]:
        """A number in words only beside another word that was found: “tư” of “quý tư”."""
        if not self._spelled:
            return found
        joined = {
            place
            for one, two in pairwise(found)
            if text[one[1] : two[0]].isspace() and not _has_digits(one[2], two[2])
            for place in (one[0], two[0])
        }
        return [
            each
            for each in found
            if each[2].spelled not in self._spelled or _has_digits(each[2]) or each[0] in joined
        ]

    def snippet(self, whole: Text) -> str:
        """The stretch with the most of the words, or the beginning."""
        text = whole.written
        start = _best_start(list(self._hits(whole)))
        if start:
            start = text.rfind(" ", 0, max(1, start - 40)) + 1
        piece = text[start : start + SHOWN]
        if start + SHOWN < len(text):
            piece = piece[: max(piece.rfind(" "), 1)] + "…"
        return ("…" if start else "") + piece

    def _find(self, whole: Text) -> Iterator[_Place]:
        """Where they stand, and each as it is written there."""
        text, bare = whole.written, whole.bare
        matches = find_words(text) if bare is None else self._pattern.finditer(bare)
        for match in matches:
            start, end = match.span()
            if bare is not None and start and text[start - 1].isalnum():
                continue
            word = as_word(text[start:end].lower())
            if word.folded in self._folded or word.spelled in self._spelled:
                yield start, end, word

    def _hits(self, text: Text) -> Iterator[tuple[int, str]]:
        """Where they stand: folded, and once more as typed; a long text is read up to a stretch that
        has all of them."""
        wanted = self._typed or self._folded | self._spelled
        last: dict[str, int] = {}
        for start, _end, word in self._find(text):
            yield start, word.folded
            if word.spelled in self._typed:
                yield start, word.spelled
            found = word.spelled if self._typed or word.spelled in self._spelled else word.folded
            if found in wanted:
                last[found] = start
            if len(last) == len(wanted) and start - min(last.values()) < SHOWN - 60:
                return


def _has_digits(*words: Word) -> bool:
    return any(word.folded.isdigit() for word in words)


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

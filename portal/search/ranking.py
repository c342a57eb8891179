"""The one ranking, for both databases: what a person would call the best answer first.

What was typed with its accents stands above what only folds to it; a phrase above words near each
other, those above words apart; the title above the lead, the text and the attachment; what holds
above what has ended; then the newer above the older.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from portal.search.asking import YEAR, Query, one_of
from portal.search.engines import Condition, Test, test_of
from portal.search.index import year_of
from portal.search.tokens import SPELLED, SPELLED_TITLE, TITLE, unpack, words_of
from vietnamese.folding import has_marks
from vietnamese.normalizing import may_be_syllable
from vietnamese.words import Word, split_words

# By place: phrase, near, apart.
_TITLE, _LEAD, _TEXT, _FILE = (100, 90, 82), (72, 62, 52), (58, 44, 28), (38, 26, 14)
_SPELLED, _SPELLED_OF_MANY, _SPELLED_IN_PART = 110, 75, 0.75
_WHOLE_TITLE, _ENDED, _OTHER_FORM, _BY_DATE, _IN_PART = 8, 12, 4, 6, 8
NEAR = 4  # so many other words may stand between


@dataclass(slots=True)
class Found:
    """A document that matches, before anything of it is shown."""

    key: int
    kind: str
    title: str
    attachment_id: int | None
    edition_id: int | None
    article_id: int | None = None
    category_id: int | None = None
    has_ended: bool = False
    packed: bytes | None = None
    tiers: int = 0  # bits
    score: float = 0.0

    @property
    def tokens(self) -> set[str]:
        return set(unpack(self.packed)) if self.packed else set()

    @property
    def year(self) -> int:
        """Of its date; of a page, when it was changed."""
        return year_of(self.key)

    def order(self) -> tuple[Any, ...]:
        # The key is made of the date; a page has none that matters.
        moment = self.key >> 30 if self.edition_id else 0
        return (-self.score, -moment, -(self.article_id or 0), self.kind, self.attachment_id or 0)


class Reading:
    """The words of the query, in one of the ways to read it."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)
        self._needed = frozenset(words)
        self._phrase = f" {' '.join(words)} "

    def spread(self, words: Sequence[str], own: Set[str], joined: str) -> int | None:
        """How many words more than the wanted ones the shortest stretch of a text with all of them
        has; -1 where they stand in order as a phrase; None where one is missing."""
        if not self._needed <= own:
            return None
        if self._phrase in joined:
            return -1
        last: dict[str, int] = {}
        best = len(words)
        for at, word in [each for each in enumerate(words) if each[1] in self._needed]:
            last[word] = at
            if len(last) == len(self._needed):
                best = min(best, at - min(last.values()) + 1 - len(self._needed))
        return best


def _grade(words: Sequence[str], readings: Sequence[Reading], grades: Sequence[int]) -> float:
    own, joined = set(words), f" {' '.join(words)} "
    best = 0.0
    for number, reading in enumerate(readings):
        distance = reading.spread(words, own, joined)
        if distance is None:
            continue
        step = 0 if distance < 0 else 1 if distance <= NEAR else 2
        best = max(best, grades[step] - (_OTHER_FORM if number else 0))
    return best


def _readings(query: Query) -> list[Reading]:
    return [Reading([word.folded for word in words]) for words in query.sequences]


class Ranking:
    def __init__(self, query: Query) -> None:
        self.query = query
        self.readings = _readings(query)
        self.readings_by_date = _readings(query.without_years)
        # Of two years a text cannot be.
        self.year = int(*query.years) if len(query.years) == 1 else None
        # Three syllables with other accents are seldom another thing, and one often is.
        self.for_spelling = _SPELLED if len(query.needed) < 3 else _SPELLED_OF_MANY

    def by_title(self, found: Found, *, is_spelled: bool, has_words: bool) -> bool:
        """Whether the title decides; the score is then known without the text."""
        words = words_of(found.title) if has_words else ()
        found.score = self._title_score(words, found) if words else 0
        decided = found.score > 0
        self._add_spelling(found, words, is_spelled=is_spelled)
        return decided

    def _title_score(self, words: Sequence[Word], found: Found) -> float:
        folded = self._as_typed(words)
        score = self._graded(found, folded, _TITLE)
        if score and any(folded == reading.words for reading in self.readings):
            score += _WHOLE_TITLE
        if score and found.attachment_id:
            score -= 20
        return score

    def _add_spelling(self, found: Found, words: Sequence[Word], *, is_spelled: bool) -> None:
        if self.query.has_marks:
            if found.score > 0:
                query = self.query.without_years if self._is_of_the_year(found) else self.query
                spelled = {word.spelled for word in words}
                if query.is_spelled_in(spelled):
                    found.score += self.for_spelling
                elif query.typed_with_marks <= spelled:
                    found.score += self.for_spelling * _SPELLED_IN_PART
                elif is_spelled:
                    found.score += self.for_spelling / 2
            elif is_spelled:
                found.score += self.for_spelling
        self._lower_what_has_ended(found)

    def _lower_what_has_ended(self, found: Found) -> None:
        if found.has_ended:
            found.score -= _ENDED

    def from_afar(self, found: Found) -> None:
        """What has the words somewhere, and is not looked at."""
        found.score = _FILE[2] if found.attachment_id else _TEXT[2]
        self._lower_what_has_ended(found)

    def at_most(self, found: Found) -> float:
        """What the text can make of the score that is known without it."""
        return found.score + max(*_LEAD, *_TEXT, *_FILE) + _IN_PART

    def by_text(self, found: Found, title: str, lead: str, folded: str, *, is_phrase: bool) -> None:
        """`folded` is the whole text without accents, the title included."""
        if found.attachment_id:  # whose text is not read here
            found.score += _FILE[0] if is_phrase else _FILE[2]
            return
        if not folded:  # not read either
            found.score += _TEXT[0] if is_phrase else _TEXT[2]
            return
        in_lead = self._as_typed(split_words(lead))
        in_text = folded.split()
        if same := self.query.same:
            in_text = [same.get(word, word) for word in in_text]
        grades = (self._graded(found, in_lead, _LEAD), self._graded(found, in_text, _TEXT))
        found.score += max(*grades, _TEXT[2]) + _IN_PART * self._share(title)

    def _graded(self, found: Found, words: Sequence[str], grades: Sequence[int]) -> float:
        score = _grade(words, self.readings, grades)
        if self._is_of_the_year(found):
            # Who names the year stands above who has it as a date alone.
            score = max(score, _grade(words, self.readings_by_date, grades) - _BY_DATE)
        return score

    def _is_of_the_year(self, found: Found) -> bool:
        """By its date; a decree of last year may have a date of this one, and says so."""
        if self.year is None or self.year != found.year or not found.edition_id:
            return False
        named = {word.folded for word in words_of(found.title) if YEAR.match(word.folded)}
        return not named or str(self.year) in named

    def _share(self, title: str) -> float:
        """How much of the query the title has."""
        own = {word.folded for word in words_of(title)}
        wanted = self.query.wanted
        return sum(any(form <= own for form in forms) for forms in wanted) / len(wanted)

    def _as_typed(self, words: Sequence[Word]) -> list[str]:
        same, spelled = self.query.same, self.query.same_spelled
        if not same and not spelled:
            return [word.folded for word in words]
        return [spelled.get(word.spelled) or same.get(word.folded, word.folded) for word in words]

    def by_share(self, found: Found) -> None:
        """Where no text has everything: how much of the query a text has, and how close together."""
        tokens = found.tokens
        weights, tests = self._parts
        found.score += sum(weights[token] for token in tokens & weights.keys())
        found.score += sum(weight for weight, is_held in tests if is_held(tokens))

    @cached_property
    def _parts(self) -> tuple[Counter[str], list[tuple[int, Test]]]:
        """What a text may have of the query, each with what it counts: single tokens, which most of
        it is, and what is to be tested."""
        parts: list[tuple[int, Condition]] = []
        for term in self.query.terms:
            if term.is_slip and may_be_syllable(term.words[0].spelled):
                # It may be meant as it is, so what it may have been counts little.
                parts.append((1, one_of(term, TITLE)))
                continue
            parts += [(3, one_of(term, TITLE)), (1, one_of(term))]
            if any(map(has_marks, (word.spelled for word in term.words))):
                parts.append((2, one_of(term, SPELLED_TITLE, spelled=True)))
                parts.append((1, one_of(term, SPELLED, spelled=True)))
        for one, two in pairwise(self.query.words):
            parts += [(3, self.query.pair(one, two, TITLE)), (2, self.query.pair(one, two, ""))]
        weights: Counter[str] = Counter()
        tests: list[tuple[int, Test]] = []
        for weight, part in parts:
            if isinstance(part, str):
                weights[part] += weight
            else:
                tests.append((weight, test_of(part)))
        return weights, tests

"""What a reader types, understood: words, phrases in quotes, words not to have, short and long forms,
keys that were left over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from portal.search.engines import All, Condition, OneOf
from portal.search.tokens import SPELLED, SPELLED_TITLE, TITLE, pair, safe
from vietnamese.folding import has_marks
from vietnamese.keyboard import read_leftover
from vietnamese.normalizing import is_syllable
from vietnamese.words import Word, as_word, split_words

LONGEST_QUERY = 200  # characters; what comes after them is not looked at
MOST_WORDS = 12
_PHRASE = re.compile(r'(-?)["“”„]([^"“”„]*)["“”„]?')
# “Giấy phép xây dựng xin ở đâu”, “làm thẻ cần gì”: no text has these words beside the others.
_QUESTION_WORDS = frozenset(
    [
        "o",
        "dau",
        "gi",
        "nao",
        "the",
        "nhu",
        "lam",
        "can",
        "khi",
        "bao",
        "gio",
        "ai",
        "la",
        "xin",
        "cho",
        "toi",
        "hoi",
        "muon",
        "lau",
        "nhieu",
        "may",
        "duoc",
        "khong",
    ]
)
_MINUS = re.compile(r"(?:^|\s)-(\w\S*)")


@dataclass(frozen=True)
class Term:
    """One idea of the query: the words typed, and other words for the same."""

    words: tuple[Word, ...]
    others: tuple[tuple[Word, ...], ...] = ()

    @property
    def forms(self) -> tuple[tuple[Word, ...], ...]:
        return (self.words, *self.others)


@dataclass(frozen=True)
class Query:
    text: str
    terms: tuple[Term, ...] = ()
    phrases: tuple[tuple[Word, ...], ...] = ()
    without: tuple[tuple[Word, ...], ...] = ()

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for term in self.terms for word in term.words)

    @cached_property
    def has_marks(self) -> bool:
        return any(has_marks(word.spelled) for word in self.words)

    @cached_property
    def sequences(self) -> list[tuple[Word, ...]]:
        """The query read as typed, with the long forms, and with the short ones."""
        readings = [self.words]
        for choose in (max, min):
            other = tuple(word for term in self.terms for word in choose(term.forms, key=len))
            if other not in readings:
                readings.append(other)
        return readings

    # Conditions on the tokens of a document

    def everywhere(self) -> Condition:
        return All((self.in_title(""), *(_phrase(words) for words in self.phrases)))

    def in_title(self, prefix: str = TITLE) -> Condition:
        return All(tuple(_one_of(term, prefix) for term in self.terms))

    def as_phrase(self, prefix: str = "") -> Condition | None:
        readings = [
            All(tuple(prefix + pair(one.folded, two.folded) for one, two in pairwise(words)))
            for words in self.sequences
            if len(words) > 1
        ]
        return OneOf(tuple(readings)) if readings else None

    def as_spelled(self, prefix: str = SPELLED) -> Condition | None:
        if not self.has_marks:
            return None
        return All(tuple(prefix + safe(word.spelled) for word in self.words))

    def as_spelled_in_title(self) -> Condition | None:
        return self.as_spelled(SPELLED_TITLE)

    def unwanted(self) -> tuple[Condition, ...]:
        return tuple(_unwanted(words) for words in self.without)

    def leaving_out(self) -> list[Query]:
        """The query without the words that make it a question, then without one of its terms each."""
        if len(self.terms) < 2 or self.phrases:
            return []
        asked = tuple(term for term in self.terms if term.words[0].folded not in _QUESTION_WORDS)
        plain = (
            [Query(self.text, asked, (), self.without)] if 0 < len(asked) < len(self.terms) else []
        )
        return plain + [
            Query(self.text, self.terms[:at] + self.terms[at + 1 :], (), self.without)
            for at in range(len(self.terms))
        ]

    def with_slips(self, meant: dict[str, list[str]]) -> Query:
        """Words that no text has, replaced by those that differ by one slip."""
        terms = [
            Term(term.words, tuple((as_word(word),) for word in meant[term.words[0].folded]))
            if len(term.words) == 1 and meant.get(term.words[0].folded)
            else term
            for term in self.terms
        ]
        return Query(self.text, tuple(terms), self.phrases, self.without)


def _one_of(term: Term, prefix: str) -> Condition:
    forms = [
        All(tuple(prefix + safe(word.folded) for word in words))
        if len(words) > 1
        else prefix + safe(words[0].folded)
        for words in term.forms
    ]
    return forms[0] if len(forms) == 1 else OneOf(tuple(forms))


def _phrase(words: tuple[Word, ...]) -> Condition:
    if len(words) == 1:
        return safe(words[0].folded)
    return All(tuple(pair(one.folded, two.folded) for one, two in pairwise(words)))


def _unwanted(words: tuple[Word, ...]) -> Condition:
    """With accents only what is spelled so: who leaves out “bán” still wants “ban”."""
    if any(has_marks(word.spelled) for word in words):
        return All(tuple(SPELLED + safe(word.spelled) for word in words))
    return _phrase(words)


def clean(text: str) -> str:
    """What is shown as the query: one line, without NUL and lone surrogates."""
    plain = text[:LONGEST_QUERY].replace("\0", " ").encode(errors="replace").decode()
    return " ".join(plain.split())


def read(text: str, abbreviations: Sequence[tuple[str, str]] = ()) -> Query:
    """Never raises, whatever is typed."""
    query = clean(text)
    phrases: list[tuple[Word, ...]] = []
    without: list[tuple[Word, ...]] = []
    typed: list[Word] = []
    rest = query
    for match in _PHRASE.finditer(query):
        words = tuple(split_words(match[2], MOST_WORDS))
        if words:
            (without if match[1] else phrases).append(words)
        if words and not match[1]:
            typed += words
    rest = _PHRASE.sub(" ", rest)
    for match in _MINUS.finditer(rest):
        if words := tuple(split_words(match[1], MOST_WORDS)):
            without.append(words)
    plain = split_words(_MINUS.sub(" ", rest), MOST_WORDS)
    terms = _terms(plain, abbreviations)
    terms += [Term((word,)) for word in typed]
    if not terms:
        return Query(query)
    return Query(query, tuple(terms[:MOST_WORDS]), tuple(phrases), tuple(without))


def _terms(words: list[Word], abbreviations: Sequence[tuple[str, str]]) -> list[Term]:
    known = _known_forms(abbreviations)
    longest = max(map(len, known), default=0)
    terms: list[Term] = []
    at = 0
    while at < len(words):
        for size in range(min(longest, len(words) - at), 0, -1):
            piece = tuple(words[at : at + size])
            if others := known.get(tuple(word.folded for word in piece)):
                terms.append(Term(piece, tuple(others)))
                at += size
                break
        else:
            terms.append(_single(words[at]))
            at += 1
    return terms


def _single(word: Word) -> Term:
    # What could be a syllable as it is was meant as it is.
    if not word.spelled.isascii() or is_syllable(word.spelled):
        return Term((word,))
    meant = read_leftover(word.spelled)
    return Term((word,), ((as_word(meant),),)) if meant else Term((word,))


def _known_forms(
    abbreviations: Sequence[tuple[str, str]],
) -> dict[tuple[str, ...], list[tuple[Word, ...]]]:
    known: dict[tuple[str, ...], list[tuple[Word, ...]]] = {}
    for row in abbreviations:
        short, full = (tuple(split_words(text)) for text in row)
        for one, other in ((short, full), (full, short)):
            known.setdefault(tuple(word.folded for word in one), []).append(other)
    return {words: others for words, others in known.items() if words}

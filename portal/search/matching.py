"""Whether a short text of the directory is what somebody asks for: a name, a post, a unit, a matter.

The words of a query are soon found somewhere in a name, a post and a unit taken together: “văn phòng”
is no question for one Phạm Văn Hòa who is a head of a “phòng”. So each text must have a part of the
query that nobody types by chance; and accents that were typed are to be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import get_language

from portal.search.asking import Query, Term
from portal.search.tokens import words_of
from vietnamese.folding import has_marks
from vietnamese.words import Word, as_heard, as_word


class Part(Enum):
    """What of a person a query names."""

    NAME = "name"
    POST = "post"


def fits(query: Query, text: str) -> bool:
    """Whether every idea of the query is in the text, in one of its forms."""
    return not _is_unwanted(query, text) and _are_in(query.needed, text)


def is_named(query: Query, name: str, above: str = "") -> bool:
    """Of a unit or a matter: by words of its name in their order, two or more of a long name; and
    beside them by the units it belongs to."""
    if not _has_all(query, folded_words(name) | folded_words(above)) or _is_unwanted(query, name):
        return False
    for terms in _readings(query):
        own = [term for term in terms if is_in(term, name)]
        others = [term for term in terms if term not in own]
        if own and _is_part(own, name, shortest=2) and (not others or _is_of_unit(others, above)):
            return True
    return False


def is_matter(query: Query, name: str) -> bool:
    """By its name, but of two words only those side by side: “cung cấp thông tin cho báo chí” is no
    “thông báo”."""
    if not is_named(query, name):
        return False
    found = _found(query.needed, name)
    return len(found) != 2 or _stand_in_a_row(found, name)


def is_said_in(query: Query, description: str) -> bool:
    """Three words or more side by side, or two that are nearly all of what stands between commas: whose
    description has “cấp phép cho người nước ngoài” is not there for “cấp nước”."""
    if not fits(query, description):
        return False
    found = _found(query.needed, description)
    if len(found) > 2:
        return any(_stand_in_a_row(found, sentence) for sentence in _SENTENCE.split(description))
    pieces = [words_of(piece) for piece in _PIECE.split(description)]
    short = [[word.folded for word in piece] for piece in pieces if len(piece) <= MOST_OF_A_PIECE]
    return len(found) > 1 and any(found in (piece[:2], piece[-2:]) for piece in short)


_SENTENCE, _PIECE = re.compile(r"[.;\n•]+"), re.compile(r"[,.;:\n•–]+")
MOST_OF_A_PIECE = 4  # words


def part_of_person(query: Query, name: str, title: str, unit: str = "") -> Part | None:
    """By the name, the post or both; and beside them, by the unit and those above it."""
    words = folded_words(name) | folded_words(title) | folded_words(unit)
    if not _has_all(query, words) or _is_unwanted(query, name, title, unit):
        return None  # as nearly everybody
    splits = [each for terms in _readings(query) for each in _splits(terms, name, title)]
    valid = [each for each in splits if _is_valid(each, name, title, unit)]
    if any(each.of_name for each in valid):
        return Part.NAME
    return Part.POST if valid else None


class _Split(NamedTuple):
    """Which ideas of a query are of the name, of the post, and of the unit."""

    of_name: list[Term]
    of_title: list[Term]
    of_unit: list[Term]


def _splits(terms: list[Term], name: str, title: str) -> Iterator[_Split]:
    """All of one; or a part that is the name as it is written; or what is in one, and the rest."""
    in_name = [term for term in terms if is_in(term, name)]
    in_title = [term for term in terms if is_in(term, title)]
    if not in_name:
        yield _Split([], *_parted(terms, in_title))
        return
    if len(in_name) == len(terms):
        yield _Split(terms, [], [])
    if len(in_title) == len(terms):
        yield _Split([], terms, [])
    for size in range(len(terms) - 1, 1, -1):
        for at in range(len(terms) - size + 1):
            run, rest = terms[at : at + size], terms[:at] + terms[at + size :]
            if all(term in in_name for term in run) and _stand_in_a_row(_found(run, name), name):
                yield _Split(run, *_parted(rest, in_title))
    yield _Split([term for term in in_name if term not in in_title], *_parted(terms, in_title))
    yield _Split(in_name, *_parted([term for term in terms if term not in in_name], in_title))


def _parted(terms: list[Term], wanted: list[Term]) -> tuple[list[Term], list[Term]]:
    return (
        [term for term in terms if term in wanted],
        [term for term in terms if term not in wanted],
    )


def _is_valid(split: _Split, name: str, title: str, unit: str) -> bool:
    of_name, of_title, of_unit = split
    of_unit = [term for term in of_unit if term not in of_name]
    is_all = not of_title and not of_unit
    if of_name and not _is_of_name(of_name, name, is_all=is_all):
        return False
    if of_unit and not ((of_title or of_name) and _is_of_unit(of_unit, unit, of_title)):
        return False
    return not of_title or _is_part(of_title, title)


def _is_of_unit(terms: Sequence[Term], units: str, of_title: Sequence[Term] = ()) -> bool:
    """Of a unit, or of one it belongs to from the beginning of its name: most end in “khu kinh tế”.
    The beginning may be of the post: “trưởng ban quản lý”."""
    own, *above = units.split("\n")
    return _is_part(terms, own) or any(
        _is_part(terms, name) and _begins([*of_title, *terms], name) for name in above
    )


def _begins(terms: Sequence[Term], name: str) -> bool:
    found = _found([term for term in terms if is_in(term, name)], name)
    return bool(found) and found[0] == words_of(name)[0].folded


def _readings(query: Query) -> list[list[Term]]:
    """As it is; and word by word where several words stand for one idea: “trưởng ban quản lý khu kinh
    tế” is the head of the board, not somebody of its name."""
    readings = [list(query.needed)]
    for forms in ([term.words for term in query.needed], [_longest(term) for term in query.needed]):
        words = [word for form in forms for word in form]
        reading = [Term((word,)) for word in words]
        if len(reading) > len(query.needed) and reading not in readings:
            readings.append(reading)
    return readings


def _longest(term: Term) -> tuple[Word, ...]:
    return max(term.forms, key=len)


@lru_cache(maxsize=4096)  # the same names in every search
def folded_words(text: str) -> frozenset[str]:
    return frozenset(word.folded for word in words_of(text))


def _has_all(query: Query, words: Set[str]) -> bool:
    return all(any(form <= words for form in forms) for forms in query.wanted)


def _is_unwanted(query: Query, *texts: str) -> bool:
    if not query.without:
        return False
    words = frozenset().union(*map(folded_words, texts))
    return any({word.folded for word in part} <= words for part in query.without)


def is_in(term: Term, text: str) -> bool:
    """In one of its forms."""
    words = folded_words(text)
    return any({word.folded for word in form} <= words for form in term.forms)


def _are_in(terms: Sequence[Term], text: str) -> bool:
    return all(is_in(term, text) for term in terms) and _has_accents(terms, text)


def _has_accents(terms: Sequence[Term], text: str) -> bool:
    """Those that were typed; or at least half of them, of two words side by side: “trưỡng ban”, but
    neither “sổ đỏ” for “sơ đồ” nor “bão” for “bảo”."""
    typed = [word for word in _typed(terms) if word.folded in folded_words(text)]
    spelled = {word.spelled for word in words_of(text)}
    wrong = [word for word in typed if has_marks(word.spelled) and word.spelled not in spelled]
    folded = [word.folded for word in typed]
    return not wrong or (
        2 * len(wrong) <= len(typed)
        and (_stand_in_a_row(folded, text) or (len(typed) > 2 and _stand_in_order(folded, text)))
    )


def _typed(terms: Iterable[Term]) -> list[Word]:
    return [
        as_word(term.meant) if term.meant and len(term.words) == 1 else word
        for term in terms
        for word in term.words
    ]


def _is_of_name(terms: Sequence[Term], name: str, *, is_all: bool) -> bool:
    """The last word, by which one is called, or two side by side; of the family name alone, all that
    was typed. Middle names are every third person's."""
    if not _has_accents(terms, name) or not (whole := words_of(name)):
        return False
    own = [word.folded for word in whole]
    found = _found(terms, name)
    if own[-1] in found:
        # “Lê Văn Bính” is not Lê Văn Bình; but many write hỏi for ngã.
        called = [word.spelled for word in _typed(terms) if word.folded == own[-1]]
        return not any(map(has_marks, called)) or as_heard(whole[-1].spelled) in map(
            as_heard, called
        )
    return _stand_in_a_row(found, name) if len(found) > 1 else is_all and found == own[:1]


def _is_part(terms: Sequence[Term], text: str, *, shortest: int = 1) -> bool:
    """Two words or more, in their order; one syllable only of so short a text: an English word is more
    than a syllable."""
    if not _are_in(terms, text):
        return False
    found = _found(terms, text)
    is_enough = len(found) > 1 or len(words_of(text)) <= shortest or get_language() == "en"
    return is_enough and _stand_in_order(found, text)


def _found(terms: Iterable[Term], text: str) -> list[str]:
    """How the text says the ideas that it has, folded."""
    words = folded_words(text)
    forms = [[[word.folded for word in form] for form in term.forms] for term in terms]
    return [
        word for each in forms for word in next(form for form in each if words.issuperset(form))
    ]


def _stand_in_a_row(folded: Sequence[str], text: str) -> bool:
    joined = f" {' '.join(word.folded for word in words_of(text))} "
    return f" {' '.join(folded)} " in joined


def _stand_in_order(folded: Sequence[str], text: str) -> bool:
    own = iter(word.folded for word in words_of(text))
    return all(word in own for word in folded)

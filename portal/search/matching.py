"""Whether a short text of the directory is what somebody asks for: a name, a post, a unit, a matter.

The words of a query are soon found somewhere in a name, a post and a unit taken together: “văn phòng”
is no question for one Phạm Văn Hòa who is a head of a “phòng”. So each text must have a part of the
query that nobody types by chance; and accents that were typed are to be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.utils.translation import get_language

from portal.search.asking import Query, Term
from vietnamese.folding import has_marks
from vietnamese.words import Word, as_word, split_words


def fits(query: Query, text: str) -> bool:
    """Whether every idea of the query is in the text, in one of its forms."""
    return not _is_unwanted(query, text) and _are_in(query.needed, text)


def fits_any(query: Query, texts: Iterable[str]) -> bool:
    return any(fits(query, text) for text in texts)


def is_said_in(query: Query, sentence: str) -> bool:
    """Two words side by side, or more of them in their order: whose description has “cấp phép cho người
    nước ngoài” is not there for “cấp nước”."""
    if not fits(query, sentence):
        return False
    found = _found(query.needed, sentence)
    if len(found) > 2:
        return _stand_in_order(found, sentence)
    return len(found) > 1 and _stand_in_a_row(found, sentence)


def fits_person(query: Query, name: str, title: str, unit: str = "") -> bool:
    """By the name, the post or both; and beside them, by the unit."""
    if _is_unwanted(query, name, title, unit):
        return False
    if _are_in(query.needed, title) and _is_enough(query.needed, title):
        return True
    of_title = [term for term in query.needed if _is_in(term, title)]
    of_name = [term for term in query.needed if term not in of_title and _is_in(term, name)]
    of_unit = [term for term in query.needed if term not in of_title and term not in of_name]
    if of_name and not (_is_of_name(of_name, name, is_all=of_name == list(query.needed))):
        return False
    if of_unit and not (of_title and _is_part(of_unit, unit)):
        return False
    return not of_title or _is_part(of_title, title)


def has_name(query: Query, name: str) -> bool:
    """Whether some of the query is the name, or enough of it."""
    named = [term for term in query.needed if _is_in(term, name)]
    return bool(named) and _is_of_name(named, name, is_all=len(named) == len(query.needed))


@lru_cache(maxsize=4096)  # the same names in every search
def words_of(text: str) -> tuple[Word, ...]:
    return tuple(split_words(text))


@lru_cache(maxsize=4096)
def folded_words(text: str) -> frozenset[str]:
    return frozenset(word.folded for word in words_of(text))


def _is_unwanted(query: Query, *texts: str) -> bool:
    words = frozenset().union(*map(folded_words, texts))
    return any({word.folded for word in part} <= words for part in query.without)


def _is_in(term: Term, text: str) -> bool:
    words = folded_words(text)
    return any({word.folded for word in form} <= words for form in term.forms)


def _are_in(terms: Sequence[Term], text: str) -> bool:
    return all(_is_in(term, text) for term in terms) and _has_accents(terms, text)


def _has_accents(terms: Sequence[Term], text: str) -> bool:
    """Those that were typed; or, side by side, at least half of them: “trưỡng ban”, but neither “sổ đỏ”
    for “sơ đồ” nor “bão” for “bảo”."""
    typed = [word for word in _typed(terms) if word.folded in folded_words(text)]
    spelled = {word.spelled for word in words_of(text)}
    wrong = [word for word in typed if has_marks(word.spelled) and word.spelled not in spelled]
    return not wrong or (
        2 * len(wrong) <= len(typed) and _stand_in_a_row([word.folded for word in typed], text)
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
    if not _has_accents(terms, name):
        return False
    own = [word.folded for word in words_of(name)]
    found = _found(terms, name)
    if own and own[-1] in found:
        return True
    return _stand_in_a_row(found, name) if len(found) > 1 else is_all and found == own[:1]


def _is_part(terms: Sequence[Term], text: str) -> bool:
    """Two words or more, in their order."""
    return (
        _are_in(terms, text)
        and _is_enough(terms, text)
        and _stand_in_order(_found(terms, text), text)
    )


def _is_enough(terms: Sequence[Term], text: str) -> bool:
    """One syllable is none of a post with two; an English word is more than a syllable."""
    return len(_found(terms, text)) > 1 or len(words_of(text)) == 1 or get_language() == "en"


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

"""Other ways to read a query that finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import get_language

from portal.search.asking import Query
from portal.search.candidates import (
    FEW,
    LONG,
    MANY_WORDS,
    TOGETHER,
    Filters,
    public_documents,
    questions_of,
    tiers_of,
)
from portal.search.engines import All, Condition, Question, engine
from portal.search.index import key_at
from portal.search.models import SearchWord
from portal.search.ordering import ranked
from portal.search.ranking import Found, Ranking
from portal.search.tokens import mark
from vietnamese.normalizing import may_be_syllable
from vietnamese.slips import one_slip, pieces, sounding_alike, taken_apart

MOST_NEAR, SEVERAL = 20, 6
MOST_SLIPS, MOST_SLIPS_IN_ALL = 8, 24  # other words that are tried for one, and for all


class _Way(NamedTuple):
    """Another way to read a query that finds nothing."""

    query: Query
    condition: Condition | None
    goes_along: bool = False  # asked beside the one before it, whatever that finds
    has_all: bool = False  # whether what it finds has all words, as this way reads them


def nearest(query: Query, filters: Filters) -> tuple[Query, list[Found]]:
    """One slip of a letter, or else all words but one, or else a part of them: how the first of these
    that finds something reads the query, and what it finds.

    Texts are not read, so that no search needs more than nine queries."""
    narrow = (mark(get_language() or "vi"), *filters.marks())
    ways = [way for way in _ways(query) if way.condition is not None]
    questions = [
        Question(
            at, All((*narrow, way.condition)), FEW, query.unwanted(), -1 if way.goes_along else None
        )
        for at, way in enumerate(ways)
        if way.condition is not None
    ]
    rows = engine().ask(questions, key_at(timezone.now(), last=True)) if questions else []
    if not rows:
        return query, []
    first, _key = rows[0]
    way = ways[first]
    near = public_documents(dict.fromkeys(key for _at, key in rows), with_tokens=True)
    if way.has_all:
        own = {key for at, key in rows if at == first}
        best = _ranked_by_tokens(way.query, [each for each in near if each.key in own])
        if len(own) == len(near) or any(each.tiers & TOGETHER for each in best):
            return way.query, best
    return way.query, _ranked_by_share(way.query, near)


def _ranked_by_tokens(query: Query, near: list[Found]) -> list[Found]:
    questions = questions_of(query, Filters())
    for each in near:
        each.tiers = tiers_of(questions, each)
    return ranked(query, near, MOST_NEAR, with_texts=False)


def _ranked_by_share(query: Query, near: list[Found]) -> list[Found]:
    ranking = Ranking(query)
    for each in near:
        each.score = 0
        ranking.by_share(each)
    return sorted(near, key=Found.order)[:MOST_NEAR]


def _ways(query: Query) -> Iterator[_Way]:
    spelled = {word.folded: word.spelled for term in query.needed for word in term.words}
    words = set(spelled)
    # In a story only what nobody writes is taken for a slip: the database knows 400 for each word.
    slipped_in = [
        word for word in words if len(query.needed) < LONG or not may_be_syllable(spelled[word])
    ]
    variants = {word: one_slip(word) | sounding_alike(word) for word in slipped_in}
    glued = {word: pieces(word) for word in words if len(word) > 3 and word == spelled[word]}
    asked = words.union(*variants.values(), *glued.values())
    rows = SearchWord.objects.filter(word__in=engine().words_listed(asked))
    known = set(rows.values_list("word", flat=True))
    meant = {
        word: sorted(others & known, key=partial(_unlikely, word))
        for word, others in variants.items()
        if len(word) > 2 and others & known
    }
    unknown = {word for word in words - known if word.isascii() and word.isalpha()}
    for word in unknown:
        is_piece = known.__contains__ if word in glued else may_be_syllable
        if apart := taken_apart(spelled[word], is_piece):
            meant[word] = apart + meant.get(word, [])
    slips = {word: meant[word] for word in unknown if word in meant}
    slipped = query.with_slips(_likeliest(slips))
    # A syllable may be meant as it is, though no text has it: “khiếu nại”, “tìm việc làm”.
    slips = {word: others for word, others in slips.items() if not may_be_syllable(spelled[word])}
    rest = query.with_slips(_likeliest(slips))
    without = rest.without_words(unknown)
    is_either = without is not None and slipped != rest
    if slipped != query:
        yield _Way(slipped, slipped.everywhere(), has_all=not is_either)
    if without is not None:
        read_as = slipped if is_either else without
        yield _Way(read_as, without.everywhere(), goes_along=is_either, has_all=not is_either)
    query = without or slipped
    if len(query.needed) >= LONG:
        # Two words of a whole story are found in any text.
        yield _Way(query, query.in_part(4))
        yield _Way(query, query.in_part(3), goes_along=True)
        yield _Way(query, query.in_part(2))
        return
    if query.without and len(query.needed) >= MANY_WORDS:
        # Who says so much means it; and what is not wanted may be in every text.
        yield _Way(query, query.in_part(2))
        return
    slipped = query.with_slips(_likeliest(meant))
    others = [
        _Way(slipped, slipped.everywhere(), has_all=True),
        _Way(query, query.all_but_one()),
    ]
    # Of many words one is sooner wrong altogether than another one that there is too.
    yield from others if len(query.needed) < 3 else reversed(others)
    # Two of its words together are as near; of many they are found in any text.
    yield _Way(query, query.in_part(2), goes_along=2 < len(query.needed) <= SEVERAL)


def _likeliest(meant: dict[str, list[str]]) -> dict[str, list[str]]:
    """Few for each where there are many words: each is a list to walk."""
    most = min(MOST_SLIPS, MOST_SLIPS_IN_ALL // len(meant)) if meant else 0
    return {word: others[: max(most, 1)] for word, others in meant.items()}


def _unlikely(typed: str, word: str) -> tuple[bool, bool, str]:
    """Two letters exchanged is the commonest slip, and most words are syllables."""
    return (not may_be_syllable(word), sorted(word) != sorted(typed), word)

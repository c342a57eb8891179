"""The best first: by what their titles say, and where that does not decide, by their texts."""

from __future__ import annotations

import math

from portal.search.asking import Query
from portal.search.candidates import (
    ALL_KINDS,
    EVERYWHERE,
    MANY_WORDS,
    MOST_OF_A_TIER,
    PHRASE,
    SPELLED,
    SPELLED_TITLE,
    TITLE_PHRASE,
    TITLED,
    texts_of,
)
from portal.search.engines import engine, test_of
from portal.search.ranking import Found, Ranking

MOST_READ = 60  # whose text is compared, not only the title


def ranked(query: Query, found: list[Found], count: int, *, with_texts: bool = True) -> list[Found]:
    """The first of them. Which they are does not depend on how many are asked for."""
    ranking = Ranking(query)
    close, far = _parted(found)
    decided: list[Found] = []
    undecided: list[Found] = []
    for each in close:
        has_words = bool(each.tiers & (TITLED | TITLE_PHRASE | SPELLED_TITLE))
        is_spelled = bool(each.tiers & (SPELLED | SPELLED_TITLE))
        is_decided = ranking.by_title(each, is_spelled=is_spelled, has_words=has_words)
        (decided if is_decided else undecided).append(each)
    # Phrases first, so that none is left unread.
    undecided.sort(key=lambda each: (not each.tiers & PHRASE, -each.score, -each.key))
    scores = sorted((each.score for each in decided), reverse=True)
    to_beat = scores[count - 1] if len(scores) >= count else -math.inf
    _compare_texts(ranking, undecided, most=MOST_READ if with_texts else 0, to_beat=to_beat)
    for each in far:
        ranking.from_afar(each)
    return sorted(found, key=Found.order)[:count]


def _parted(found: list[Found]) -> tuple[list[Found], list[Found]]:
    """What is worth a close look, with the newest of the rest, and that rest."""
    widest = EVERYWHERE | ALL_KINDS
    close = [each for each in found if each.tiers & ~widest]
    rest = [each for each in found if not each.tiers & ~widest]
    rest.sort(key=lambda each: -each.key)
    return close + rest[:MOST_OF_A_TIER], rest[MOST_OF_A_TIER:]


def _compare_texts(ranking: Ranking, undecided: list[Found], *, most: int, to_beat: float) -> None:
    """Reads the texts of at most so many: of those that may come before the last one shown, whose
    score is to be beaten, and where accents are looked for in the texts, of all."""
    spelled = ranking.query.as_spelled() if len(ranking.query.needed) >= MANY_WORDS else None
    is_spelled = test_of(spelled) if spelled else None
    wanted = [
        each.key
        for each in undecided[:most]
        if not each.attachment_id and (is_spelled or ranking.at_most(each) >= to_beat)
    ]
    texts = {}
    if wanted:
        texts = {key: text for key, *text in texts_of(engine().as_value(wanted))}
    for each in undecided:
        title, lead, folded, packed = texts.get(each.key, ("", "", "", None))
        ranking.by_text(each, title, lead, folded, is_phrase=bool(each.tiers & PHRASE))
        each.packed = each.packed or packed
        if is_spelled and not each.tiers & SPELLED and is_spelled(each.tokens):
            each.tiers |= SPELLED
            each.score += ranking.for_spelling

"""One answer over articles, notices, attachments, pages, officials, units and numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language

from contacts.models import Appointment, Duty
from editing.shared import shared
from portal.search.asking import Query, clean, read
from portal.search.candidates import (
    FEW,
    LONG,
    MANY_WORDS,
    MOST_COUNTED,
    MOST_OF_A_TIER,
    PHRASE,
    SPELLED,
    SPELLED_TITLE,
    TOGETHER,
    Filters,
    candidates,
    is_number,
    likely,
)
from portal.search.directory import (
    Directory,
    Place,
    abbreviations_of,
    categories_of,
    look_up,
    read_rows,
    week_keys_of,
)
from portal.search.engines import TookTooLong
from portal.search.index import year_of
from portal.search.models import Kind, SearchDocument
from portal.search.near import nearest
from portal.search.ordering import ranked
from portal.search.ranking import Found
from portal.search.showing import Hit, shown
from portal.search.tokens import spelled_in, unpack, words_in, words_of
from vietnamese.folding import has_marks
from vietnamese.words import as_word

PER_PAGE = 20
MOST_ASKED, COMMON_TEXTS = 10, 3  # texts are asked how they spell what was typed; so many say it
MEAGRE = 3  # results of a long question
MOST_PAGES = 50
SAMPLE, COMMON = 24, 0.25  # texts, and the part of them that have a common word
MOST_LISTS = 20  # of common words that are walked for one question


@dataclass(frozen=True)
class Choice:
    """A value of a filter, with how many results it has."""

    name: str
    value: str
    label: str
    count: int | None  # None: there may be some among what is not counted
    is_chosen: bool


@dataclass
class Answer:
    query: str
    hits: list[Hit] = field(default_factory=list)
    near: list[Hit] = field(default_factory=list)  # where nothing has all the words as typed
    did_you_mean: str = ""
    directory: Directory = field(default_factory=Directory)
    choices: list[Choice] = field(default_factory=list)
    filters: Filters = field(default_factory=Filters)
    total: int = 0
    has_uncounted: bool = False  # whether there may be more than the total
    is_cut: bool = False  # whether there are more than the filters' counts are of
    page: int = 1
    took_too_long: bool = False
    week_keys: dict[str, str] = field(default_factory=dict)  # for `portal.search.in_vain`

    @property
    def hotline(self) -> list[Appointment] | None:
        return self.directory.hotline

    @property
    def officials(self) -> list[Appointment]:
        return self.directory.officials

    @property
    def former(self) -> list[Appointment]:
        return self.directory.former

    @property
    def duties(self) -> list[Duty]:
        return self.directory.duties

    @property
    def units(self) -> list[Place]:
        return self.directory.units

    @property
    def places(self) -> list[Place]:
        return self.directory.places

    @property
    def has_more(self) -> bool:
        return self.total > self.page * PER_PAGE and self.page < MOST_PAGES

    @property
    def is_more_than_counted(self) -> bool:
        return self.total > MOST_COUNTED

    @property
    def most_counted(self) -> int:
        return MOST_COUNTED

    @property
    def is_empty(self) -> bool:
        return not self.hits and self.has_no_direct_answer

    @property
    def is_in_vain(self) -> bool:
        """Whether the whole portal has nothing with all of the words."""
        is_whole = self.page == 1 and not self.filters.is_set and not self.took_too_long
        return bool(self.query) and is_whole and self.is_empty

    @property
    def has_no_direct_answer(self) -> bool:
        found = self.directory
        return not any((found.officials, found.former, found.duties, found.units, found.places))

    @cached_property
    def kinds(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.name == "kind"]

    @cached_property
    def categories(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.name == "category"]

    @cached_property
    def years(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.name == "year"]


def search_everything(text: str, page: str = "1", filters: Filters | None = None) -> Answer:
    """Never raises, whatever is typed; an empty query gets an empty answer."""
    if not read(text).terms:
        return Answer(clean(text))
    rows = read_rows()
    query = read(text, abbreviations_of(rows), get_language() or settings.LANGUAGE_CODE)
    number = int(page) if is_number(page, 3) and page else 1
    answer = Answer(clean(text), page=min(max(number, 1), MOST_PAGES), filters=filters or Filters())
    answer.week_keys = week_keys_of(rows)
    if answer.page == 1 and not answer.filters.is_set:
        answer.directory = look_up(query, rows)
    names = categories_of(rows)
    try:
        _fill(answer, query, names)
    except TookTooLong:
        answer.took_too_long = True
    return answer


def _fill(answer: Answer, query: Query, names: dict[str, str]) -> None:
    if len(query.needed) > LONG or query.lists > MOST_LISTS:
        query = query.without_common(common_words(), most=LONG, most_lists=MOST_LISTS)
    known = candidates(query, answer.filters)
    found = known.found
    if _has_only_syllables(query, known.everything):
        if answer.page == 1 and not answer.filters.is_set:
            answer.near = _near_syllables(query, found)
        return
    answer.total, answer.has_uncounted = len(found), known.has_more
    answer.is_cut = known.has_more_of_everything or len(known.everything) > MOST_COUNTED
    answer.choices = _choices(known.everything, answer, names)
    if found:  # past the last page is the last one
        answer.page = min(answer.page, math.ceil(len(found) / PER_PAGE))
    first, end = (answer.page - 1) * PER_PAGE, answer.page * PER_PAGE
    best = ranked(query, found, end)[first:]
    near_query, near = query, list[Found]()
    if answer.page == 1 and _is_meagre(query, found, answer.directory):
        near_query, near = nearest(query, answer.filters)
    answer.hits = shown(query, best)
    known_keys = {each.key for each in found}
    answer.near = shown(near_query, [each for each in near if each.key not in known_keys])
    if answer.hits and answer.has_no_direct_answer:
        answer.did_you_mean = _did_you_mean(query, found)


def _has_only_syllables(query: Query, found: list[Found]) -> bool:
    """Whether the words stand nowhere as typed, in no title and not side by side: “tố cáo” is not
    found where a text has “tổ” and “báo cáo”."""
    is_known = len(found) <= FEW or len(query.needed) < MANY_WORDS
    if not (query.has_marks and is_known) or len(query.words) < 2:
        return False
    return bool(found) and not any(each.tiers & _AS_TYPED for each in found)


def _near_syllables(query: Query, found: list[Found]) -> list[Hit]:
    """Of three words two together are nearer than all of them apart."""
    near_query, near = nearest(query, Filters()) if len(query.needed) > 2 else (query, [])
    return shown(near_query, near) if near else shown(query, ranked(query, found, PER_PAGE))


_AS_TYPED = SPELLED | SPELLED_TITLE | TOGETHER


def _is_meagre(query: Query, found: list[Found], directory: Directory) -> bool:
    """Nothing, or by chance: of a long question the words apart, in one text or two."""
    if not found:
        return directory.is_empty or directory.is_by_slip
    is_by_chance = not any(each.tiers & TOGETHER for each in found)
    return is_by_chance and len(found) <= MEAGRE and len(query.needed) > 2


def common_words() -> Counter[str]:
    """Folded words that many of the newest texts have, with how many of them."""
    return shared("common words", _common_words)


def _common_words() -> Counter[str]:
    rows = SearchDocument.objects.filter(language=get_language() or "vi").order_by("-key")
    texts = [
        words_in(unpack(bytes(packed))) for packed in rows.values_list("packed", flat=True)[:SAMPLE]
    ]
    counts = Counter(word for words in texts for word in words)
    return Counter({word: count for word, count in counts.items() if count > len(texts) * COMMON})


# The filters


def _choices(found: list[Found], answer: Answer, names: dict[str, str]) -> list[Choice]:
    """Of each filter what it would find beside the other ones."""
    filters = answer.filters
    chosen = {name: value for name, value in asdict(filters).items() if value}
    counts = _counts(found, chosen)
    for name, value in chosen.items():
        counts[name, value] = answer.total
    labels = {("category", pk): name for pk, name in names.items()}
    labels |= {("kind", str(kind)): str(kind.label) for kind in Kind}
    known: dict[tuple[str, str], int | None] = dict(counts)
    if answer.is_cut:
        years = range(_first_year(), timezone.localdate().year + 1)
        for place in (*labels, *(("year", str(year)) for year in years)):
            known.setdefault(place, None)
    choices = [
        Choice(name, value, labels.get((name, value), value), count, chosen.get(name) == value)
        for (name, value), count in known.items()
        if name != "category" or value in names
    ]
    choices.sort(
        key=lambda choice: (choice.name == "year" and -int(choice.value), -(choice.count or 0))
    )
    return choices


def _first_year() -> int:
    """Of all texts."""
    return shared(
        "first year", lambda: year_of(SearchDocument.objects.aggregate(Min("key"))["key__min"])
    )


def _counts(found: list[Found], chosen: dict[str, str]) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for name, value_of in _VALUES.items():
        others = [(_VALUES[other], value) for other, value in chosen.items() if other != name]
        fitting = found
        for other_of, value in others:
            fitting = [each for each in fitting if str(other_of(each)) == value]
        values = Counter(map(value_of, fitting))
        counts.update({(name, str(value)): count for value, count in values.items() if value})
    return counts


_VALUES: dict[str, Callable[[Found], Any]] = {
    "kind": attrgetter("kind"),
    "category": attrgetter("category_id"),
    "year": attrgetter("year"),
}


# Where the query may not be what was meant


def _did_you_mean(query: Query, found: list[Found]) -> str:
    """The accents that titles have, where none has those that were typed, and few texts do."""
    if not query.has_marks:
        return ""
    as_typed = sum(bool(each.tiers & SPELLED) for each in found)
    # One syllable with other accents is another word; and no more titles than these are looked at.
    if (as_typed and len(query.words) == 1) or as_typed >= MOST_OF_A_TIER:
        return ""
    wanted = [word.folded for word in query.words]
    spellings: Counter[str] = Counter()
    for each in likely(query, found)[:MOST_OF_A_TIER]:
        words = words_of(each.title)
        for at in range(len(words) - len(wanted) + 1):
            piece = words[at : at + len(wanted)]
            if [word.folded for word in piece] == wanted:
                spellings[" ".join(word.spelled for word in piece)] += 1
    if not spellings and not as_typed:
        spellings = _spellings_in_texts(query, found)
    if not spellings or " ".join(word.spelled for word in query.words) in spellings:
        return ""
    ((common, count),) = spellings.most_common(1)
    # To leave the accents out is no better.
    return common if count > as_typed and has_marks(common) else ""


def _spellings_in_texts(query: Query, found: list[Found]) -> Counter[str]:
    """Of those whose tokens are here; a word that a text spells in two ways says nothing."""
    wanted = {word.folded for word in query.words}
    spellings: Counter[str] = Counter()
    for each in [each for each in found if each.packed and each.tiers & PHRASE][:MOST_ASKED]:
        by_folded: dict[str, list[str]] = {}
        for word in map(as_word, spelled_in(each.tokens)):
            if word.folded in wanted:
                by_folded.setdefault(word.folded, []).append(word.spelled)
        choices = [
            [word.spelled] if word.spelled in (own := by_folded.get(word.folded, [])) else own
            for word in query.words
        ]
        if all(len(own) == 1 for own in choices):
            spellings[" ".join(own[0] for own in choices)] += 1
    return Counter({words: count for words, count in spellings.items() if count >= COMMON_TEXTS})

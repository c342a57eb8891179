"""What may answer a query: found by the index, and public."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, JSONArray
from django.utils import timezone
from django.utils.translation import get_language

from editing.shared import shared
from editing.written import Written, now
from news.models import Edition
from portal.models import Page
from portal.search.asking import Query
from portal.search.engines import All, Condition, Question, engine, test_of
from portal.search.index import key_at
from portal.search.models import Kind, SearchDocument
from portal.search.ranking import Found
from portal.search.tokens import TITLE, mark, title_tokens, words_of
from vietnamese.folding import has_other_letters, without_marks

MOST_COUNTED = 1000
SPARE = 50  # more are asked for: what was corrected today is still in the index as it was, too
# So many of each tier are looked at closely; of the widest, MOST_COUNTED are counted, and what is
# not looked at follows the others by its date.
MOST_OF_A_TIER = 100
MOST_KNOWN = 10_000  # documents, some megabytes in each process
FEW = 100  # of which it is quicker to look at the tokens than to ask the database again
MANY_WORDS = 4  # whose accents are looked for in what is read, not in the whole index
LONG = 9  # words that are a story; with other words for each of them any text would have them all
EVERYWHERE, SPELLED, SPELLED_TITLE, TITLED, TITLE_PHRASE, PHRASE, ALL_KINDS = (
    1 << number for number in range(7)
)


TOGETHER = TITLED | TITLE_PHRASE | PHRASE  # words that are in a title, or side by side


@dataclass(frozen=True)
class Filters:
    """What the reader has chosen: "" is everything."""

    kind: str = ""
    category: str = ""
    year: str = ""

    @classmethod
    def of(cls, chosen: Any) -> Filters:
        category, year = chosen.get("category", ""), chosen.get("year", "")
        return cls(
            kind=chosen.get("kind", "") if chosen.get("kind", "") in Kind.values else "",
            category=category if is_number(category, 10) else "",
            year=year if is_number(year, 4) else "",
        )

    def marks(self) -> list[str]:
        names = [self.kind, self.category and f"c{self.category}", self.year and f"y{self.year}"]
        return [mark(name) for name in names if name]

    @property
    def is_set(self) -> bool:
        return any((self.kind, self.category, self.year))


def is_number(text: str, longest: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= longest


@dataclass(frozen=True)
class Candidates:
    """What matches and is public, and the same without the filters, which their counts are of."""

    found: list[Found]
    everything: list[Found]
    # Whether the index has more than it was asked for.
    has_more: bool = False
    has_more_of_everything: bool = False


def candidates(query: Query, filters: Filters) -> Candidates:
    questions = questions_of(query, filters)
    rows = engine().ask(questions, key_at(timezone.now(), last=True))
    public = _with_whole_phrases(query, _public(query, questions, rows))
    answers = Counter(number for number, _key in rows)
    full = {each.number for each in questions if answers[each.number] == each.limit}
    has_more = EVERYWHERE in full
    if not filters.is_set:
        return Candidates(public, public, has_more, has_more)
    found = [each for each in public if each.tiers != ALL_KINDS]
    return Candidates(found, public, has_more, ALL_KINDS in full)


def _with_whole_phrases(query: Query, found: list[Found]) -> list[Found]:
    """The index knows pairs alone, so of three words in quotes the texts are read, unless they are
    too many for that."""
    phrases = [[word.folded for word in words] for words in query.phrases if len(words) > 2]
    if not phrases or len(found) > FEW:
        return found
    keys = [each.key for each in found if not each.attachment_id]
    rows = texts_of(engine().as_value(keys)) if keys else []
    texts = {key: f" {folded} " for key, _title, _lead, folded, _packed in rows}
    return [
        each
        for each in found
        if (text := texts.get(each.key)) is None
        or not any(_has_only_pairs(text, phrase) for phrase in phrases)
    ]


def _has_only_pairs(text: str, phrase: list[str]) -> bool:
    """What the text has no pairs of is in what belongs to it, as its author's name."""
    has_pairs = all(f" {first} {second} " in text for first, second in pairwise(phrase))
    return has_pairs and f" {' '.join(phrase)} " not in text


def _public(query: Query, questions: list[Question], rows: list[tuple[int, int]]) -> list[Found]:
    """The public answers, each with the numbers of the questions that it answers."""
    tiers: dict[int, int] = {}
    for number, key in rows:
        tiers[key] = tiers.get(key, 0) | number
    narrow = [key for key, tier in tiers.items() if tier & EVERYWHERE]
    is_few = len(narrow) <= FEW
    public = public_documents(tiers, with_tokens=is_few and len(tiers) <= FEW)
    for found in public:
        found.tiers = tiers[found.key]
    if is_few:
        _compare_tokens(questions, public)
    elif len(narrow) <= MOST_COUNTED:
        _compare_titles(query, public)
    return public


def _compare_tokens(questions: list[Question], found: list[Found]) -> None:
    """What the database was not asked, because there are few texts to look at all."""
    missing = [each.key for each in found if each.tiers & EVERYWHERE and not each.packed]
    packed = dict(_packed(missing)) if missing else {}
    for each in found:
        each.packed = each.packed or packed.get(each.key)
        each.tiers |= tiers_of(questions, each)


def _packed(keys: list[int]) -> Any:
    return SearchDocument.objects.filter(key__in=keys).values_list("key", "packed")


def tiers_of(questions: list[Question], found: Found) -> int:
    tokens = found.tokens
    return sum(each.number for each in questions if tokens and each.fits(tokens))


def questions_of(query: Query, filters: Filters) -> list[Question]:
    """The widest first: what comes after it gives some of the same texts, so of a few texts, and of
    the titles of all, it can be said without the database which of them it would give."""
    language = mark(get_language() or "vi")
    narrow = (language, *filters.marks())
    most = MOST_COUNTED + SPARE
    questions = [(EVERYWHERE, All((*narrow, query.everywhere())), most, 0)]
    if filters.is_set:
        questions.append((ALL_KINDS, All((language, query.everywhere())), most, -1))
    count = len(query.needed)
    spelled_above = FEW if count < MANY_WORDS else MOST_COUNTED if count < LONG else _NEVER
    more: list[tuple[int, Condition | None, int]] = [
        (SPELLED, query.as_spelled(), spelled_above),
        (PHRASE, query.as_phrase(), FEW),
        (SPELLED_TITLE, query.as_spelled_in_title(), MOST_COUNTED),
        (TITLED, query.in_title(), MOST_COUNTED),
        (TITLE_PHRASE, query.as_phrase(TITLE), MOST_COUNTED),
    ]
    phrases = (query.everywhere(),) if query.phrases else ()
    for number, condition, above in more:
        if condition is not None:
            wanted = All((*narrow, condition, *phrases))
            questions.append((number, wanted, MOST_OF_A_TIER, above))
    return [
        Question(number, condition, limit, query.unwanted(), above)
        for number, condition, limit, above in questions
    ]


_NEVER = MOST_COUNTED + SPARE  # no question finds more


def _compare_titles(query: Query, found: list[Found]) -> None:
    """What the database was not asked, because all titles are here."""
    conditions = {
        TITLED: query.in_title(),
        TITLE_PHRASE: query.as_phrase(TITLE),
        SPELLED_TITLE: query.as_spelled_in_title(),
    }
    tests = {tier: test_of(wanted) for tier, wanted in conditions.items() if wanted is not None}
    for each in likely(query, [each for each in found if each.tiers & EVERYWHERE]):
        tokens = title_tokens(words_of(each.title))
        if query.years:
            tokens.add(mark(f"y{each.year}"))
        each.tiers |= sum(tier for tier, is_held in tests.items() if is_held(tokens))


def likely(query: Query, found: list[Found]) -> list[Found]:
    """Those whose titles have the letters of all the words, if nothing else: to take a thousand
    titles apart is slow, and few of them have the words."""
    wanted = query.without_years.wanted
    return [each for each in found if (title := _plain(each.title)) is None or _has(title, wanted)]


def _has(title: str, wanted: list[list[frozenset[str]]]) -> bool:
    # Written out: a thousand times as a generator within a generator takes twice as long.
    for forms in wanted:
        for form in forms:
            for word in form:
                if word not in title:
                    break
            else:
                break
        else:
            return False
    return True


@lru_cache(maxsize=MOST_KNOWN)
def _plain(title: str) -> str | None:
    """Without marks; None where it has other letters."""
    return None if has_other_letters(title) else without_marks(title)


def public_documents(keys: Iterable[int], *, with_tokens: bool = False) -> list[Found]:
    """Asked of the owners of the documents, now: the index does not know who may see what."""
    listed = list(keys)
    if with_tokens:
        rows = _owned_with_tokens(engine().as_value(listed)) if listed else []
        return [Found(*row) for row in _with_their_owners(rows)]
    # A document is never changed, and whatever changes its owner ends what is shared.
    kept: dict[int, tuple[Any, ...] | None] = shared("documents", dict)
    # Another thread may empty it at any moment.
    known = {key: row for key in listed if (row := kept.get(key, _UNKNOWN)) is not _UNKNOWN}
    if missing := [key for key in listed if key not in known]:
        rows = _with_their_owners(_owned(engine().as_value(missing)))
        known |= dict.fromkeys(missing) | {row[0]: row for row in rows}
        if len(kept) > MOST_KNOWN:
            kept.clear()
        kept.update(known)
    return [Found(*row) for key in listed if (row := known[key])]


_UNKNOWN = ()


def _with_their_owners(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Those that are public."""
    rows = [row for row in rows if row[_EDITION] is None or row[_OWNER]]
    # All at once: a thousand short texts take longer.
    owners = json.loads(f"[{','.join(row[_OWNER] or _OF_A_PAGE for row in rows)}]")
    return [
        (*row[:_OWNER], *owner, *row[_OWNER + 1 :]) for row, owner in zip(rows, owners, strict=True)
    ]


def _with_owners(with_tokens: bool, keys: str) -> QuerySet[Any, tuple[Any, ...]]:
    """Pages only where they are public; of an edition nothing where it is not."""
    # Not joined: where PostgreSQL does not know yet how large the tables have become, it would join
    # them in an order that takes seconds.
    edition = Edition.objects.live_of_many().filter(pk=OuterRef("edition")).order_by()
    has_ended = Q(ends_at__isnull=False, ends_at__lte=now())
    owner = Cast(JSONArray("article_id", "category_id", has_ended), TextField())
    pages = Page.objects.public().rewrite(False).order_by()
    rows = SearchDocument.objects.filter(key__in=engine().listed(keys))
    rows = rows.filter(Q(page=None) | Q(page__in=pages))
    columns = ("key", "kind", "title", "attachment_id", "edition_id", "owner")
    return rows.annotate(owner=Subquery(edition.values_list(owner))).values_list(
        *columns, *(("packed",) if with_tokens else ())
    )


_EDITION, _OWNER = 4, 5  # columns
_OF_A_PAGE = "[null, null, false]"
_owned = Written(partial(_with_owners, False))
_owned_with_tokens = Written(partial(_with_owners, True))


@Written
def texts_of(keys: str) -> QuerySet[Any, tuple[Any, ...]]:
    """Of editions: key, title, lead, the whole text folded, and the tokens."""
    rows = SearchDocument.objects.filter(key__in=engine().listed(keys)).exclude(edition=None)
    return rows.values_list("key", "edition__title", "edition__lead", "edition__folded", "packed")

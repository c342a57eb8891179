"""One answer over articles, notices, attachments, pages, officials, units and numbers."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import lru_cache, partial
from itertools import pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, JSONArray
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language

from contacts.models import Appointment, Duty
from editing.richtext import plain_text
from editing.shared import shared
from editing.written import Written, now
from news.models import Attachment, Edition
from portal.models import Page
from portal.search.asking import Query, clean, read
from portal.search.directory import (
    Directory,
    Place,
    abbreviations_of,
    categories_of,
    look_up,
    read_rows,
    week_keys_of,
)
from portal.search.engines import All, Condition, Question, TookTooLong, engine, test_of
from portal.search.highlighting import Highlighter, Part
from portal.search.index import key_at, text_of
from portal.search.models import Kind, SearchDocument, SearchWord
from portal.search.ranking import Found, Ranking
from portal.search.tokens import TITLE, mark, title_tokens, unpack, words_in, words_of_title
from vietnamese.folding import has_other_letters, without_marks
from vietnamese.normalizing import is_syllable
from vietnamese.slips import one_slip, pieces, taken_apart

PER_PAGE = 20
MOST_PAGES = 50
MOST_COUNTED = 1000
SPARE = 50  # more are asked for: what was corrected today is still in the index as it was, too
# So many of each tier are looked at closely; of the widest, MOST_COUNTED are counted, and what is
# not looked at follows the others by its date.
MOST_OF_A_TIER = 100
MOST_KNOWN = 10_000  # documents, some megabytes in each process
MOST_READ = 60  # whose text is compared, not only the title
FEW = 100  # of which it is quicker to look at the tokens than to ask the database again
MANY_WORDS = 4  # whose accents are looked for in what is read, not in the whole index
SAMPLE, COMMON = 24, 0.25  # texts, and the part of them that have a common word
LONG = 9  # words that are a story; with other words for each of them any text would have them all
MOST_LISTS = 20  # of common words that are walked for one question
MOST_SLIPS, MOST_SLIPS_IN_ALL = 8, 24  # other words that are tried for one, and for all
EVERYWHERE, SPELLED, SPELLED_TITLE, TITLED, TITLE_PHRASE, PHRASE, ALL_KINDS = (
    1 << number for number in range(7)
)


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
            category=category if _is_number(category, 10) else "",
            year=year if _is_number(year, 4) else "",
        )

    def marks(self) -> list[str]:
        names = [self.kind, self.category and f"c{self.category}", self.year and f"y{self.year}"]
        return [mark(name) for name in names if name]

    @property
    def is_set(self) -> bool:
        return any((self.kind, self.category, self.year))


def _is_number(text: str, longest: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= longest


@dataclass
class Hit:
    """A result as it is shown."""

    kind: str
    title: list[Part]
    url: str
    text: list[Part]
    edition: Edition | None = None
    attachment: Attachment | None = None
    page: Page | None = None

    @property
    def kind_name(self) -> Any:
        return Kind(self.kind).label


@dataclass(frozen=True)
class Choice:
    """A value of a filter, with how many results it has."""

    name: str
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass
class Answer:
    query: str
    hits: list[Hit] = field(default_factory=list)
    near: list[Hit] = field(default_factory=list)  # where nothing has all the words as typed
    near_words: str = ""
    did_you_mean: str = ""
    directory: Directory = field(default_factory=Directory)
    choices: list[Choice] = field(default_factory=list)
    filters: Filters = field(default_factory=Filters)
    total: int = 0
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
    number = int(page) if _is_number(page, 3) and page else 1
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
    found, everything = _candidates(query, answer.filters)
    answer.total = len(found)
    answer.is_cut = len(everything) > MOST_COUNTED
    answer.choices = _choices(everything, answer, names)
    first, end = (answer.page - 1) * PER_PAGE, answer.page * PER_PAGE
    answer.hits = _shown(query, _ranked(query, found, end)[first:])
    if answer.hits:
        answer.did_you_mean = _did_you_mean(query, found)
    elif answer.page == 1 and answer.has_no_direct_answer:
        _fill_near(answer, query)


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


# Candidates


def _candidates(query: Query, filters: Filters) -> tuple[list[Found], list[Found]]:
    """What matches and is public, and the same without the filters, which the counts are of."""
    public = _with_whole_phrases(query, _asked(query, _questions(query, filters)))
    if not filters.is_set:
        return public, public
    return [each for each in public if each.tiers != ALL_KINDS], public


def _with_whole_phrases(query: Query, found: list[Found]) -> list[Found]:
    """The index knows pairs alone, so of three words in quotes the texts are read, unless they are
    too many for that."""
    phrases = [[word.folded for word in words] for words in query.phrases if len(words) > 2]
    if not phrases or len(found) > FEW:
        return found
    keys = [each.key for each in found if not each.attachment_id]
    rows = _texts(engine().as_value(keys)) if keys else []
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


def _asked(query: Query, questions: list[Question]) -> list[Found]:
    """The public answers, each with the numbers of the questions that it answers."""
    rows = engine().ask(questions, key_at(timezone.now(), last=True))
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
        each.tiers |= _tiers(questions, each)


def _packed(keys: list[int]) -> Any:
    return SearchDocument.objects.filter(key__in=keys).values_list("key", "packed")


def _tiers(questions: list[Question], found: Found) -> int:
    tokens = found.tokens
    return sum(each.number for each in questions if tokens and each.fits(tokens))


def _questions(query: Query, filters: Filters) -> list[Question]:
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
    for each in _likely(query, [each for each in found if each.tiers & EVERYWHERE]):
        tokens = title_tokens(words_of_title(each.title))
        if query.years:
            tokens.add(mark(f"y{each.year}"))
        each.tiers |= sum(tier for tier, is_held in tests.items() if is_held(tokens))


def _likely(query: Query, found: list[Found]) -> list[Found]:
    """Those whose titles have the letters of all the words, if nothing else: to take a thousand
    titles apart is slow, and few of them have the words."""
    wanted = query.without_years.wanted
    return [
        each
        for each in found
        if (title := _plain(each.title)) is None
        or all(any(all(map(title.__contains__, form)) for form in forms) for forms in wanted)
    ]


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


def _ranked(
    query: Query, found: list[Found], count: int, *, with_texts: bool = True
) -> list[Found]:
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
        texts = {key: text for key, *text in _texts(engine().as_value(wanted))}
    for each in undecided:
        title, lead, folded, packed = texts.get(each.key, ("", "", "", None))
        ranking.by_text(each, title, lead, folded, is_phrase=bool(each.tiers & PHRASE))
        each.packed = each.packed or packed
        if is_spelled and not each.tiers & SPELLED and is_spelled(each.tokens):
            each.tiers |= SPELLED
            each.score += ranking.for_spelling


@Written
def _texts(keys: str) -> QuerySet[Any, tuple[Any, ...]]:
    rows = SearchDocument.objects.filter(key__in=engine().listed(keys)).exclude(edition=None)
    return rows.values_list("key", "edition__title", "edition__lead", "edition__folded", "packed")


# What is shown


def _shown(query: Query, found: list[Found]) -> list[Hit]:
    """In one query, whatever they are."""
    if not found:
        return []
    documents = {row.key: row for row in _documents(*(each.key for each in found))}
    highlighter = Highlighter(query)
    return [_hit(documents[each.key], highlighter) for each in found if each.key in documents]


@Written
def _documents(*keys: int) -> QuerySet[SearchDocument]:
    rows = SearchDocument.objects.select_related(
        "edition__article", "edition__category", "attachment__file__text", "page"
    )
    # Key by key: from a subquery beside so many tables PostgreSQL would join them all first.
    return rows.only(*_SHOWN).filter(key__in=keys)


_SHOWN = (
    *("kind", "title", "page", "attachment__file__name", "attachment__file__text__text"),
    *(f"edition__{name}" for name in ("title", "slug", "lead", "body", "language", "listed_at")),
    *(f"edition__{name}" for name in ("ends_at", "notice_level", "category", "article__origin")),
)


def _hit(document: SearchDocument, highlighter: Highlighter) -> Hit:
    edition, attachment, page = document.edition, document.attachment, document.page
    url, text = "", ""
    if attachment is not None:
        url, text = attachment.file.get_absolute_url(), text_of(attachment)
    elif edition is not None:
        url, text = edition.get_absolute_url(), f"{edition.lead}\n{plain_text(edition.body)}"
    elif page is not None:
        url, text = page.get_absolute_url(), f"{page.summary}\n{plain_text(page.body)}"
    title, shown = highlighter.marked(document.title), highlighter.snippet(text)
    return Hit(document.kind, title, url, shown, edition, attachment, page)


def _choices(found: list[Found], answer: Answer, names: dict[str, str]) -> list[Choice]:
    """Of each filter what it would find beside the other ones."""
    filters = answer.filters
    chosen = {name: value for name, value in asdict(filters).items() if value}
    counts = _counts(found, chosen)
    for name, value in chosen.items():
        counts[name, value] = answer.total
    labels = {("category", pk): name for pk, name in names.items()}
    labels |= {("kind", str(kind)): str(kind.label) for kind in Kind}
    choices = [
        Choice(name, value, labels.get((name, value), value), count, chosen.get(name) == value)
        for (name, value), count in counts.items()
        if name != "category" or value in names
    ]
    choices.sort(key=lambda choice: (choice.name == "year" and -int(choice.value), -choice.count))
    return choices


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
    # One syllable with other accents is another word.
    if as_typed and len(query.words) == 1:
        return ""
    wanted = [word.folded for word in query.words]
    spellings: Counter[str] = Counter()
    for each in _likely(query, found)[:MOST_OF_A_TIER]:
        words = words_of_title(each.title)
        for at in range(len(words) - len(wanted) + 1):
            piece = words[at : at + len(wanted)]
            if [word.folded for word in piece] == wanted:
                spellings[" ".join(word.spelled for word in piece)] += 1
    if not spellings or " ".join(word.spelled for word in query.words) in spellings:
        return ""
    ((common, count),) = spellings.most_common(1)
    return common if count > as_typed else ""


class _Way(NamedTuple):
    """Another way to read a query that finds nothing."""

    query: Query
    condition: Condition | None
    goes_along: bool = False  # asked beside the one before it, whatever that finds


def _fill_near(answer: Answer, query: Query) -> None:
    """One slip of a letter, or else all words but one, or else a part of them: the first of these
    that finds something.

    Texts are not read, so that no search needs more than nine queries."""
    narrow = (mark(get_language() or "vi"), *answer.filters.marks())
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
        return
    first, _key = rows[0]
    other, wanted, _goes_along = ways[first]
    has_all = wanted == other.everywhere()
    keys = dict.fromkeys(key for at, key in rows if at == first or not has_all)
    near = public_documents(keys, with_tokens=True)
    ranked = _ranked_by_tokens(other, near) if has_all else _ranked_by_share(other, near)
    answer.near = _shown(other, ranked)


def _ranked_by_tokens(query: Query, near: list[Found]) -> list[Found]:
    questions = _questions(query, Filters())
    for each in near:
        each.tiers = _tiers(questions, each)
    return _ranked(query, near, PER_PAGE, with_texts=False)


def _ranked_by_share(query: Query, near: list[Found]) -> list[Found]:
    ranking = Ranking(query)
    for each in near:
        ranking.by_share(each)
    return sorted(near, key=Found.order)[:PER_PAGE]


def _ways(query: Query) -> Iterator[_Way]:
    spelled = {word.folded: word.spelled for term in query.needed for word in term.words}
    words = set(spelled)
    # In a story only what nobody writes is taken for a slip: the database knows 400 for each word.
    slipped_in = [
        word for word in words if len(query.needed) < LONG or not is_syllable(spelled[word])
    ]
    variants = {word: one_slip(word) for word in slipped_in}
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
        is_piece = known.__contains__ if word in glued else is_syllable
        if apart := taken_apart(spelled[word], is_piece):
            meant[word] = apart + meant.get(word, [])
    if slips := {word: meant[word] for word in unknown if word in meant}:
        query = query.with_slips(_likeliest(slips))
        yield _Way(query, query.everywhere())
    if other := query.without_words(unknown):
        query = other
        yield _Way(query, query.everywhere())
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
    others = [_Way(slipped, slipped.everywhere()), _Way(query, query.all_but_one())]
    # Of many words one is sooner wrong altogether than another one that there is too.
    yield from others if len(query.needed) < 3 else reversed(others)
    yield _Way(query, query.in_part(2))


def _likeliest(meant: dict[str, list[str]]) -> dict[str, list[str]]:
    """Few for each where there are many words: each is a list to walk."""
    most = min(MOST_SLIPS, MOST_SLIPS_IN_ALL // len(meant)) if meant else 0
    return {word: others[: max(most, 1)] for word, others in meant.items()}


def _unlikely(typed: str, word: str) -> tuple[bool, bool, str]:
    """Two letters exchanged is the commonest slip, and most words are syllables."""
    return (not is_syllable(word), sorted(word) != sorted(typed), word)

"""Direct answers: officials, posts, units, matters and telephone numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language

from contacts.directory import ranked
from contacts.models import Appointment, Duty, PhoneNumber, Unit
from editing.languages import codes, columns, text_in
from editing.models import Abbreviation
from editing.shared import shared
from editing.written import Written
from news.models import Category
from portal.models import Destination
from portal.search.asking import Query
from portal.search.models import SearchWord, VainKey
from portal.search.small_words import words_of_asking
from vietnamese.folding import has_marks
from vietnamese.normalizing import may_be_syllable
from vietnamese.slips import one_slip, sounding_alike, taken_apart
from vietnamese.words import Word, split_words

# Shorter runs of digits are years and counts, not telephone numbers.
LEAST_DIGITS = 4
LEAST_ALONE = 5  # letters of a slip that is all of a query
MOST = 10


@dataclass(frozen=True)
class Place:
    """A page of the portal that is no article."""

    title: str
    url: str


@dataclass
class Directory:
    officials: list[Appointment] = field(default_factory=list)
    former: list[Appointment] = field(default_factory=list)  # each with `today`
    duties: list[Duty] = field(default_factory=list)
    units: list[Place] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    hotline: list[Appointment] | None = None  # None: not asked for

    @property
    def is_empty(self) -> bool:
        return not (self.officials or self.former or self.duties or self.units or self.places)


Rows = list[dict[str, Any]]


def read_rows() -> Rows:
    """Units, matters, the numbers of units, categories, abbreviations and the keys of `in_vain`, all
    in one query."""
    size = len(_COLUMNS)
    return [
        dict(zip(_COLUMNS, row[:size], strict=True)) | {"texts": " ".join(row[size:]).strip()}
        for row in _rows()
    ]


@Written
def _rows() -> QuerySet[Any, tuple[Any, ...]]:
    language = get_language() or "vi"
    return _texts(Unit, "unit", language).union(  # type: ignore[no-any-return]
        _texts(Duty, "duty", language, "description"),
        _unit_numbers(),
        _categories(language),
        _abbreviations(),
        _week_keys(),
        all=True,
    )


def abbreviations_of(rows: Rows) -> list[tuple[str, str]]:
    return [(row["name"], row["texts"]) for row in rows if row["sort"] == "abbreviation"]


def categories_of(rows: Rows) -> dict[str, str]:
    """Names by key."""
    return {str(row["pk"]): row["name"] for row in rows if row["sort"] == "category"}


def week_keys_of(rows: Rows) -> dict[str, str]:
    return {row["slug"]: row["name"] for row in rows if row["sort"] == "key"}


def look_up(query: Query, rows: Rows) -> Directory:
    """One query more, whatever is typed."""
    everybody = shared("people of the search", _everybody)
    found = _found(query, rows, everybody)
    if found.is_empty and (named := query.of_whom()):
        found = _found(named, rows, everybody)
    if found.is_empty and (meant := _with_one_slip(named or query, everybody)):
        found = _found(meant, rows, everybody)
    return found


def _with_one_slip(query: Query, everybody: Sequence[Appointment]) -> Query | None:
    """Where all words but one are of names and posts, or of the hotline, and that one is no word:
    the query with what it may have been."""
    if query.phrases or query.without:
        return None  # who uses quotes means what he says
    posts = frozenset(_words(str(Destination.HOTLINE.label))).union(
        *(_words(row.title) for row in everybody)
    )
    known = posts.union(*(_words(row.person.name) for row in everybody))
    folded = {word.folded for word in known}
    unknown = {word for term in query.needed for word in term.words if word.folded not in folded}
    if len(unknown) != 1:
        return None
    (slip,) = unknown
    if len(query.needed) < 2 and (len(slip.folded) < LEAST_ALONE or may_be_syllable(slip.spelled)):
        return None  # a short word alone may be anything
    meant = _meant_by(slip, folded, posts)
    return query.with_slips({slip.folded: meant}) if meant else None


def _meant_by(slip: Word, known: Set[str], posts: Set[Word]) -> list[str]:
    """“Hùng” for “hùg”, but not for “hàng”, which is a word; and where a word sounds like one of a
    post, that: “đường dây nóng” for “đường giây nóng”. A name that sounds alike is another one."""
    if (get_language() or "vi") != "vi":
        is_word = SearchWord.objects.filter(word=slip.folded).exists()
        return [] if is_word else sorted(one_slip(slip.folded) & known)
    if may_be_syllable(slip.spelled):
        is_plain = not has_marks(slip.spelled)
        of_posts = {word.folded if is_plain else word.spelled for word in posts}
        return sorted(sounding_alike(slip.spelled) & of_posts)
    if apart := taken_apart(slip.folded, known.__contains__):
        return apart
    return sorted(one_slip(slip.folded) & known) if len(slip.folded) > 2 else []


def _found(query: Query, rows: Rows, everybody: Sequence[Appointment]) -> Directory:
    today = ranked(row for row in everybody if row.is_current())
    found = Directory(places=_parts(query))
    _units_and_duties(query, rows, found)
    found.officials = _officials(query, today, found.duties)
    found.hotline = [row for row in today if row.is_on_hotline and row.public_numbers]
    if query.sequences[0] and _is_hotline(query):
        found.officials = found.hotline
    found.former = _former(query, everybody, today)
    return found


@Written
def _everybody() -> QuerySet[Appointment]:
    return Appointment.objects.for_display()


def matches(query: Query, *texts: str) -> bool:
    """Whether every idea of the query is in these texts, in one of its forms. With other accents only
    where all stands in one text as it was typed: “trưỡng ban”, but not “tràn dầu” for one Trần who
    is there for “đầu tư”."""
    words = frozenset().union(*map(_folded, texts))
    if any({w.folded for w in part} <= words for part in query.without):
        return False
    if not all(any(form <= words for form in forms) for forms in query.wanted):
        return False
    spelled = {word.spelled for text in texts for word in _words(text)}
    is_spelled = all(
        word.spelled in spelled or word.folded not in words or not has_marks(word.spelled)
        for word in query.words
    )
    return is_spelled or any(_has_phrase(query, text) for text in texts)


def _has_phrase(query: Query, text: str) -> bool:
    joined = f" {' '.join(word.folded for word in split_words(text))} "
    readings = (" ".join(word.folded for word in words) for words in query.sequences)
    return any(f" {reading} " in joined for reading in readings)


@lru_cache(maxsize=4096)  # the same names in every search
def _words(text: str) -> frozenset[Word]:
    return frozenset(split_words(text))


@lru_cache(maxsize=4096)
def _folded(text: str) -> frozenset[str]:
    return frozenset(word.folded for word in _words(text))


def fit(query: Query, text: str) -> int:
    """The smaller, the closer: 0 is the text itself, 1 begins with it, 2 holds it."""
    words = [word.folded for word in split_words(text)]
    for reading in query.sequences:
        wanted = [word.folded for word in reading]
        if words == wanted:
            return 0
        if words[: len(wanted)] == wanted:
            return 1
    return 2


def _officials(
    query: Query, today: Sequence[Appointment], duties: Iterable[Duty]
) -> list[Appointment]:
    digits = "".join(word.folded for word in query.words if word.folded.isdigit())
    is_number = all(word.folded.isdigit() for word in query.words)
    answering = {(duty.post_id, duty.holder_id) for duty in duties}
    found = []
    for at, row in enumerate(today):
        names = (row.person.name, row.title, row.post.unit.name)
        own = matches(query, row.person.full_name, row.title)
        if is_number:
            rank = 0 if _has_number(row.public_numbers, digits) else None
        elif own:
            rank = min(fit(query, names[0]), fit(query, names[1]))
        elif (row.post_id, None) in answering or (row.post_id, row.pk) in answering:
            rank = 3
        else:
            rank = 4 if _says_more_than_the_unit(query, row) else None
        if rank is not None:
            found.append((rank, at, row))
    return [row for _rank, _at, row in sorted(found, key=lambda each: each[:2])][:MOST]


def _says_more_than_the_unit(query: Query, row: Appointment) -> bool:
    """“Trưởng phòng Ban Quản lý” names a post; the unit's name alone is a question for the unit."""
    if not matches(query, row.person.full_name, row.title, row.post.unit.name):
        return False
    own = _folded(row.person.full_name) | _folded(row.title)
    unit = _folded(row.post.unit.name)
    return any(word.folded in own - unit for word in query.words)


def _has_number(numbers: Iterable[PhoneNumber], digits: str) -> bool:
    if len(digits) < LEAST_DIGITS:
        return False
    known = ["".join(filter(str.isdigit, number.national)) for number in numbers]
    known += [number.e164.lstrip("+") for number in numbers]
    return any(digits in each for each in known)


def _former(
    query: Query, everybody: Iterable[Appointment], today: Sequence[Appointment]
) -> list[Appointment]:
    """Who held a post, found by name: since when no more, and who holds it today."""
    left = [row for row in everybody if row.ended_on is not None and not row.is_current()]
    asked = {word.folded for word in query.words}
    rows = [
        row
        for row in left
        if asked & _folded(row.person.name)
        and matches(query, row.person.full_name, row.title, row.post.unit.name)
    ]
    rows.sort(key=lambda row: (row.ended_on, row.pk), reverse=True)
    rows = [copy(row) for row in rows[:MOST]]  # they are other searches' too
    for row in rows:
        others = [each for each in today if each.person_id != row.person_id]
        row.today = [each for each in others if each.post_id == row.post_id]  # type: ignore[attr-defined]
    return rows


def _units_and_duties(query: Query, rows: Rows, found: Directory) -> None:
    digits = "".join(word.folded for word in query.words if word.folded.isdigit())
    by_number = {
        row["slug"]
        for row in rows
        if row["sort"] == "number"
        and len(digits) >= LEAST_DIGITS
        and digits in "".join(filter(str.isdigit, row["texts"] + row["name"]))
    }
    for row in rows:
        if row["sort"] == "duty" and matches(query, row["texts"]):
            duty = Duty(
                pk=row["pk"], slug=row["slug"], post_id=row["post"], holder_id=row["holder"] or None
            )
            duty.name = row["name"]
            found.duties.append(duty)
        named = row["sort"] == "unit" and matches(query, row["texts"])
        if named or (row["sort"] == "unit" and row["slug"] in by_number):
            url = reverse("contacts:unit", args=[row["slug"]])
            found.units.append(Place(row["name"], url))
    found.units.sort(key=lambda place: fit(query, place.title))
    del found.units[MOST:]


# Then come texts: all that the row is found by, in every language.
_COLUMNS = ("sort", "pk", "slug", "name", "post", "holder")


def _with_texts(rows: Any, *named: str) -> Any:
    """As many columns of text for each sort of rows."""
    count = 2 * len(codes())
    fields: list[Any] = [Coalesce(name, Value(""), output_field=CharField()) for name in named]
    fields += [Value("", output_field=CharField())] * (count - len(named))
    texts = {f"text_{at}": field for at, field in enumerate(fields)}
    return rows.annotate(**texts).values_list(*_COLUMNS_OF[rows.model], *texts)


def _texts(model: Any, sort: str, language: str, *more: str) -> Any:
    has_post = model is Duty
    rows = model.objects.rewrite(False).exclude(slug=None).order_by()
    rows = rows.annotate(
        sort=Value(sort, output_field=CharField()),
        shown=text_in("name", language),
        post_key=F("post_id") if has_post else Value(0),
        holder_key=Coalesce("holder_id", Value(0)) if has_post else Value(0),
    )
    return _with_texts(rows, *(name for field in ("name", *more) for name in columns(field)))


def _unit_numbers() -> Any:
    rows = PhoneNumber.objects.public().exclude(unit=None).exclude(unit__slug=None).order_by()
    rows = rows.annotate(
        sort=Value("number", output_field=CharField()), zero=Value(0), one=Value(0)
    )
    return _with_texts(rows, "e164")


def _categories(language: str) -> Any:
    rows = Category.objects.rewrite(False).order_by()
    rows = rows.annotate(
        sort=Value("category", output_field=CharField()),
        shown=text_in("name", language),
        none=Value("", output_field=CharField()),
        zero=Value(0),
        one=Value(0),
    )
    return _with_texts(rows)


def _abbreviations() -> Any:
    rows = Abbreviation.objects.order_by().annotate(
        sort=Value("abbreviation", output_field=CharField()),
        slug=Value("", output_field=CharField()),
        zero=Value(0),
        one=Value(0),
    )
    return _with_texts(rows, "full")


def _week_keys() -> Any:
    rows = VainKey.objects.order_by().annotate(
        sort=Value("key", output_field=CharField()),
        number=Value(0),
        monday=Cast("week", CharField(max_length=10)),
        zero=Value(0),
        one=Value(0),
    )
    return _with_texts(rows)


_COLUMNS_OF: dict[Any, tuple[str, ...]] = {
    Unit: ("sort", "pk", "slug", "shown", "post_key", "holder_key"),
    Duty: ("sort", "pk", "slug", "shown", "post_key", "holder_key"),
    PhoneNumber: ("sort", "pk", "unit__slug", "raw", "zero", "one"),
    Category: ("sort", "pk", "none", "shown", "zero", "one"),
    Abbreviation: ("sort", "pk", "slug", "short", "zero", "one"),
    VainKey: ("sort", "number", "monday", "key", "zero", "one"),
}


def _parts(query: Query) -> list[Place]:
    """The portal's own parts."""
    return [
        Place(capfirst(str(part.label)), part.url)
        for part in Destination
        if part not in _NOT_LOOKED_FOR and matches(query, str(part.label))
    ]


def _is_hotline(query: Query) -> bool:
    """“Đường dây nóng”, or “số điện thoại đường dây nóng”."""
    label = str(Destination.HOTLINE.label)
    has_all = _folded(label) <= {word.folded for word in query.words}
    is_asking = len(words_of_asking(query.words)) == len(query.words)
    return matches(query, label) or (has_all and is_asking)


# Who searches is not looking for the search page or for the home page.
_NOT_LOOKED_FOR = (Destination.HOME, Destination.SEARCH)

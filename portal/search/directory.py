"""Direct answers: officials, posts, units, matters and telephone numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language

from contacts.directory import ranked
from contacts.models import Appointment, Duty, PhoneNumber, Post, Unit
from editing.languages import codes, columns, text_in
from editing.models import Abbreviation
from editing.shared import shared
from editing.written import Written
from news.models import Category
from portal.models import Destination
from portal.search.asking import Query
from portal.search.matching import (
    Part,
    fits,
    folded_words,
    is_matter,
    is_named,
    is_said_in,
    part_of_person,
)
from portal.search.models import SearchWord, VainKey, monday_of
from portal.search.small_words import words_of_asking
from portal.search.tokens import words_of
from vietnamese.folding import has_marks
from vietnamese.normalizing import may_be_syllable
from vietnamese.slips import one_slip, sounding_alike, taken_apart
from vietnamese.words import Word

# Shorter runs of digits are years and counts, not telephone numbers.
LEAST_DIGITS, WHOLE_NUMBER = 4, 9
LEAST_ALONE = 5  # letters of a slip that is all of a query
MOST_TEXTS = 4  # of a telephone number
MOST = 10


@dataclass(frozen=True)
class Place:
    """A page of the portal that is no article."""

    title: str
    url: str
    numbers: tuple[PhoneNumber, ...] = ()
    is_vacant: bool = False  # a post that nobody holds


@dataclass
class Directory:
    officials: list[Appointment] = field(default_factory=list)
    former: list[Appointment] = field(default_factory=list)  # each with `today`
    duties: list[Duty] = field(default_factory=list)
    units: list[Place] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    hotline: list[Appointment] | None = None  # None: not asked for
    is_by_slip: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.officials or self.former or self.duties or self.units or self.places)


Rows = list[dict[str, Any]]


def read_rows() -> Rows:
    """Units, posts, matters, their numbers, categories, abbreviations and the keys of `in_vain`, all
    in one query."""
    return shared("rows of the search", _read_rows)


def _read_rows() -> Rows:
    size, monday = len(_COLUMNS), monday_of(timezone.localdate()).isoformat()
    rows = [dict(zip(_COLUMNS, row[:size], strict=True)) | {"texts": row[size:]} for row in _rows()]
    # The key of a week that is over is not kept here longer than in the database.
    return [row for row in rows if row["sort"] != "key" or row["slug"] >= monday]


@Written
def _rows() -> QuerySet[Any, tuple[Any, ...]]:
    language = get_language() or "vi"
    return _texts(Unit, "unit", language).union(  # type: ignore[no-any-return]
        _texts(Duty, "duty", language, "description"),
        _vacant_or_held(language),
        _numbers(),
        _categories(language),
        _abbreviations(),
        _week_keys(),
        all=True,
    )


def abbreviations_of(rows: Rows) -> list[tuple[str, str]]:
    return [(row["name"], row["texts"][0]) for row in rows if row["sort"] == "abbreviation"]


def categories_of(rows: Rows) -> dict[str, str]:
    """Names by key."""
    return {str(row["pk"]): row["name"] for row in rows if row["sort"] == "category"}


def week_keys_of(rows: Rows) -> dict[str, str]:
    return {row["slug"]: row["name"] for row in rows if row["sort"] == "key"}


class _People(NamedTuple):
    everybody: Sequence[Appointment]
    today: Sequence[Appointment]
    units: Mapping[int, str]  # of each its name and those of the units it belongs to


def look_up(query: Query, rows: Rows) -> Directory:
    """One query more, whatever is typed."""
    people = shared("people of the search", partial(_people, rows))
    found = Directory()
    if gone := query.of_the_past():
        found = _found(gone, rows, people, of_the_past=True)
    if not found.former:
        found = _found(query, rows, people)
    if found.is_empty and (whom := query.of_whom()):
        found = _found(whom, rows, people, is_left=True)
    if found.is_empty and (named := query.of_whom(by_name=True)):
        found = _found(named, rows, people, is_left=True, by_name=True)
    if found.is_empty and (meant := _with_one_slip(whom or query, rows, people)):
        found = _found(meant, rows, people)
        found.is_by_slip = True
    elif found.is_empty and (meant := _with_one_slip(whom or query, rows, people, ask_texts=True)):
        found = _found(meant, rows, people)
    found.hotline = [row for row in people.today if row.is_on_hotline and row.public_numbers]
    return found


def _with_one_slip(
    query: Query, rows: Rows, people: _People, *, ask_texts: bool = False
) -> Query | None:
    """Where all words but one are of the directory or of the hotline, and that one is no word:
    the query with what it may have been. `ask_texts`, which is one query more, tells that of a whole
    name or in English."""
    if query.phrases or query.without:
        return None  # who uses quotes means what he says
    posts = frozenset(words_of(str(Destination.HOTLINE.label))).union(
        *(words_of(row.title) for row in people.everybody),
        *(words_of(text) for row in rows if row["sort"] in _NAMED for text in row["texts"]),
    )
    known = posts.union(*(words_of(row.person.name) for row in people.everybody))
    folded = {word.folded for word in known}
    unknown = {word for term in query.needed for word in term.words if word.folded not in folded}
    if len(unknown) != 1:
        return None
    (slip,) = unknown
    if len(query.needed) < 2 and (len(slip.folded) < LEAST_ALONE or may_be_syllable(slip.spelled)):
        return None  # a short word alone may be anything
    if ask_texts:
        is_long = len(query.needed) > 2 or (get_language() or "vi") != "vi"
        meant = sorted(one_slip(slip.folded) & folded) if is_long else []
        meant = meant if meant and not _is_known(slip) else []
    else:
        meant = _meant_by(slip, folded, posts)
    return query.with_slips({slip.folded: meant}) if meant else None


def _meant_by(slip: Word, known: Set[str], posts: Set[Word]) -> list[str]:
    """“Hùng” for “hùg”, but not for “hàng”, which is a word; and where a word sounds like one of a
    post, that: “đường dây nóng” for “đường giây nóng”. A name that sounds alike is another one."""
    if (get_language() or "vi") != "vi":
        return []  # what is a word there is not told by its letters
    if may_be_syllable(slip.spelled):
        is_plain = not has_marks(slip.spelled)
        of_posts = {word.folded if is_plain else word.spelled for word in posts}
        return sorted(sounding_alike(slip.spelled) & of_posts)
    if apart := taken_apart(slip.folded, known.__contains__):
        return apart
    return sorted(one_slip(slip.folded) & known) if len(slip.folded) > 2 else []


_NAMED = ("unit", "duty", "post")


def _is_known(word: Word) -> bool:
    """To some text."""
    return SearchWord.objects.filter(word=word.folded).exists()


def _found(
    query: Query,
    rows: Rows,
    people: _People,
    *,
    is_left: bool = False,
    by_name: bool = False,
    of_the_past: bool = False,
) -> Directory:
    """`is_left` is what is left of a question for somebody: one word of it is a name, or nothing."""
    found = Directory()
    today = people.today
    found.former = _former(query, people, by_post=of_the_past)
    if by_name or (is_left and len(query.needed) < 2 and not _digits(query)):
        named = [row for row in today if _part(query, row, people) is Part.NAME]
        found.officials = named[:MOST]
        return found
    found.places = _parts(query)
    _units_and_duties(query, rows, people, found)
    found.officials = _officials(query, people, found.duties)
    if query.sequences[0] and _is_hotline(query):
        found.officials = [row for row in today if row.is_on_hotline and row.public_numbers]
        found.places = found.places or [_place(Destination.HOTLINE)]
    return found


def _people(rows: Rows) -> _People:
    everybody = list(_everybody())
    today = ranked(row for row in everybody if row.is_current())
    return _People(everybody, today, _with_units_above(rows))


def _with_units_above(rows: Rows) -> dict[int, str]:
    units = {row["pk"]: row for row in rows if row["sort"] == "unit"}
    names = {}
    for pk, row in units.items():
        chain = [row]
        while (above := units.get(chain[-1]["post"])) and above not in chain:
            chain.append(above)
        names[pk] = "\n".join(each["name"] for each in chain)
    return names


def _part(query: Query, row: Appointment, people: _People) -> Part | None:
    unit = people.units.get(row.post.unit_id, row.post.unit.name)
    return part_of_person(query, row.person.name, row.title, unit)


@Written
def _everybody() -> QuerySet[Appointment]:
    return Appointment.objects.for_display()


def fit(query: Query, text: str) -> int:
    """The smaller, the closer: 0 is the text itself, 1 begins with it, 2 holds it."""
    words = [word.folded for word in words_of(text)]
    for reading in query.sequences:
        wanted = [word.folded for word in reading]
        if words == wanted:
            return 0
        if words[: len(wanted)] == wanted:
            return 1
    return 2


def _officials(query: Query, people: _People, duties: Iterable[Duty]) -> list[Appointment]:
    digits = _digits(query)
    answering = {(duty.post_id, duty.holder_id) for duty in duties}
    found = []
    for at, row in enumerate(people.today):
        if digits:
            rank = 0 if _has_number(row.public_numbers, digits) else None
        elif part_of_person(query, row.person.name, row.title):
            rank = min(fit(query, row.person.name), fit(query, row.title))
        elif (row.post_id, None) in answering or (row.post_id, row.pk) in answering:
            rank = 3
        else:
            rank = 4 if _part(query, row, people) else None
        if rank is not None:
            found.append((rank, at, row))
    return [row for _rank, _at, row in sorted(found, key=lambda each: each[:2])][:MOST]


def _has_number(numbers: Iterable[PhoneNumber], digits: str) -> bool:
    if len(digits) < LEAST_DIGITS:
        return False
    known = ["".join(filter(str.isdigit, number.national)) for number in numbers]
    known += [number.e164.lstrip("+") for number in numbers]
    return any(digits in each for each in known)


def _former(query: Query, people: _People, *, by_post: bool) -> list[Appointment]:
    """Who held a post, found by name, or `by_post` too: since when no more, and who holds it today."""
    wanted = (Part.NAME, Part.POST) if by_post else (Part.NAME,)
    left = [row for row in people.everybody if row.ended_on is not None and not row.is_current()]
    rows = [row for row in left if _part(query, row, people) in wanted]
    rows.sort(key=lambda row: (row.ended_on, row.pk), reverse=True)
    rows = [copy(row) for row in rows[:MOST]]  # they are other searches' too
    for row in rows:
        others = [each for each in people.today if each.person_id != row.person_id]
        row.today = [each for each in others if each.post_id == row.post_id]  # type: ignore[attr-defined]
    return rows


def _units_and_duties(query: Query, rows: Rows, people: _People, found: Directory) -> None:
    """Posts too that nobody holds: who holds one stands among the officials."""
    held = {row.post_id for row in people.today}
    numbers: dict[tuple[str, int], list[PhoneNumber]] = {}
    for row in rows:
        if row["sort"] == "number":
            numbers.setdefault((row["slug"], row["post"]), []).append(_number(row))
    digits = _digits(query)
    for row in rows:
        if row["sort"] == "duty" and _fits_duty(query, row["texts"]):
            duty = Duty(
                pk=row["pk"], slug=row["slug"], post_id=row["post"], holder_id=row["holder"] or None
            )
            duty.name = row["name"]
            found.duties.append(duty)
        is_vacant = row["sort"] == "post" and row["pk"] not in held
        if row["sort"] != "unit" and not is_vacant:
            continue
        own = numbers.get((row["slug"], row["pk"] if is_vacant else 0), [])
        above = people.units.get(row["post"] if is_vacant else row["pk"], "")
        is_asked = any(is_named(query, text, above) for text in row["texts"])
        if is_asked or _has_number(own, digits):
            url = reverse("contacts:unit", args=[row["slug"]])
            found.units.append(Place(row["name"], url, tuple(own), is_vacant))
    found.units.sort(key=lambda place: fit(query, place.title))
    del found.units[MOST:]


def _digits(query: Query) -> str:
    """Of a query that is nothing else, but for small words; or a whole telephone number in it."""
    words = [word.folded for term in query.needed for word in term.words]
    if all(map(str.isdigit, words)):
        return "".join(words)
    return next((word for word in words if word.isdigit() and len(word) >= WHOLE_NUMBER), "")


def _number(row: dict[str, Any]) -> PhoneNumber:
    kind, dial, e164, extension, *_others = row["texts"]
    return PhoneNumber(raw=row["name"], kind=kind, dial=dial, e164=e164, extension=extension)


def _fits_duty(query: Query, texts: Sequence[str]) -> bool:
    """By its name, or by a part of its description."""
    count = len(codes())
    names, descriptions = texts[:count], texts[count:]
    return any(is_matter(query, text) for text in names) or any(
        is_said_in(query, text) for text in descriptions
    )


# Then come texts: all that the row is found by, in every language.
_COLUMNS = ("sort", "pk", "slug", "name", "post", "holder")


def _with_texts(rows: Any, *named: str) -> Any:
    """As many columns of text for each sort of rows."""
    count = max(2 * len(codes()), MOST_TEXTS)
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
        # Of a unit the one that it belongs to.
        post_key=Coalesce("post_id" if has_post else "parent_id", Value(0)),
        holder_key=Coalesce("holder_id", Value(0)) if has_post else Value(0),
    )
    return _with_texts(rows, *(name for field in ("name", *more) for name in columns(field)))


def _vacant_or_held(language: str) -> Any:
    """All posts of units that have a page."""
    rows = Post.objects.rewrite(False).exclude(unit__slug=None).order_by()
    rows = rows.annotate(
        sort=Value("post", output_field=CharField()),
        shown=text_in("title", language),
        zero=F("unit_id"),
        one=Value(0),
    )
    return _with_texts(rows, *columns("title"))


def _numbers() -> Any:
    """Of units and of posts."""
    rows = PhoneNumber.objects.public().filter(appointment=None).order_by()
    rows = rows.annotate(
        sort=Value("number", output_field=CharField()),
        place=Coalesce("unit__slug", "post__unit__slug"),
        post_key=Coalesce("post_id", Value(0)),
        one=Value(0),
    )
    return _with_texts(rows.exclude(place=None), "kind", "dial", "e164", "extension")


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
    Post: ("sort", "pk", "unit__slug", "shown", "zero", "one"),
    PhoneNumber: ("sort", "pk", "place", "raw", "post_key", "one"),
    Category: ("sort", "pk", "none", "shown", "zero", "one"),
    Abbreviation: ("sort", "pk", "slug", "short", "zero", "one"),
    VainKey: ("sort", "number", "monday", "key", "zero", "one"),
}


def _parts(query: Query) -> list[Place]:
    """The portal's own parts."""
    return [
        _place(part)
        for part in Destination
        if part not in _NOT_LOOKED_FOR and fits(query, str(part.label))
    ]


def _place(part: Destination) -> Place:
    return Place(capfirst(str(part.label)), part.url)


def _is_hotline(query: Query) -> bool:
    """“Đường dây nóng”, “số điện thoại đường dây nóng”, or “hotline” in any language."""
    asked = {word.folded for word in query.words}
    is_asking = len(words_of_asking(query.words)) == len(query.words)
    if is_asking and "hotline" in asked:
        return True
    label = str(Destination.HOTLINE.label)
    has_all = folded_words(label) <= asked
    return (has_all and is_asking) or (len(query.needed) > 1 and fits(query, label))


# Who searches is not looking for the search page or for the home page.
_NOT_LOOKED_FOR = (Destination.HOME, Destination.SEARCH)

"""One answer over articles, notices, people and their numbers.

Every text is compared without accents and by whole syllables; what carries the accents as they
were typed stands first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.text import capfirst
from django.utils.translation import get_language

from contacts.directory import ranked
from contacts.models import Appointment, Duty
from news.models import Edition, EditionQuerySet
from portal.models import Destination, Page
from vietnamese.folding import fold, has_marks

PER_PAGE = 20
LONGEST_QUERY = 200  # characters; what comes after them is not looked at
MOST_SYLLABLES = 12
MOST_PAGES = 50
# Shorter runs of digits are years and counts, not telephone numbers.
LEAST_DIGITS = 4
MOST_FORMER = 10


@dataclass(frozen=True)
class Place:
    """A page of the portal that is no article."""

    title: str
    url: str


@dataclass
class Answer:
    query: str
    editions: list[Edition] = field(default_factory=list)
    officials: list[Appointment] = field(default_factory=list)
    former: list[Appointment] = field(default_factory=list)  # each with `today`
    duties: list[Duty] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    page: int = 1
    has_more: bool = False

    @property
    def is_empty(self) -> bool:
        return not any((self.editions, self.officials, self.former, self.duties, self.places))


def search_everything(text: str, page: str = "1") -> Answer:
    """Never raises, whatever is typed; an empty query gets an empty answer."""
    query = " ".join(text[:LONGEST_QUERY].encode(errors="replace").decode().split())
    syllables = fold(query).split()[:MOST_SYLLABLES]
    number = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 4 else 1
    answer = Answer(query, page=min(max(number, 1), MOST_PAGES))
    if not syllables:
        return answer
    answer.editions = _editions(query, syllables, answer.page)
    answer.has_more = len(answer.editions) > PER_PAGE
    answer.editions = answer.editions[:PER_PAGE]
    if answer.page == 1:
        everybody = ranked(Appointment.objects.current().for_display())
        answer.officials = _officials(everybody, syllables)
        answer.former = _former(everybody, syllables)
        answer.duties = _duties(syllables)
        answer.places = _places(syllables)
    return answer


def _editions(query: str, syllables: list[str], page: int) -> list[Edition]:
    rows = Edition.objects.live().in_language(get_language() or "vi")
    for syllable in syllables:
        rows = rows.filter(folded__contains=f" {syllable} ")
    start = (page - 1) * PER_PAGE
    return list(_ranked(rows, query, syllables).for_cards()[start : start + PER_PAGE + 1])


def _ranked(rows: EditionQuerySet, query: str, syllables: list[str]) -> EditionQuerySet:
    """Typed accents before none, the whole phrase before scattered words, newer before older."""
    phrase = f" {' '.join(syllables)} "
    tiers = [When(title__icontains=query, then=Value(0))] if has_marks(query) else []
    tiers.append(When(folded__startswith=phrase, then=Value(1)))
    tiers.append(When(folded__contains=phrase, then=Value(2)))
    tier = Case(*tiers, default=Value(3), output_field=IntegerField())
    return rows.annotate(tier=tier).order_by("tier", "-listed_at", "-article_id")


def _officials(rows: list[Appointment], syllables: list[str]) -> list[Appointment]:
    wanted = set(syllables)
    digits = "".join(part for part in syllables if part.isdigit())
    if wanted <= _set(Destination.HOTLINE):
        return [row for row in rows if row.is_on_hotline and row.public_numbers]
    return [row for row in rows if wanted <= _words(row) or _has_number(row, digits)]


def _former(holders: list[Appointment], syllables: list[str]) -> list[Appointment]:
    """Who held a post, found by name: since when no more, and who holds it today."""
    wanted = set(syllables)
    everybody = Appointment.objects.former().select_related("person", "post__unit")
    rows = [row for row in everybody if wanted & _name(row) and wanted <= _words(row)]
    for row in rows[:MOST_FORMER]:
        others = [each for each in holders if each.person_id != row.person_id]
        row.today = [each for each in others if each.post_id == row.post_id]  # type: ignore[attr-defined]
    return rows[:MOST_FORMER]


def _name(row: Appointment) -> set[str]:
    return set(fold(row.person.name).split())


def _duties(syllables: list[str]) -> list[Duty]:
    wanted = set(syllables)
    rows = Duty.objects.select_related("post__unit")
    return [row for row in rows if wanted <= set(fold(f"{row.name} {row.description}").split())]


def _words(row: Appointment) -> set[str]:
    return set(fold(f"{row.person.full_name} {row.title} {row.post.unit.name}").split())


def _has_number(row: Appointment, digits: str) -> bool:
    if len(digits) < LEAST_DIGITS:
        return False
    known = ["".join(filter(str.isdigit, number.national)) for number in row.public_numbers]
    known += [number.e164.lstrip("+") for number in row.public_numbers]
    return any(digits in each for each in known)


def _places(syllables: list[str]) -> list[Place]:
    """The portal's own parts, then its written pages."""
    wanted = set(syllables)
    parts = [Place(capfirst(str(part.label)), part.url) for part in _PARTS if wanted <= _set(part)]
    pages = Page.objects.public().filter(~Q(title=""))
    return parts + [
        Place(page.title, page.get_absolute_url())
        for page in pages
        if wanted <= set(fold(f"{page.title} {page.summary}").split())
    ]


def _set(part: Destination) -> set[str]:
    return set(fold(str(part.label)).split())


# Who searches is not looking for the search page or for the home page.
_PARTS = [part for part in Destination if part not in (Destination.HOME, Destination.SEARCH)]

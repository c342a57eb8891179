"""What may be meant while it is still being typed: titles, officials, units and matters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language

from contacts.models import Appointment
from portal.search.asking import Term, as_meant, clean, one_of, read
from portal.search.candidates import public_documents
from portal.search.directory import Rows, abbreviations_of, read_rows
from portal.search.engines import All, Beginning, Condition, OneOf, Question, TookTooLong, engine
from portal.search.index import key_at
from portal.search.matching import folded_words, is_in
from portal.search.tokens import TITLE, mark, safe, words_of
from vietnamese.folding import has_marks
from vietnamese.words import Word, as_word, split_words, with_other_i

MOST = 8
MOST_OF_THE_DIRECTORY = 3
LONGEST = 60  # characters; who has typed more knows what to look for
SHORTEST = 2  # letters
_LOOKED_AT = 40
# In a query it would leave the word behind it out.
_MINUS = re.compile(r"(?<=\s)-(?=\w)")


@dataclass(frozen=True)
class _Typed:
    """Ideas that are typed to their end, and the word that is being typed."""

    ideas: tuple[Term, ...]
    begun: Word
    words: tuple[Word, ...]  # all of them, as they are meant
    short: Term | None = None  # the last word, where it is an abbreviation

    @property
    def beginnings(self) -> set[str]:
        return {self.begun.folded, with_other_i(self.begun.folded)} - {""}

    def is_in(self, text: str) -> bool:
        if not all(is_in(idea, text) for idea in self.ideas):
            return False
        beginnings = tuple(self.beginnings)
        is_begun = any(word.startswith(beginnings) for word in folded_words(text))
        return is_begun or (self.short is not None and is_in(self.short, text))

    def has_accents_of(self, text: str) -> bool:
        """Those that were typed."""
        spelled = {word.spelled for word in words_of(text)}
        *whole, begun = self.words
        return {word.spelled for word in whole if has_marks(word.spelled)} <= spelled and (
            not has_marks(begun.spelled) or any(word.startswith(begun.spelled) for word in spelled)
        )

    def begins(self, text: str) -> bool:
        typed = " ".join(word.folded for word in self.words)
        return " ".join(word.folded for word in words_of(text)).startswith(typed)

    def order(self, text: str) -> tuple[bool, bool]:
        return (not self.has_accents_of(text), not self.begins(text))


def suggest(text: str) -> list[str]:
    """Never raises, whatever is typed; what is too short asks nobody."""
    words = split_words(clean(text)) if len(text) <= LONGEST else []
    if len("".join(word.folded for word in words)) < SHORTEST:
        return []
    rows = read_rows()
    typed = _read(words, rows)
    found = [*_in_directory(typed, rows), *_in_titles(typed)]
    return list(dict.fromkeys(_MINUS.sub("– ", title) for title in found))[:MOST]


def _read(words: Sequence[Word], rows: Rows) -> _Typed:
    meant = tuple(as_word(as_meant(word)) for word in words)
    language = get_language() or "vi"
    whole = " ".join(word.spelled for word in meant[:-1])
    known = abbreviations_of(rows)
    ideas = read(whole, known, language).terms if whole else ()
    (last,) = read(meant[-1].spelled, known, language).terms[:1] or (None,)
    is_short = last is not None and any(len(form) > 1 for form in last.others)
    return _Typed(ideas, meant[-1], meant, last if is_short else None)


def _in_titles(typed: _Typed) -> Iterator[str]:
    """With the accents that were typed first, then those that begin with the words, then the newest."""
    wanted: list[Condition] = [one_of(idea, TITLE) for idea in typed.ideas]
    if len(typed.begun.folded) >= SHORTEST:  # too many words begin with one letter
        beginnings = sorted(typed.beginnings)
        begun: list[Condition] = [Beginning(TITLE + safe(each)) for each in beginnings]
        wanted.append(OneOf((*begun, *([one_of(typed.short, TITLE)] if typed.short else []))))
    condition = All((mark(get_language() or "vi"), *wanted))
    try:
        rows = engine().ask([Question(1, condition, _LOOKED_AT)], key_at(timezone.now(), last=True))
    except TookTooLong:
        return
    public = public_documents(key for _number, key in rows)
    found = [each for each in public if typed.is_in(each.title)]
    found.sort(key=lambda each: (typed.order(each.title), -each.key))
    yield from (each.title for each in found)


def _in_directory(typed: _Typed, rows: Rows) -> Iterator[str]:
    """Only with the accents that were typed: a name is short, and one of them another word."""
    names = [
        text
        for row in Appointment.objects.current().select_related("person", "post__unit")
        for text in (row.person.full_name, row.title)
    ]
    names += [row["name"] for row in rows if row["sort"] in ("unit", "duty")]
    found = [
        name for name in dict.fromkeys(names) if typed.is_in(name) and typed.has_accents_of(name)
    ]
    found.sort(key=typed.order)
    yield from found[:MOST_OF_THE_DIRECTORY]

"""What may be meant while it is still being typed: titles, officials, units and matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils import timezone
from django.utils.translation import get_language

from contacts.models import Appointment
from portal.search.asking import as_meant, clean
from portal.search.candidates import public_documents
from portal.search.directory import read_rows
from portal.search.engines import All, Beginning, Condition, Question, TookTooLong, engine
from portal.search.index import key_at
from portal.search.tokens import TITLE, mark, safe
from vietnamese.words import Word, as_word, split_words

MOST = 8
MOST_OF_THE_DIRECTORY = 3
LONGEST = 60  # characters; who has typed more knows what to look for
SHORTEST = 2  # letters
_LOOKED_AT = 40


def suggest(text: str) -> list[str]:
    """Never raises, whatever is typed; what is too short asks nobody."""
    typed = split_words(clean(text)) if len(text) <= LONGEST else []
    words = [as_word(as_meant(word)) for word in typed]
    if len("".join(_folded(words))) < SHORTEST:
        return []
    found = [*_in_directory(words), *_in_titles(words)]
    return list(dict.fromkeys(found))[:MOST]


def _in_titles(words: list[Word]) -> Iterator[str]:
    """Those that begin with the words first, then the newest."""
    whole: list[Condition] = [TITLE + safe(word.folded) for word in words[:-1]]
    if len(words[-1].folded) >= SHORTEST:  # too many words begin with one letter
        whole.append(Beginning(TITLE + safe(words[-1].folded)))
    condition = All((mark(get_language() or "vi"), *whole))
    try:
        rows = engine().ask([Question(1, condition, _LOOKED_AT)], key_at(timezone.now(), last=True))
    except TookTooLong:
        return
    public = public_documents(key for _number, key in rows)
    found = [each for each in public if _has(each.title, words)]
    found.sort(key=lambda each: -each.key)
    found.sort(key=lambda each: not _begins(each.title, words))
    yield from (each.title for each in found)


def _in_directory(words: list[Word]) -> Iterator[str]:
    names = [
        text
        for row in Appointment.objects.current().select_related("person", "post__unit")
        for text in (row.person.full_name, row.title)
    ]
    names += [row["name"] for row in read_rows() if row["sort"] in ("unit", "duty")]
    found = [name for name in dict.fromkeys(names) if _has(name, words)]
    found.sort(key=lambda name: not _begins(name, words))
    yield from found[:MOST_OF_THE_DIRECTORY]


def _folded(words: Iterable[Word]) -> list[str]:
    return [word.folded for word in words]


def _begins(text: str, words: list[Word]) -> bool:
    return " ".join(_folded(split_words(text))).startswith(" ".join(_folded(words)))


def _has(text: str, words: list[Word]) -> bool:
    own = _folded(split_words(text))
    *whole, begun = _folded(words)
    return set(whole) <= set(own) and any(word.startswith(begun) for word in own)

"""What is shown of a text: its title and a piece of it, with what was looked for marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from editing.richtext import plain_text
from editing.shared import shared
from editing.written import Written
from news.models import Edition
from portal.search.asking import Query
from portal.search.highlighting import Highlighter, Part, Text
from portal.search.index import text_of
from portal.search.models import Kind, SearchDocument
from portal.search.ranking import Found

# Characters that are kept at hand in each process: some three megabytes for each language.
MOST_KEPT = 1_000_000
LONGEST_KEPT = 20_000


@dataclass(frozen=True)
class Source:
    """A document as it is before anything is looked for in it."""

    kind: str
    title: str
    url: str
    text: Text
    edition: Edition | None  # without its text
    is_attached: bool

    @property
    def size(self) -> int:
        return len(self.text.written)


@dataclass
class Hit:
    """A result as it is shown."""

    kind: str
    title: list[Part]
    url: str
    text: list[Part]
    edition: Edition | None
    is_attached: bool  # a file of that article

    @property
    def kind_name(self) -> Any:
        return Kind(self.kind).label


def shown(query: Query, found: Sequence[Found]) -> list[Hit]:
    """In the same order; in one query, whatever they are, if they are not at hand."""
    if not found:
        return []
    sources = _sources([each.key for each in found])
    highlighter = Highlighter(query)
    return [_hit(sources[each.key], highlighter) for each in found if each.key in sources]


def _hit(source: Source, highlighter: Highlighter) -> Hit:
    title, text = highlighter.marked(source.title, highlighter.snippet(source.text))
    return Hit(source.kind, title, source.url, text, source.edition, source.is_attached)


def _sources(keys: Sequence[int]) -> dict[int, Source]:
    # Many searches show the same texts.
    kept: dict[int, Source] = shared("sources", dict)
    # Another thread may empty it at any moment.
    known = {key: source for key in keys if (source := kept.get(key)) is not None}
    if missing := [key for key in keys if key not in known]:
        read = {row.key: _source(row) for row in _documents(*missing)}
        known |= read
        short = {key: each for key, each in read.items() if each.size <= LONGEST_KEPT}
        if sum(each.size for each in (*kept.copy().values(), *short.values())) > MOST_KEPT:
            kept.clear()
        kept.update(short)
    return known


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


def _source(document: SearchDocument) -> Source:
    edition, attachment, page = document.edition, document.attachment, document.page
    url, text = "", ""
    if attachment is not None:
        url, text = attachment.file.get_absolute_url(), text_of(attachment)
    elif edition is not None:
        url, text = edition.get_absolute_url(), f"{edition.lead}\n{plain_text(edition.body)}"
    elif page is not None:
        url, text = page.get_absolute_url(), f"{page.summary}\n{plain_text(page.body)}"
    if edition is not None:
        del edition.body  # which would be here a second time
    is_attached = attachment is not None
    return Source(document.kind, document.title, url, Text.of(text), edition, is_attached)

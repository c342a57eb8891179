"""Keeping the index: a text's document is written in the transaction that writes the text.

Every save of an edition, attachment or page comes by here, whoever saves (`portal.apps` connects
it): no step of the publishing life has to remember the index, and none can forget it.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from editing.languages import column, columns
from editing.models import File
from editing.richtext import plain_text
from news.models import Article, Attachment, Category, Edition, State
from portal.models import Page
from portal.search.engines import engine
from portal.search.models import FileText, Kind, SearchDocument, SearchWord
from portal.search.tokens import pack, tokens_of, unpack, words_in

BATCH = 200
# Room for the texts of one second, so that keys of one date differ.
_ROOM = 30
# So long after it has ended an edition may still be brought back by taking a publication back.
_KEPT_DAYS = 1


def key_at(moment: datetime, *, last: bool = False) -> int:
    """The lowest key of a second, or the highest."""
    second = max(0, int(moment.timestamp())) << _ROOM
    return second + (1 << _ROOM) - 1 if last else second


def year_of(key: int) -> int:
    """Of the date of which the key is made."""
    return _FIRST_YEAR + bisect_right(_beginnings(), key >> _ROOM) - 1


_FIRST_YEAR = 1970


@cache
def _beginnings() -> list[float]:
    """When each year begins here: a thousand dates are slow to take apart."""
    zone = timezone.get_current_timezone()
    return [datetime(year, 1, 1, tzinfo=zone).timestamp() for year in range(_FIRST_YEAR, 2200)]


def _new_key(moment: datetime) -> int:
    return key_at(moment) + random.getrandbits(_ROOM)  # noqa: S311


def write(editions: Iterable[Edition] = (), pages: Iterable[Page] = ()) -> None:
    """The documents of these editions and pages as they are now, in place of those before."""
    rows, texts = list(editions), list(pages)
    with transaction.atomic():
        remove(SearchDocument.objects.filter(Q(edition__in=rows) | Q(page__in=texts)))
        pairs = [pair for row in _public_in_time(rows) for pair in _of_edition(row)]
        pairs += [pair for page in texts for pair in _of_page(page)]
        documents = [document for document, _tokens in pairs]
        SearchDocument.objects.bulk_create(documents)
        engine().add([(document.key, tokens) for document, tokens in pairs])
        _learn(set().union(*(tokens for _document, tokens in pairs)))


def remove(documents: Any) -> None:
    rows = list(documents.values_list("key", "packed"))
    engine().remove(rows)
    SearchDocument.objects.filter(key__in=[key for key, _packed in rows]).delete()


def _learn(tokens: set[str]) -> None:
    words = sorted(word for word in words_in(tokens) if word.isascii() and word.isalpha())
    SearchWord.objects.bulk_create(
        [SearchWord(word=word) for word in words], ignore_conflicts=True, batch_size=5000
    )


def _public_in_time(rows: list[Edition]) -> Iterator[Edition]:
    """Those that readers see now or will see: drafts have no document."""
    keys = [row.pk for row in rows if row.state == State.APPROVED]
    if not keys:
        return iter(())
    found = Edition.objects.filter(pk__in=keys, state=State.APPROVED)
    return iter(
        found.select_related("article", "category").prefetch_related("attachments__file__text")
    )


def _of_edition(row: Edition) -> Iterator[tuple[SearchDocument, set[str]]]:
    kind = Kind.NOTICE if row.category.is_notice_board else Kind.ARTICLE
    moment = row.listed_at or row.live_from or timezone.now()
    rest = f"{row.lead}\n{plain_text(row.body)}\n{row.author_line}\n{row.source}"
    year = timezone.localtime(moment).year
    marks = [row.language, f"c{row.category_id}", f"y{year}"]
    yield _document(row.title, rest, [*marks, kind], moment, kind=kind, edition=row)
    for attachment in row.attachments.all():
        rest = f"{_about(attachment.file)}\n{text_of(attachment)}"
        yield _document(
            *(attachment.title, rest, [*marks, Kind.ATTACHMENT], moment),
            kind=Kind.ATTACHMENT,
            edition=row,
            attachment=attachment,
        )


def _about(file: File) -> str:
    name = file.name.rpartition(".")[0].replace("-", " ")
    return "\n".join((name, file.number, file.abstract, file.issuer, file.signer))


def text_of(attachment: Attachment) -> str:
    text: FileText | None = getattr(attachment.file, "text", None)
    return text.text if text else ""


def _of_page(page: Page) -> Iterator[tuple[SearchDocument, set[str]]]:
    moment = page.changed_at
    year = timezone.localtime(moment).year
    for language, _name in settings.LANGUAGES:
        title = getattr(page, column("title", language)) or ""
        if title:
            parts = [getattr(page, column(name, language)) or "" for name in ("summary", "body")]
            yield _document(
                *(title, f"{parts[0]}\n{plain_text(parts[1])}"),
                *([language, Kind.PAGE, f"y{year}"], moment),
                kind=Kind.PAGE,
                page=page,
            )


def _document(
    title: str, rest: str, marks: list[str], moment: datetime, **fields: Any
) -> tuple[SearchDocument, set[str]]:
    tokens = tokens_of(title, rest, marks)
    document = SearchDocument(
        key=_new_key(moment),
        language=marks[0],
        title=title[:300],
        packed=pack(tokens),
        **fields,
    )
    return document, tokens


# What is called when something is saved


def edition_saved(instance: Edition, **_signal: Any) -> None:
    write([instance])


def article_saved(instance: Article, created: bool, **_signal: Any) -> None:
    """Its date moves the documents of its editions."""
    if not created:
        write(instance.editions.filter(state=State.APPROVED))


def attachment_saved(instance: Attachment, **_signal: Any) -> None:
    edition = Edition.objects.filter(pk=instance.edition_id, state=State.APPROVED).first()
    if edition is not None:
        write([edition])


def attachment_going(instance: Attachment, **_signal: Any) -> None:
    remove(instance.search_documents.all())


def file_saved(instance: File, created: bool, **_signal: Any) -> None:
    """Another content is not found by the words of the one before."""
    if created:
        return
    FileText.objects.filter(file=instance).exclude(sha256=instance.sha256).delete()
    rows = Edition.objects.filter(attachments__file=instance, state=State.APPROVED)
    write(rows.distinct())


def edition_going(instance: Edition, **_signal: Any) -> None:
    remove(instance.search_documents.all())


def page_saved(instance: Page, **_signal: Any) -> None:
    write(pages=[instance])


def page_going(instance: Page, **_signal: Any) -> None:
    remove(instance.search_documents.all())


def category_saved(instance: Category, created: bool, **_signal: Any) -> None:
    """A category that becomes a notice board, or no longer is one, changes the kind of its texts."""
    if created:
        return
    wrong = Kind.ARTICLE if instance.is_notice_board else Kind.NOTICE
    rows = Edition.objects.filter(
        category=instance, state=State.APPROVED, search_documents__kind=wrong
    )
    for batch in batches(rows.distinct()):
        write(batch)


# What the runner and the commands do


def forget() -> None:
    """Empties the index, before other texts take the place of all that are here; `tidy` fills it."""
    with transaction.atomic():
        while keys := list(SearchDocument.objects.values_list("key", flat=True)[:BATCH]):
            remove(SearchDocument.objects.filter(key__in=keys))
        SearchWord.objects.all().delete()


def batches(rows: Any) -> Iterator[list[Any]]:
    """In steps by key, so that none holds a lock for long."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def to_index() -> Any:
    """Editions that readers see or will see."""
    return Edition.objects.filter(
        Q(live_until=None) | Q(live_until__gt=timezone.now()),
        state=State.APPROVED,
        article__trashed_at=None,
    )


def forget_words() -> int:
    """Takes out of the vocabulary what no text has any more; gives how many words."""
    started = timezone.now()
    unused = set(SearchWord.objects.values_list("word", flat=True))
    last = -1
    while batch := list(_packed().filter(key__gt=last).order_by("key")[:BATCH]):
        unused -= _words_of(batch)
        last = batch[-1][0]
    # Of texts that were written meanwhile too.
    unused -= _words_of(_packed().filter(written_at__gte=started))
    words = sorted(unused)
    for start in range(0, len(words), BATCH):
        SearchWord.objects.filter(word__in=words[start : start + BATCH]).delete()
    return len(words)


def tidy_thoroughly() -> int:
    """Once a day: gives how many words were forgotten."""
    count = forget_words()
    engine().merge()
    return count


def _packed() -> Any:
    return SearchDocument.objects.values_list("key", "packed")


def _words_of(rows: Iterable[tuple[int, bytes]]) -> set[str]:
    return {word for _key, packed in rows for word in words_in(unpack(packed))}


def tidy() -> int:
    """Documents for what came past the models, and none for what cannot come back; gives how many
    texts were written. Readers wait for neither."""
    over = timezone.now() - timedelta(days=_KEPT_DAYS)
    gone = SearchDocument.objects.filter(
        Q(edition__live_until__lt=over) | Q(edition__article__trashed_at__lt=over)
    )
    remove(gone)
    documents = SearchDocument.objects.filter(edition=OuterRef("pk"))
    written = 0
    for batch in batches(to_index().filter(~Exists(documents))):
        write(batch)
        written += len(batch)
        engine().keep_quick()
    documents = SearchDocument.objects.filter(page=OuterRef("pk"))
    missing = list(
        Page.objects.filter(~Exists(documents)).exclude(**dict.fromkeys(columns("title"), ""))
    )
    write(pages=missing)
    engine().keep_quick()
    return written + len(missing)

"""Makes a draft of what staff drop on the desk: a document or pasted text, photos and files.

What the document seems to say is guessed by `editing.guessing`; each guess is kept beside the draft,
so that the form can mark it and take it back.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from editing.documents import READABLE, Document, read_document
from editing.guessing import Caption, Guess, NoSuchDateError, guess
from editing.models import Action, File, Photo, User
from editing.trail import record
from editing.videos import videos_in
from news.models import Article, Attachment, Category, Edition, EditionPhoto, EditionVideo

PICTURES = ("jpg", "jpeg", "png", "webp", "avif", "heic", "heif")
MOST_FILES = 60
_BOXES = {
    "notices": gettext_lazy("notices"),
    "hotline": gettext_lazy("hotline"),
    "visits": gettext_lazy("visit statistics"),
}


@dataclass
class Dropped:
    """The draft, and one line for each thing that could not be taken."""

    edition: Edition
    summary: str = ""
    refused: list[str] = field(default_factory=list)


@dataclass
class Heap:
    """Files sorted by what becomes of them."""

    document: UploadedFile | None = None
    photos: list[UploadedFile] = field(default_factory=list)
    others: list[UploadedFile] = field(default_factory=list)


def sort_out(files: Iterable[UploadedFile]) -> Heap:
    """The first Word file is the article, or else the first that can be read."""
    heap = Heap()
    rows = sorted(files, key=lambda file: _extension(file) != "docx")
    for file in rows[:MOST_FILES]:
        if _extension(file) in PICTURES:
            heap.photos.append(file)
        elif heap.document is None and _extension(file) in (*READABLE, "doc", "odt", "rtf"):
            heap.document = file
        else:
            heap.others.append(file)
    heap.photos.sort(key=lambda file: file.name or "")
    return heap


def _extension(file: UploadedFile) -> str:
    return (file.name or "").rpartition(".")[2].lower()


@transaction.atomic
def make_draft(
    files: Iterable[UploadedFile], text: Document | None, *, category: Category, by: User
) -> Dropped:
    """Raises ValidationError when there is nothing to make an article of; nothing is kept then."""
    heap = sort_out(files)
    document = text or _read(heap)
    try:
        found = guess(document.lines)
    except NoSuchDateError as error:
        raise ValidationError(_("The date “%s” does not exist.") % error) from error
    if not (found.title or heap.photos or heap.others):
        raise ValidationError(_("There is no text in what was dropped."), code="empty")
    edition = _edition(found, category, by)
    dropped = Dropped(edition, document.summary)
    dropped.refused += _left_out(found)
    _add_photos(dropped, found, document, heap, by)
    _add_videos(dropped)
    _add_files(dropped, heap, by)
    record(Action.ADDED, edition, by=by, note=_note(heap))
    return dropped


def _left_out(found: Guess) -> Iterator[str]:
    if found.letterhead:
        text = _(
            "Left out: the head of the letter. Take the proposed day back to have it again: %s"
        )
        yield text % found.letterhead[:200]
    if found.boxes:
        words = ", ".join(str(_BOXES[kind]) for kind in found.boxes)
        yield _("Left out, as boxes of an old page: %s.") % words


def _read(heap: Heap) -> Document:
    if heap.document is None:
        return Document()
    return read_document(heap.document, heap.document.name or "")


def _note(heap: Heap) -> str:
    return (heap.document.name or "")[:200] if heap.document else ""


def _edition(found: Guess, category: Category, by: User) -> Edition:
    article = Article.objects.create(created_by=by)
    edition = Edition.objects.create(
        article=article,
        category=category,
        title=found.title[:250] or _("Without title"),
        lead=found.lead,
        body=found.body(),
        author_line=found.author[:120],
        source=found.source[:160],
        dated=_day(found),
        suggestions=list(_suggestions(found)),
        edited_by=by,
    )
    edition.editors.add(by)
    return edition


def _day(found: Guess) -> date | None:
    """The day of the document, unless it lies ahead: no article is dated after its publication."""
    day = found.published_on
    return day if day and day <= timezone.localdate() else None


def _suggestions(found: Guess) -> Iterable[dict[str, Any]]:
    """Per guess: its field, its value, and what returns to the text (`back`) and where when it is
    taken back."""
    if found.title:
        back = "" if found.title_is_proposed else found.title_line
        yield {"field": "title", "value": found.title[:250], "back": back, "at": "start"}
    if found_day := _day(found):
        day = f"{found_day:%d/%m/%Y}"
        yield {"field": "dated", "value": day, "back": found.date_line, "at": "start"}
    if found.lead:
        yield {"field": "lead", "value": found.lead, "back": found.lead, "at": "start"}
    if found.author:
        yield {
            "field": "author_line", "value": found.author[:120], "back": found.author_line,
            "at": "end",
        }  # fmt: skip
    if found.source:
        yield {
            "field": "source", "value": found.source[:160], "back": found.source_line, "at": "end"
        }  # fmt: skip
    for number, caption in enumerate(found.captions, start=1):
        if caption.text:
            yield {
                "field": f"photos-{number - 1}-caption", "value": caption.text[:400],
                "back": caption.text, "at": f"[Ảnh {number}]",
            }  # fmt: skip


def _add_photos(dropped: Dropped, found: Guess, document: Document, heap: Heap, by: User) -> None:
    """The pictures of the document where they stood; loose ones fill what is missing, then follow."""
    loose = list(heap.photos)
    position = 0
    for position, caption in enumerate(found.captions, start=1):
        photo = _picture(dropped, caption, document, loose, position, by)
        EditionPhoto.objects.create(
            edition=dropped.edition, position=position, photo=photo, caption=caption.text[:400]
        )
    for file in loose:
        if photo := _stored(dropped, file, file.name or "", by):
            position += 1
            EditionPhoto.objects.create(edition=dropped.edition, position=position, photo=photo)
    if document.lost_pictures > len(heap.photos):
        dropped.refused.append(
            _("Pictures that the text only points to are missing: add them under “Photos”.")
        )


def _picture(
    dropped: Dropped,
    caption: Caption,
    document: Document,
    loose: list[UploadedFile],
    position: int,
    by: User,
) -> Photo | None:
    if content := document.pictures.get(caption.picture):
        return _stored(dropped, io.BytesIO(content), _("Photo %s") % position, by)
    if loose:
        file = loose.pop(0)
        return _stored(dropped, file, file.name or "", by)
    return None


def _stored(dropped: Dropped, file: Any, name: str, by: User) -> Photo | None:
    try:
        return Photo.store(file, uploaded_by=by)
    except ValidationError as refusal:
        dropped.refused.append(f"{name}: {refusal.messages[0]}")
        return None


def _add_videos(dropped: Dropped) -> None:
    """A row for each video that the text links to, so that a poster can be chosen."""
    found = dict(videos_in(dropped.edition.body))
    for position, (address, words) in enumerate(found.items(), start=1):
        EditionVideo.objects.create(
            edition=dropped.edition, position=position, address=address[:1000], title=words[:250]
        )


def _add_files(dropped: Dropped, heap: Heap, by: User) -> None:
    for position, upload in enumerate(heap.others, start=1):
        name = upload.name or ""
        try:
            file = File.store(upload, name, uploaded_by=by)
        except ValidationError as refusal:
            dropped.refused.append(f"{name}: {refusal.messages[0]}")
            continue
        title = name.rpartition(".")[0] or name
        Attachment.objects.create(
            edition=dropped.edition, file=file, title=title[:250], position=position
        )

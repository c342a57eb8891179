"""Two editions side by side in one text: what was added, what was taken out, word by word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from editing.changed_words import ADDED, Piece, changed_words
from editing.merging import split_blocks
from editing.richtext import plain_text
from news.models import Edition


@dataclass(frozen=True)
class Row:
    """One field, or one paragraph of the text, that differs."""

    label: str | Promise
    pieces: list[Piece]


def compare(old: Edition, new: Edition) -> list[Row]:
    """Every difference that a reader would see; nothing for two that are the same."""
    rows = [_row(label, before, after) for label, before, after in _plain_fields(old, new)]
    rows += _compare_lists(_("Photo"), _photos(old), _photos(new))
    rows += _compare_lists(_("Video"), _videos(old), _videos(new))
    rows += _compare_lists(_("Attachment"), _attachments(old), _attachments(new))
    return [row for row in [*rows, *_compare_bodies(old, new)] if row]


_FIELDS = ("title", "category", "lead", "author_line", "source", "slug", "lead_photo")
_TIMES = ("dated", "ends_at")
_CHOICES = ("notice_level",)
_FLAGS = ("is_pinned", "leaves_when_ended")


def _plain_fields(old: Edition, new: Edition) -> Iterator[tuple[str, str, str]]:
    for name in _FIELDS:
        yield _label(name), _shown(getattr(old, name)), _shown(getattr(new, name))
    for name in _TIMES:
        yield _label(name), _moment(getattr(old, name)), _moment(getattr(new, name))
    if old.live_from and new.live_from:
        yield _label("live_from"), _moment(old.live_from), _moment(new.live_from)
    for name in _CHOICES:
        display = f"get_{name}_display"
        yield _label(name), str(getattr(old, display)()), str(getattr(new, display)())
    for name in _FLAGS:
        yield _label(name), _yes_or_no(getattr(old, name)), _yes_or_no(getattr(new, name))
    yield _label("tags"), _names(old.tags.all()), _names(new.tags.all())
    yield _label("related"), _names(old.related.all()), _names(new.related.all())


def _label(name: str) -> str:
    return capfirst(str(Edition._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _moment(value: date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    return date_format(value, "SHORT_DATE_FORMAT")


def _yes_or_no(value: bool) -> str:
    return _("yes") if value else _("no")


def _names(rows: Iterable[Any]) -> str:
    return ", ".join(sorted(str(row) for row in rows))


def _photos(edition: Edition) -> list[str]:
    return [
        " · ".join(
            filter(None, [str(use.position), str(use.photo or _("no file")), use.caption, use.alt])
        )
        for use in edition.photos.select_related("photo")
    ]


def _videos(edition: Edition) -> list[str]:
    rows = edition.videos.select_related("file", "captions", "poster")
    return [
        " · ".join(
            str(part)
            for part in (row.position, row.title, row.address, row.file, row.captions, row.poster)
            if part
        )
        for row in rows
    ]


def _attachments(edition: Edition) -> list[str]:
    rows = edition.attachments.select_related("file")
    return [f"{row.title} · {row.file.name}" for row in rows]


def _row(label: str | Promise, before: str, after: str) -> Row | None:
    if before == after:
        return None
    return Row(label, changed_words(before, after))


def _compare_lists(label: str, old: list[str], new: list[str]) -> list[Row | None]:
    rows: list[Row | None] = []
    for before, after in _paired(old, new):
        rows.append(_row(label, before, after))
    return rows


def _compare_bodies(old: Edition, new: Edition) -> list[Row | None]:
    one = [plain_text(block) for block in split_blocks(old.body)]
    other = [plain_text(block) for block in split_blocks(new.body)]
    rows = [_row(gettext_lazy("Text"), before, after) for before, after in _paired(one, other)]
    if not any(rows) and old.body != new.body:
        return [
            Row(
                gettext_lazy("Text"), [Piece(ADDED, _("Only headings, lists or emphasis changed."))]
            )
        ]
    return rows


def _paired(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Pieces that differ, each beside the one it replaces; ("" for one that has no other)."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        before, after = old[a:b], new[c:d]
        length = max(len(before), len(after))
        before += [""] * (length - len(before))
        after += [""] * (length - len(after))
        yield from zip(before, after, strict=True)

"""Reads what staff bring: Word files, saved pages and plain text, as clean rich text and pictures."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from editing.guessing import Line, lines_of_html, lines_of_text
from editing.opendocument import read_opendocument
from editing.pasting import Pasted, clean_paste, clean_pasted_text
from editing.uploads import refuse_if_not_kept
from editing.word import WordText, read_word
from vietnamese.legacy import convert, find_encoding

LARGEST_DOCUMENT = 60 * 2**20  # bytes, pictures included
READABLE = ("docx", "odt", "txt", "html", "htm")


@dataclass
class Document:
    """What a file says: its lines for guessing, and the pictures by the number of their mark."""

    lines: list[Line] = field(default_factory=list)
    pictures: dict[int, bytes] = field(default_factory=dict)
    # Pictures that the file only points to.
    lost_pictures: int = 0
    summary: str = ""


def read_document(file: IO[bytes], name: str) -> Document:
    """Raises ValidationError when the file cannot be read; the message is for whoever brought it."""
    extension = name.rpartition(".")[2].lower()
    if extension not in READABLE:
        raise ValidationError(_not_readable(extension), code="unknown_kind")
    refuse_if_not_kept(file)
    file.seek(0, io.SEEK_END)
    if file.tell() > LARGEST_DOCUMENT:
        raise ValidationError(
            _("The document has more than %(most)s MB. Make its pictures smaller first."),
            code="too_large",
            params={"most": LARGEST_DOCUMENT // 2**20},
        )
    file.seek(0)
    if extension in ("docx", "odt"):
        return _read_word(read_word(file) if extension == "docx" else read_opendocument(file))
    content = file.read()
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValidationError(_("This file holds no text."), code="unreadable")
    text = decode(content)[0]
    return read_text(text) if extension == "txt" else read_html(text)


def _not_readable(extension: str) -> str:
    if extension in ("doc", "docm", "dot", "dotx", "rtf", "wps"):
        return _("Files of the kind “%s” cannot be read here: save it as .docx first.") % extension
    return _("Files of the kind “%s” cannot become an article.") % extension[:20]


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), "utf-16"
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        # What Windows used for Vietnamese before Unicode; its marks follow their letters.
        return content.decode("cp1258", errors="replace"), "windows-1258"


def read_text(text: str) -> Document:
    """Plain text, whose empty lines and indents say what is a caption."""
    encoding = find_encoding(text)
    pasted = Pasted(changes=Counter({encoding.value.lower(): 1}) if encoding else Counter())
    lines = list(lines_of_text(convert(text, encoding) if encoding else text))
    if any(line.text.startswith("- ") for line in lines):
        # Only rich text has lists; then it no longer knows how its lines stood.
        pasted = clean_pasted_text(text)
        lines = list(lines_of_html(pasted.html))
    return Document(lines, summary=pasted.summary())


def read_html(source: str) -> Document:
    pasted = clean_paste(source)
    return _document_of(pasted, [_embedded(address) for address in pasted.pictures])


_DATA = re.compile(r"data:image/[\w.+-]+;base64,", re.IGNORECASE)


def _embedded(address: str) -> bytes:
    """The picture that stands in the text itself; of others nothing is fetched."""
    if not (head := _DATA.match(address)):
        return b""
    try:
        return base64.b64decode(address[head.end() :])
    except (binascii.Error, ValueError):
        return b""


def _document_of(pasted: Pasted, pictures: list[bytes]) -> Document:
    found = {number: content for number, content in enumerate(pictures, start=1) if content}
    for kind in ("pictures", "brought_pictures", "lost_pictures"):
        pasted.changes.pop(kind, None)
    return Document(
        list(lines_of_html(pasted.html)),
        pictures=found,
        lost_pictures=len(pictures) - len(found),
        summary=pasted.summary(),
    )


# Word


def _read_word(word: WordText) -> Document:
    pasted = clean_paste(word.html)
    pasted.changes.update(word.changes)
    order = [address.removeprefix("data:,") for address in pasted.pictures]
    return _document_of(pasted, [_taken(word.pictures, number) for number in order])


def _taken(pictures: list[bytes], number: str) -> bytes:
    return pictures[int(number) - 1] if number.isdigit() and int(number) <= len(pictures) else b""

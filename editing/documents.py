"""Reads what staff bring: Word files, saved pages and plain text, as clean rich text and pictures."""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import IO, Any

import mammoth
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from editing.guessing import Line, lines_of_html, lines_of_text
from editing.pasting import Pasted, clean_paste, clean_pasted_text
from editing.uploads import refuse_if_not_kept
from vietnamese.legacy import Encoding, convert, encoding_of_font, find_encoding

LARGEST_DOCUMENT = 60 * 2**20  # bytes, pictures included
LARGEST_UNPACKED = 250 * 2**20
LARGEST_TEXT = 40 * 2**20  # of one part of XML
MOST_PARTS = 5_000
READABLE = ("docx", "txt", "html", "htm")


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
    if extension == "docx":
        return _read_word(file)
    content = file.read()
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValidationError(_("This file holds no text."), code="unreadable")
    text = decode(content)[0]
    return read_text(text) if extension == "txt" else read_html(text)


def _not_readable(extension: str) -> str:
    if extension in ("doc", "odt", "rtf"):
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
    pasted.changes.pop("pictures", None)
    return Document(
        list(lines_of_html(pasted.html)),
        pictures=found,
        lost_pictures=len(pictures) - len(found),
        summary=pasted.summary(),
    )


# Word


def _read_word(file: IO[bytes]) -> Document:
    _check_package(file)
    pictures: list[bytes] = []

    def keep(image: Any) -> dict[str, str]:
        with image.open() as stream:
            pictures.append(stream.read())
        return {"src": f"data:,{len(pictures)}"}

    try:
        result = mammoth.convert_to_html(
            file,
            convert_image=mammoth.images.img_element(keep),
            style_map="u =>\np[style-name='Title'] => h1:fresh",
            transform_document=_with_unicode_letters,
            ignore_empty_paragraphs=True,
        )
    except Exception as error:  # mammoth raises many kinds on a broken file
        raise _broken() from error
    pasted = clean_paste(result.value)
    order = [address.removeprefix("data:,") for address in pasted.pictures]
    return _document_of(pasted, [_taken(pictures, number) for number in order])


def _taken(pictures: list[bytes], number: str) -> bytes:
    return pictures[int(number) - 1] if number.isdigit() and int(number) <= len(pictures) else b""


def _broken() -> ValidationError:
    return ValidationError(
        _("This is no Word file that can be read. Open it in Word and save it again as .docx."),
        code="unreadable",
    )


def _check_package(file: IO[bytes]) -> None:
    """A small file may unpack to gigabytes, and its XML may name other files: neither is read."""
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
            if (
                len(parts) > MOST_PARTS
                or sum(part.file_size for part in parts) > LARGEST_UNPACKED
                or any(_is_text(part) and part.file_size > LARGEST_TEXT for part in parts)
            ):
                raise ValidationError(
                    _("This file is too large when it is unpacked."), code="too_large"
                )
            if "word/document.xml" not in package.namelist():
                raise _broken()
            for part in parts:
                if _is_text(part):
                    fromstring(package.read(part), forbid_dtd=True)
    except (
        *(zipfile.BadZipFile, ParseError, DefusedXmlException, NotImplementedError),
        *(RuntimeError, EOFError, OSError, ValueError),
    ) as error:
        raise _broken() from error
    finally:
        file.seek(0)


def _is_text(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().endswith((".xml", ".rels"))


def _with_unicode_letters(document: Any) -> Any:
    """Converts runs that are set in a font from before Unicode."""
    written: list[str] = []
    _each_run(document, lambda run, font: written.append(_text_of(run)))
    is_unicode = any(ord(letter) > 0xFF and letter.isalpha() for letter in "".join(written))
    if written and not is_unicode:
        return _converted(document, "")
    return document


def _each_run(element: Any, act: Any) -> None:
    font = getattr(element, "font", None)
    if font and encoding_of_font(font):
        act(element, font)
    for child in getattr(element, "children", None) or []:
        _each_run(child, act)


def _text_of(element: Any) -> str:
    own = getattr(element, "value", "")
    children = getattr(element, "children", None) or []
    return (own if isinstance(own, str) else "") + "".join(map(_text_of, children))


def _converted(element: Any, font: str) -> Any:
    font = getattr(element, "font", None) or font
    encoding: Encoding | None = encoding_of_font(font)
    if encoding and isinstance(getattr(element, "value", None), str):
        return element.copy(value=convert(element.value, encoding, font=font))
    children = getattr(element, "children", None)
    if children is None or not hasattr(element, "copy"):
        return element
    return element.copy(children=[_converted(child, font) for child in children])

"""Documents that are packages of XML (Word, OpenDocument): measured before they are read."""

from __future__ import annotations

import zipfile
import zlib
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LARGEST_UNPACKED = 250 * 2**20  # bytes
LARGEST_TEXT = 40 * 2**20  # of one part of XML
MOST_PARTS = 5_000

# What reading a package may raise that somebody has broken, by accident or on purpose.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, NotImplementedError),
    *(RuntimeError, EOFError, OSError, ValueError, KeyError),
)


def check_size(package: zipfile.ZipFile) -> None:
    """A small file may unpack to gigabytes. Raises ValidationError."""
    parts = package.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _too_large()


def read_part(package: zipfile.ZipFile, name: str) -> Element:
    """One part of XML; it may name no other file. Raises ValidationError, or one of BROKEN."""
    if package.getinfo(name).file_size > LARGEST_TEXT:
        raise _too_large()
    root: Element = fromstring(package.read(name), forbid_dtd=True)
    return root


def part_if_there(package: zipfile.ZipFile, name: str) -> Element | None:
    """A part without which the text can be read."""
    try:
        return read_part(package, name)
    except (KeyError, ParseError, DefusedXmlException, zipfile.BadZipFile, zlib.error):
        return None


def content_if_there(package: zipfile.ZipFile, name: str) -> bytes:
    try:
        return package.read(name)
    except (KeyError, zipfile.BadZipFile, zlib.error):
        return b""


def _too_large() -> ValidationError:
    return ValidationError(_("This file is too large when it is unpacked."), code="too_large")

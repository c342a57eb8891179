"""Which files may be attached: known by what they contain, not by what they are called."""

import io
import logging
import re
import zipfile
from collections.abc import Sequence
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from editing.audio import is_mp3
from editing.scanning import scan
from editing.uploads import refuse_if_not_kept
from editing.videos import forget_place, is_captions, is_mp4, unplayed_codec

LARGEST_FILE = 50 * 1024 * 1024  # bytes

# Extension → (content type, what the file must begin with).
_KINDS: dict[str, tuple[str, bytes]] = {
    "pdf": ("application/pdf", b"%PDF-"),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        b"PK\x03\x04",
    ),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
    "odt": ("application/vnd.oasis.opendocument.text", b"PK\x03\x04"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", b"PK\x03\x04"),
    "zip": ("application/zip", b"PK\x03\x04"),
    "doc": ("application/msword", b"\xd0\xcf\x11\xe0"),
    "xls": ("application/vnd.ms-excel", b"\xd0\xcf\x11\xe0"),
    "mp4": ("video/mp4", b""),
    "mp3": ("audio/mpeg", b""),
    "vtt": ("text/vtt; charset=utf-8", b""),
}
# What a zip must hold to be the document that its name claims.
_INSIDE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "odt": "content.xml"}
_INSIDE["ods"] = "content.xml"

VIDEOS, CAPTIONS, SOUND = ("mp4",), ("vtt",), ("mp3",)
EVERY_KIND = tuple(_KINDS)
EXTENSIONS = tuple(kind for kind in _KINDS if kind not in VIDEOS + CAPTIONS)
# What an archive may hold beside these.
_IN_ARCHIVES = {"jpg", "jpeg", "png", "webp", "txt", "csv"}
MOST_IN_ARCHIVE = 2_000


def content_type(extension: str) -> str:
    return _KINDS[extension][0]


def check_file(file: IO[bytes], name: str, kinds: Sequence[str] = EXTENSIONS) -> str:
    """The extension of a file that may be attached. Raises ValidationError for the uploader."""
    extension = name.rpartition(".")[2].lower()
    if extension not in kinds:
        raise ValidationError(
            _("Files of the kind “%(extension)s” cannot be attached. These can: %(known)s."),
            code="unknown_kind",
            params={"extension": extension[:20], "known": ", ".join(kinds)},
        )
    _check_size(file)
    if not _is_what_it_claims(file, extension) or not _is_harmless(file, extension):
        raise ValidationError(
            _("The content of this file does not fit its name ending “%(extension)s”."),
            code="lying_extension",
            params={"extension": extension},
        )
    if extension in VIDEOS and (codec := unplayed_codec(file)):
        raise ValidationError(
            _(
                "This video is coded as %(codec)s, which many phones and computers do not play. Save "
                "it as MP4 with H.264: on an iPhone, choose Settings › Camera › Formats › Most "
                "Compatible before filming."
            ),
            code="unplayed",
            params={"codec": codec},
        )
    scan(file)
    return extension


def forget_owner(file: IO[bytes], extension: str) -> None:
    """Takes out of a video where and with what it was filmed; documents keep what they say."""
    if extension in VIDEOS:
        forget_place(file)


def _check_size(file: IO[bytes]) -> None:
    refuse_if_not_kept(file)
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(0)
    if size > LARGEST_FILE:
        raise ValidationError(
            _("The file has %(size)s MB; at most %(most)s MB can be taken."),
            code="too_large",
            params={"size": size // 2**20, "most": LARGEST_FILE // 2**20},
        )


def _is_what_it_claims(file: IO[bytes], extension: str) -> bool:
    if extension in VIDEOS:
        return is_mp4(file)
    if extension in CAPTIONS:
        return is_captions(file)
    if extension in SOUND:
        return is_mp3(file)
    start = _KINDS[extension][1]
    file.seek(0)
    begins_well = file.read(len(start)) == start
    file.seek(0)
    return begins_well and _holds(file, _INSIDE.get(extension))


def _is_harmless(file: IO[bytes], extension: str) -> bool:
    """No program inside an archive, no macros inside a document."""
    if _KINDS[extension][1] != b"PK\x03\x04":
        return True
    try:
        with zipfile.ZipFile(file) as archive:
            names = [each.filename.lower() for each in archive.infolist() if not each.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        return False
    finally:
        file.seek(0)
    if len(names) > MOST_IN_ARCHIVE or any(_leads_out(name) for name in names):
        return False
    if extension == "zip":
        return all(name.rpartition(".")[2] in _IN_ARCHIVES | set(EXTENSIONS) for name in names)
    return not any(_MACROS.search(name) for name in names)


_MACROS = re.compile(r"vbaproject\.bin$|^basic/|^scripts/|activex/")


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name


def count_pages(file: IO[bytes], extension: str) -> int | None:
    """How many pages a PDF has; None for other kinds and for what cannot be read."""
    if extension != "pdf":
        return None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        file.seek(0)
        return len(PdfReader(file).pages) or None
    except (PyPdfError, RecursionError, *_BROKEN):
        return None
    finally:
        file.seek(0)


# What a reader may raise on a file that somebody has broken on purpose.
_BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, OSError)


def _holds(file: IO[bytes], member: str | None) -> bool:
    if member is None:
        return True
    try:
        with zipfile.ZipFile(file) as archive:
            return member in archive.namelist()
    except zipfile.BadZipFile:
        return False
    finally:
        file.seek(0)

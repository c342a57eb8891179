"""The text of one file, in a process of its own: `python -m portal.search.file_text pdf < FILE`.

A file made to do harm costs this process its time or its memory, and nothing else: the limits are
set before the first byte is read, and it knows neither the settings nor the database.
"""

from __future__ import annotations

import io
import logging
import resource
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO

MOST_SECONDS = 10  # of computing
MOST_MEMORY = 1 << 30  # bytes
MOST_PAGES = 300
MOST_CHARACTERS = 200_000
UNREADABLE = 3  # the exit code


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(file: IO[bytes], extension: str) -> str:
    """In NFC, one paragraph or line of print a line; raises whatever a broken file may raise."""
    pieces = _of_pdf(file) if extension == "pdf" else _of_word(file)
    text = "\n".join(_up_to(MOST_CHARACTERS, pieces))[:MOST_CHARACTERS]
    return unicodedata.normalize("NFC", _in_unicode(text))


def _up_to(most: int, pieces: Iterable[str]) -> Iterator[str]:
    length = 0
    for piece in pieces:
        yield piece
        length += len(piece)
        if length >= most:
            return


def _of_pdf(file: IO[bytes]) -> Iterator[str]:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    for page in islice(PdfReader(file).pages, MOST_PAGES):
        yield page.extract_text()


def _of_word(file: IO[bytes]) -> Iterator[str]:
    from django.conf import settings

    from editing.documents import read_document

    if not settings.configured:
        # What the reader says of its cleaning has no language here, and nobody hears it.
        settings.configure(USE_I18N=False)
    for line in read_document(file, "tep.docx").lines:
        yield line.text


def _in_unicode(text: str) -> str:
    from vietnamese.legacy import convert, find_encoding

    encoding = find_encoding(text)
    return convert(text, encoding) if encoding else text


def main() -> int:
    limit()
    try:
        text = read(io.BytesIO(sys.stdin.buffer.read()), sys.argv[1])
    except Exception:
        return UNREADABLE
    sys.stdout.buffer.write(text.encode("utf-8", "ignore"))
    return 0


if __name__ == "__main__":
    sys.exit(main())

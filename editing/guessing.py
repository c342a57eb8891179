"""Guesses what the lines of a report are: its date, title, lead, captions, author and source.

The same rules for pages of an old site, Word files and pasted text. Nothing is corrected and no word
is lost: each guess knows the line that it was made from, so that it can be taken back.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from bs4 import BeautifulSoup
from bs4.element import Tag

from vietnamese.folding import fold
from vietnamese.normalizing import clean_line
from vietnamese.syllables import count_syllables, first_sentence

LONGEST_TITLE = 30  # syllables
LONGEST_CAPTION = 40
LONGEST_NAME = 6
_LONGEST_TITLE_TEXT = 250


@dataclass(frozen=True)
class Line:
    """A line that says something, and how it stood in its page."""

    text: str
    is_indented: bool = False
    stands_apart: bool = False  # an empty line before and after it
    html: str = ""  # as rich text, where it is more than its words
    is_bold: bool = False  # all of it
    is_heading: bool = False
    picture: int = 0  # the number of the picture that stands in place of words

    def as_html(self) -> str:
        return self.html or f"<p>{html.escape(self.text)}</p>"


@dataclass(frozen=True)
class Paragraph:
    text: str
    html: str = ""

    def as_html(self) -> str:
        return self.html or f"<p>{html.escape(self.text)}</p>"


@dataclass(frozen=True)
class Caption:
    """A photo with what is said under it; of the photo itself a page may know only its number."""

    text: str
    picture: int = 0


@dataclass
class Guess:
    published_on: date | None = None
    date_line: str = ""
    letterhead: str = ""
    title: str = ""
    title_line: str = ""
    title_is_proposed: bool = False
    lead: str = ""
    blocks: list[Paragraph | Caption] = field(default_factory=list)
    author: str = ""
    author_line: str = ""
    source: str = ""
    source_line: str = ""
    # Boxes of an old page that stood behind the article, by their kind.
    boxes: dict[str, list[Line]] = field(default_factory=dict)

    @property
    def captions(self) -> list[Caption]:
        return [block for block in self.blocks if isinstance(block, Caption)]

    def body(self) -> str:
        """Rich text with a mark where each photo stands."""
        parts, photos = [], 0
        for block in self.blocks:
            if isinstance(block, Caption):
                photos += 1
                parts.append(f"<p>[Ảnh {photos}]</p>")
            else:
                parts.append(block.as_html())
        return "\n".join(parts)


class NoSuchDateError(ValueError):
    """A line reads like a date that the calendar does not have; the text is that line."""


# From text and rich text to lines


def lines_of_text(text: str) -> Iterator[Line]:
    raw = re.split(r"\r\n|\r|\n", text)
    cleaned = [clean_line(line) for line in raw]
    for at, line in enumerate(cleaned):
        if line:
            apart = _is_empty(cleaned, at - 1) and _is_empty(cleaned, at + 1)
            yield Line(line, raw[at][:1].isspace(), apart)


def _is_empty(lines: list[str], at: int) -> bool:
    return not 0 <= at < len(lines) or not lines[at]


_MARK = re.compile(r"\[Ảnh (\d{1,3})\]$")


def lines_of_html(clean: str) -> Iterator[Line]:
    """A line for each block of clean rich text."""
    for tag in BeautifulSoup(clean, "html.parser").find_all(True, recursive=False):
        text = clean_line(tag.get_text(" " if tag.name in ("ul", "ol", "table") else ""))
        mark = _MARK.match(text)
        yield Line(
            text,
            html=str(tag),
            is_bold=tag.name == "p" and _is_bold(tag),
            is_heading=tag.name in ("h2", "h3", "h4"),
            is_indented=tag.name in ("ul", "ol", "table", "blockquote"),
            picture=int(mark[1]) if mark else 0,
        )


def _is_bold(tag: Tag) -> bool:
    bold = "".join(each.get_text() for each in tag.find_all("strong"))
    return bool(bold) and clean_line(bold) == clean_line(tag.get_text())


# What they are


def guess(lines: list[Line], *, from_date: bool = False) -> Guess:
    """`from_date`: what stands before the line with the date belongs to the page, not the article.

    Raises NoSuchDateError.
    """
    found = Guess()
    lines = _take_date(found, lines, drop_before=from_date)
    lines = _take_letterhead(found, lines)
    sections = _sections(lines, is_page=from_date)
    article = sections.pop("article")
    found.boxes = sections
    if article:
        article = _take_title(found, article)
        article = _take_signature(found, article)
        _take_blocks(found, article)
        if not found.title:
            _propose_title(found)
    return found


_DATE = re.compile(
    r"^(?:ngày\s*)?(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*(\d{4})\.?$",
    re.IGNORECASE,
)


def _take_date(found: Guess, lines: list[Line], *, drop_before: bool) -> list[Line]:
    for at, line in enumerate(lines):
        if match := _DATE.match(line.text):
            day, month, year = (int(part) for part in match.groups())
            try:
                found.published_on = date(year, month, day)
            except ValueError as error:
                raise NoSuchDateError(line.text) from error
            found.date_line = line.text
            return lines[at + 1 :] if drop_before else [*lines[:at], *lines[at + 1 :]]
    return lines


_NATION = "cong hoa xa hoi chu nghia viet nam"
_LETTERHEAD = re.compile(
    r"độc lập\s*[-–]\s*tự do|^số\s*:|^[\w\s.,]{0,40}ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}$|^[-–_*\s]+$",
    re.IGNORECASE,
)
_DAY_OF_LETTER = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)


def _take_letterhead(found: Guess, lines: list[Line]) -> list[Line]:
    """The head of an official letter says who writes and when, which readers see elsewhere. Taken
    with the day that is found in it, so that it comes back with that guess."""
    at = next((at for at, line in enumerate(lines[:4]) if _NATION in fold(line.text)), None)
    if at is None or found.published_on:
        return lines
    end = at + 1
    while end < len(lines) and _LETTERHEAD.search(lines[end].text):
        end += 1
    head = " ".join(line.text for line in lines[:end])
    match = _DAY_OF_LETTER.search(head)
    try:
        found.published_on = date(*(int(part) for part in match.groups()[::-1])) if match else None
    except ValueError as error:
        raise NoSuchDateError(match[0] if match else "") from error
    if found.published_on is None:
        return lines
    found.date_line = found.letterhead = head
    return lines[end:]


_BOXES = {
    "thong bao": "notices",
    "duong day nong": "hotline",
    "thong ke truy cap": "visits",
    "thong ke": "visits",
}


def _sections(lines: list[Line], *, is_page: bool) -> dict[str, list[Line]]:
    sections: dict[str, list[Line]] = {"article": []}
    current = "article"
    kinds = {_BOXES.get(fold(line.text)) for line in lines} - {None}
    # A document may have one of the words for its title, but only a page has several boxes.
    has_boxes = is_page or len(kinds) > 1
    for line in lines:
        box = (
            _BOXES.get(fold(line.text)) if has_boxes and (is_page or sections["article"]) else None
        )
        if box:
            current = box
            sections[current] = []
        else:
            sections[current].append(line)
    return sections


_KIND_OF_LETTER = re.compile(
    r"(?:thông báo|báo cáo|kế hoạch|quyết định|giấy mời|thư mời|tờ trình|nghị quyết|công điện|"
    r"chỉ thị|hướng dẫn|kết luận|chương trình|thông cáo báo chí)$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"(?:về việc|v/v|về)\b", re.IGNORECASE)


def _take_title(found: Guess, lines: list[Line]) -> list[Line]:
    if len(lines) > 2 and _KIND_OF_LETTER.match(lines[0].text):
        kind, about = lines[0].text, lines[1].text
        if (lines[1].is_bold or _ABOUT.match(about)) and _could_be_title(lines[1]):
            found.title_line = f"{kind} {about}"
            about = about if about.isupper() else about[:1].lower() + about[1:]
            found.title = f"{kind if about.isupper() else kind.capitalize()} {about}"
            return lines[2:]
    line = lines[0]
    if not _could_be_title(line) or len(lines) < 2:
        return lines
    found.title = found.title_line = line.text
    return lines[1:]


def _could_be_title(line: Line) -> bool:
    return (
        count_syllables(line.text) <= LONGEST_TITLE
        and len(line.text) <= _LONGEST_TITLE_TEXT
        and not line.text.endswith((".", ":", ";"))
        and not line.is_indented
        and not line.picture
    )


_SOURCE = re.compile(r"^\(?\s*(?:theo\s+)?nguồn\s*:?\s+(.+?)\)?$", re.IGNORECASE)
_SIGNED = re.compile(
    r"^(?:tin|bài|ảnh|tin,? bài|(?:tin|bài)(?:,| và)? ảnh|tác giả|người viết|thực hiện)\s*:\s*(.+)$",
    re.IGNORECASE,
)


def _take_signature(found: Guess, lines: list[Line]) -> list[Line]:
    """The source and the author, from the last lines."""
    rest = list(lines)
    while rest:
        line = rest[-1]
        if source := _SOURCE.match(line.text):
            found.source, found.source_line = source[1], line.text
        elif not found.author and len(rest) > 1 and (name := _author(line, rest[-2])):
            found.author, found.author_line = name, line.text
        else:
            break
        rest.pop()
    return rest


def _author(line: Line, before: Line) -> str:
    if line.picture or line.is_heading or before.picture:
        return ""
    if signed := _SIGNED.match(line.text):
        return signed[1]
    is_signature = line.is_bold and count_syllables(line.text) <= LONGEST_NAME
    return line.text if is_signature or _is_name(line.text) else ""


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= LONGEST_NAME and all(
        word[:1].isupper() and word.isalpha() for word in words
    )


def _take_blocks(found: Guess, lines: list[Line]) -> None:
    has_pictures = any(line.picture for line in lines)
    blocks = list(_with_pictures(lines)) if has_pictures else [_block(line) for line in lines]
    first = next((at for at, block in enumerate(blocks) if _is_lead(block)), None)
    # “… như sau:” only leads to what follows it.
    if first is not None and not blocks[first].text.endswith(":"):
        found.lead = blocks.pop(first).text
    found.blocks = blocks


def _is_lead(block: Paragraph | Caption) -> bool:
    return isinstance(block, Paragraph) and not re.match(r"<(?!p\b)", block.html)


def _block(line: Line) -> Paragraph | Caption:
    """Where pictures are lost, a caption is short, stands apart at the margin, and ends without a
    full stop."""
    is_caption = (
        line.stands_apart
        and not line.is_indented
        and count_syllables(line.text) <= LONGEST_CAPTION
        and not line.text.endswith((".", ":", ";", "!", "?", "…"))
    )
    return Caption(line.text) if is_caption else Paragraph(line.text, line.html)


def _with_pictures(lines: list[Line]) -> Iterator[Paragraph | Caption]:
    """A short line under a picture is its caption."""
    waiting: list[Line] = []
    for line in lines:
        if line.picture:
            waiting.append(line)
            continue
        is_caption = (
            bool(waiting)
            and not (line.is_heading or line.is_indented)
            and count_syllables(line.text) <= LONGEST_CAPTION
        )
        for picture in waiting[: -1 if is_caption else None]:
            yield Caption("", picture.picture)
        if is_caption:
            yield Caption(line.text, waiting[-1].picture)
        else:
            yield Paragraph(line.text, line.html)
        waiting = []
    for picture in waiting:
        yield Caption("", picture.picture)


# “…, Ban Quản lý tổ chức Hội nghị …” is about the meeting.
_WHAT_HAPPENED = re.compile(
    r"\b(?:đã\s+)?(?:tổ chức|khai mạc|công bố|ban hành|triển khai|tiến hành)\s+(\w.+)$",
    re.IGNORECASE,
)


def _propose_title(found: Guess) -> None:
    sentence = first_sentence(found.lead).rstrip(".")
    match = _WHAT_HAPPENED.search(sentence)
    title = match[1] if match else sentence
    words = title.split()[:LONGEST_TITLE]
    found.title = " ".join(words)[:_LONGEST_TITLE_TEXT].rstrip(" ,;:")
    found.title = found.title[:1].upper() + found.title[1:]
    found.title_is_proposed = True

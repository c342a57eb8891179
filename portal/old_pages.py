"""Reads a page of an agency's old site: what it says, without making records of it.

A page is plain text, or saved HTML of the same shape: a line “Ngày 28/12/2021”, perhaps a title,
paragraphs with photo captions between them, the author, and then the boxes of the old site
(“Thông báo”, “Đường dây nóng”, “Thống kê truy cập”). Nothing is corrected: faults are reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.phones import ParsedNumber, PhoneError, national, parse_numbers
from vietnamese.folding import fold
from vietnamese.normalizing import clean_line, find_glued_words
from vietnamese.syllables import count_syllables, first_sentence

LONGEST_TITLE = 30  # syllables
LONGEST_CAPTION = 40
LONGEST_NAME = 6


class OldPageError(ValueError):
    """The file cannot be read as a page; the text is for the operator."""


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Caption:
    text: str


@dataclass(frozen=True)
class Official:
    honorific: str
    name: str
    post: str
    numbers: list[ParsedNumber]


@dataclass(frozen=True)
class Finding:
    """One row of the report: what it is, how it was found, and the words themselves."""

    label: str | Promise
    kind_label: str | Promise
    text: str


_RECOGNISED, _PROPOSED = _("recognised"), _("proposed")
_UNREADABLE, _REMARK = _("could not be read"), _("remark")


@dataclass
class OldPage:
    published_on: date
    title: str = ""
    title_is_proposed: bool = False
    lead: str = ""
    blocks: list[Paragraph | Caption] = field(default_factory=list)
    author: str = ""
    source: str = ""
    notices: list[str] = field(default_factory=list)
    officials: list[Official] = field(default_factory=list)
    visit_total: int | None = None
    findings: list[Finding] = field(default_factory=list)

    def note(self, label: str | Promise, kind: str | Promise, text: object) -> None:
        self.findings.append(Finding(label, kind, str(text)))


@dataclass(frozen=True)
class _Line:
    """A line that says something, and how it stood in the page."""

    text: str
    is_indented: bool
    stands_apart: bool  # an empty line before and after it


def read_old_page(content: bytes) -> OldPage:
    """Raises OldPageError for a file that holds no dated page."""
    text, encoding = _decode(content)
    if _looks_like_html(text):
        text = _text_of_html(text)
    lines = list(_lines(text))
    page, lines = _with_date(lines)
    if encoding != "utf-8":
        page.note(_("Encoding"), _REMARK, encoding)
    sections = _sections(lines)
    _read_article(page, sections.pop("article"))
    _read_notices(page, sections.get("notices"))
    _read_hotline(page, sections.get("hotline"))
    _read_visits(page, sections.get("visits"))
    return page


# From bytes to lines


def _decode(content: bytes) -> tuple[str, str]:
    if not content.strip():
        raise OldPageError(_("The file is empty."))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), "utf-16"
    if b"\x00" in content:
        raise OldPageError(_("The file is no text."))
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        # What Windows used for Vietnamese before Unicode; its marks follow their letters.
        return content.decode("cp1258", errors="replace"), "windows-1258"


def _looks_like_html(text: str) -> bool:
    return bool(re.search(r"<(?:html|body|p|div|table|br)\b", text, re.IGNORECASE))


class _Text(HTMLParser):
    """The text of a page, an empty line around each block."""

    _BLOCKS = {
        *("p", "div", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("td", "th", "section", "article", "aside", "header", "footer", "blockquote", "center"),
    }
    _SILENT = {"script", "style", "head", "title", "noscript", "template"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silence = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._silence += 1
        elif tag in self._BLOCKS:
            self.parts.append("\n\n")
        elif tag == "br":
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silence = max(0, self._silence - 1)
        elif tag in self._BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._silence:
            # A line break in the source means no more than a space.
            self.parts.append(re.sub(r"[ \t]*[\r\n]+[ \t]*", " ", data))


def _text_of_html(text: str) -> str:
    parser = _Text()
    parser.feed(text)
    parser.close()
    lines = "".join(parser.parts).split("\n")
    return "\n".join(line.strip(" \t") for line in lines)


def _lines(text: str) -> Iterator[_Line]:
    raw = re.split(r"\r\n|\r|\n", text)
    cleaned = [clean_line(line) for line in raw]
    for at, line in enumerate(cleaned):
        if line:
            apart = _is_empty(cleaned, at - 1) and _is_empty(cleaned, at + 1)
            yield _Line(line, raw[at][:1].isspace(), apart)


def _is_empty(lines: list[str], at: int) -> bool:
    return not 0 <= at < len(lines) or not lines[at]


# The date


_DATE = re.compile(
    r"^(?:ngày\s*)?(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*(\d{4})\.?$",
    re.IGNORECASE,
)


def _with_date(lines: list[_Line]) -> tuple[OldPage, list[_Line]]:
    for at, line in enumerate(lines):
        if match := _DATE.match(line.text):
            day, month, year = (int(part) for part in match.groups())
            try:
                page = OldPage(date(year, month, day))
            except ValueError as error:
                raise OldPageError(_("The date “%s” does not exist.") % line.text) from error
            page.note(_("Date"), _RECOGNISED, f"{day:02d}/{month:02d}/{year}")
            return page, lines[at + 1 :]
    raise OldPageError(_("There is no line with a date, such as “Ngày 28/12/2021”."))


# The parts of the page


_HEADINGS = {
    "thong bao": "notices",
    "duong day nong": "hotline",
    "thong ke truy cap": "visits",
    "thong ke": "visits",
}


def _sections(lines: list[_Line]) -> dict[str, list[_Line]]:
    sections: dict[str, list[_Line]] = {"article": []}
    current = "article"
    for line in lines:
        heading = _HEADINGS.get(fold(line.text))
        if heading:
            current = heading
            sections[current] = []
        else:
            sections[current].append(line)
    return sections


# The article


_SOURCE = re.compile(r"^\(?\s*(?:theo\s+)?nguồn\s*:?\s+(.+?)\)?$", re.IGNORECASE)


def _read_article(page: OldPage, lines: list[_Line]) -> None:
    if not lines:
        raise OldPageError(_("There is no text after the date."))
    lines = _take_title(page, lines)
    lines = _take_signature(page, lines)
    blocks = [_block(line) for line in lines]
    first = next((at for at, block in enumerate(blocks) if isinstance(block, Paragraph)), None)
    if first is not None:
        page.lead = blocks.pop(first).text
        page.note(_("Lead"), _RECOGNISED, _shortened(page.lead))
    page.blocks = blocks
    if not page.title:
        _propose_title(page)
    _note_blocks(page)


def _take_title(page: OldPage, lines: list[_Line]) -> list[_Line]:
    line = lines[0]
    is_title = (
        count_syllables(line.text) <= LONGEST_TITLE
        and not line.text.endswith((".", ":", ";"))
        and not line.is_indented
        and len(lines) > 1
    )
    if not is_title:
        return lines
    page.title = line.text
    page.note(_("Title"), _RECOGNISED, page.title)
    return lines[1:]


def _take_signature(page: OldPage, lines: list[_Line]) -> list[_Line]:
    """The source and the author, from the last lines."""
    rest = list(lines)
    while rest:
        if source := _SOURCE.match(rest[-1].text):
            page.source = source[1]
            page.note(_("Source"), _RECOGNISED, page.source)
        elif not page.author and len(rest) > 1 and _is_name(rest[-1].text):
            page.author = rest[-1].text
            page.note(_("Author"), _RECOGNISED, page.author)
        else:
            break
        rest.pop()
    if not (page.author or page.source):
        page.note(_("Author"), _UNREADABLE, "")
    return rest


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= LONGEST_NAME and all(
        word[:1].isupper() and word.isalpha() for word in words
    )


def _block(line: _Line) -> Paragraph | Caption:
    """A caption is short, stands apart at the margin, and ends without a full stop."""
    is_caption = (
        line.stands_apart
        and not line.is_indented
        and count_syllables(line.text) <= LONGEST_CAPTION
        and not line.text.endswith((".", ":", ";", "!", "?", "…"))
    )
    return Caption(line.text) if is_caption else Paragraph(line.text)


# “…, Ban Quản lý tổ chức Hội nghị …” is about the meeting.
_WHAT_HAPPENED = re.compile(
    r"\b(?:đã\s+)?(?:tổ chức|khai mạc|công bố|ban hành|triển khai|tiến hành)\s+(\w.+)$",
    re.IGNORECASE,
)


def _propose_title(page: OldPage) -> None:
    sentence = first_sentence(page.lead).rstrip(".")
    match = _WHAT_HAPPENED.search(sentence)
    title = match[1] if match else sentence
    words = title.split()[:LONGEST_TITLE]
    page.title = " ".join(words)[:250].rstrip(" ,;:")
    page.title = page.title[:1].upper() + page.title[1:]
    page.title_is_proposed = True
    page.note(_("Title"), _PROPOSED, page.title)


def _note_blocks(page: OldPage) -> None:
    paragraphs = [block for block in page.blocks if isinstance(block, Paragraph)]
    page.note(_("Paragraphs"), _RECOGNISED, len(paragraphs) + bool(page.lead))
    for block in page.blocks:
        if isinstance(block, Caption):
            page.note(_("Photo caption (the photo is lost)"), _RECOGNISED, block.text)
    for text in (page.lead, *[block.text for block in page.blocks]):
        for word in find_glued_words(text):
            page.note(_("Two words in one, kept as it is"), _REMARK, word)


def _shortened(text: str) -> str:
    return text if len(text) <= 90 else text[:90].rsplit(" ", 1)[0] + "…"


# The boxes


def _read_notices(page: OldPage, lines: list[_Line] | None) -> None:
    if lines is None:
        return
    page.notices = [line.text for line in lines]
    for text in page.notices:
        # Without a date of its own a line is no notice that could be published.
        page.note(_("Notice, to be written anew by staff"), _REMARK, text)
    if not page.notices:
        page.note(_("Notices"), _UNREADABLE, _("the box is empty"))


_OFFICIAL = re.compile(
    r"^(?P<honorific>Ông|Bà|Đ/c|Đồng chí)\s+(?P<name>.+?)\s+[-–—]\s+(?P<post>.+)$"
)
_NUMBERS = re.compile(r"^(?:điện thoại|đt|sđt|tel|di động)\s*[:.]", re.IGNORECASE)


def _read_hotline(page: OldPage, lines: list[_Line] | None) -> None:
    if lines is None:
        return
    for at, line in enumerate(lines):
        if match := _OFFICIAL.match(line.text):
            following = lines[at + 1].text if at + 1 < len(lines) else ""
            _note_official(page, match, following)
        elif not _NUMBERS.match(line.text):
            page.note(_("Hotline"), _UNREADABLE, line.text)
    if not page.officials:
        page.note(_("Hotline"), _UNREADABLE, _("nobody is named"))


def _note_official(page: OldPage, match: re.Match[str], following: str) -> None:
    numbers: list[ParsedNumber] = []
    if _NUMBERS.match(following):
        try:
            numbers = parse_numbers(following)
        except PhoneError:
            page.note(_("Phone numbers"), _UNREADABLE, following)
    official = Official(match["honorific"], match["name"], match["post"], numbers)
    page.officials.append(official)
    shown = ", ".join(f"{national(number)} ({number.e164 or number.dial})" for number in numbers)
    page.note(
        _("Official, not confirmed"),
        _RECOGNISED,
        f"{official.honorific} {official.name} – {official.post}: {shown}",
    )


_TOTAL = re.compile(r"(\d{1,3}(?:[. ,]\d{3})+|\d+)\s*$")


def _read_visits(page: OldPage, lines: list[_Line] | None) -> None:
    if lines is None:
        return
    for line in lines:
        if fold(line.text).startswith("tong") and (match := _TOTAL.search(line.text)):
            page.visit_total = int(re.sub(r"\D", "", match[1]))
            page.note(_("Visits so far"), _RECOGNISED, page.visit_total)
            return
    found = lines[0].text if lines else ""
    page.note(_("Visits so far"), _UNREADABLE, found)

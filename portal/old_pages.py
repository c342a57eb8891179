"""Reads a page of an agency's old site: what it says, without making records of it.

A page is plain text, or saved HTML of the same shape: a line “Ngày 28/12/2021”, perhaps a title,
paragraphs with photo captions between them, the author, and then the boxes of the old site
(“Thông báo”, “Đường dây nóng”, “Thống kê truy cập”). Nothing is corrected: faults are reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.phones import ParsedNumber, PhoneError, national, parse_numbers
from editing.guessing import Caption, Guess, Line, NoSuchDateError, Paragraph, guess, lines_of_text
from vietnamese.folding import fold
from vietnamese.normalizing import find_glued_words


class OldPageError(ValueError):
    """The file cannot be read as a page; the text is for the operator."""


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


def read_old_page(content: bytes) -> OldPage:
    """Raises OldPageError for a file that holds no dated page."""
    text, encoding = _decode(content)
    if _looks_like_html(text):
        text = _text_of_html(text)
    lines = list(lines_of_text(text))
    try:
        found = guess(lines, from_date=True)
    except NoSuchDateError as error:
        raise OldPageError(_("The date “%s” does not exist.") % error) from error
    page = _page_of(found)
    if encoding != "utf-8":
        page.note(_("Encoding"), _REMARK, encoding)
    _note_article(page)
    _read_notices(page, found.boxes.get("notices"))
    _read_hotline(page, found.boxes.get("hotline"))
    _read_visits(page, found.boxes.get("visits"))
    return page


def _page_of(found: Guess) -> OldPage:
    if found.published_on is None:
        raise OldPageError(_("There is no line with a date, such as “Ngày 28/12/2021”."))
    if not (found.blocks or found.lead):
        raise OldPageError(_("There is no text after the date."))
    page = OldPage(
        found.published_on,
        title=found.title,
        title_is_proposed=found.title_is_proposed,
        lead=found.lead,
        blocks=found.blocks,
        author=found.author,
        source=found.source,
    )
    page.note(_("Date"), _RECOGNISED, f"{found.published_on:%d/%m/%Y}")
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


# The article


def _note_article(page: OldPage) -> None:
    if not page.title_is_proposed:
        page.note(_("Title"), _RECOGNISED, page.title)
    if page.source:
        page.note(_("Source"), _RECOGNISED, page.source)
    if page.author:
        page.note(_("Author"), _RECOGNISED, page.author)
    if not (page.author or page.source):
        page.note(_("Author"), _UNREADABLE, "")
    if page.lead:
        page.note(_("Lead"), _RECOGNISED, _shortened(page.lead))
    if page.title_is_proposed:
        page.note(_("Title"), _PROPOSED, page.title)
    _note_blocks(page)


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


def _read_notices(page: OldPage, lines: list[Line] | None) -> None:
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


def _read_hotline(page: OldPage, lines: list[Line] | None) -> None:
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


def _read_visits(page: OldPage, lines: list[Line] | None) -> None:
    if lines is None:
        return
    for line in lines:
        if fold(line.text).startswith("tong") and (match := _TOTAL.search(line.text)):
            page.visit_total = int(re.sub(r"\D", "", match[1]))
            page.note(_("Visits so far"), _RECOGNISED, page.visit_total)
            return
    found = lines[0].text if lines else ""
    page.note(_("Visits so far"), _UNREADABLE, found)

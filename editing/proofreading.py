"""What is wrong with a text, or better looked at again: found in its words alone, for any app.

Each finding has a code and the words that it is about, so that a dismissal holds for them only.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag
from django.utils.translation import gettext as _

from editing.fetching import is_public
from vietnamese.folding import fold
from vietnamese.legacy import find_encoding
from vietnamese.syllables import count_syllables

LONGEST_SENTENCE = 60  # syllables
LONGEST_FAKE_HEADING = 20


@dataclass(frozen=True)
class Finding:
    """One line for the writer, and the field of the form that it is about."""

    text: str
    field: str
    code: str = ""
    about: str = ""  # the words themselves
    # The CheckedLink whose address can be put in with one click.
    link: int = 0

    @property
    def key(self) -> str:
        """Knows the same finding again in the same words."""
        content = f"{self.code}\n{self.field}\n{self.about}"
        return hashlib.sha256(content.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Draft:
    """What is read: plain title and lead, clean rich text."""

    title: str
    lead: str
    body: str
    # What staff have on their list is explained to readers anyhow.
    abbreviations: frozenset[str] = frozenset()

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.body, "html.parser")

    def texts(self) -> list[tuple[str, str]]:
        """(field, plain text) of all that is read, block by block."""
        blocks = self.soup.find_all(["p", "li", "td", "th", "h2", "h3", "h4", "caption"])
        rows = [("title", self.title), ("lead", self.lead)]
        return rows + [("body", tag.get_text()) for tag in blocks]


def must_fix(draft: Draft) -> Iterator[Finding]:
    if not draft.title.strip():
        yield Finding(_("The article has no title."), "title", "no_title")
    if not (draft.body or draft.lead):
        yield Finding(_("The article has no text."), "body", "no_text")
    yield from _old_letters(draft)
    for tag in draft.soup.find_all("a"):
        address = str(tag.get("href") or "")
        if _is_dangerous(address):
            text = _("The link “%(text)s” leads to a dangerous place: %(address)s")
            shown = {"text": tag.get_text()[:60], "address": address[:100]}
            yield Finding(text % shown, "body", "dangerous_link", address)


def advice(draft: Draft) -> Iterator[Finding]:
    if not draft.lead.strip():
        yield Finding(_("Without a lead, lists show the title alone."), "lead", "no_lead")
    if draft.title.isupper():
        text = _("The title is in capitals; ordinary letters are easier to read.")
        yield Finding(text, "title", "capitals", draft.title)
    for look in (_headings, _links, _sentences, _abbreviations, _dates, _private_numbers):
        yield from look(draft)


def _old_letters(draft: Draft) -> Iterator[Finding]:
    for name in ("title", "lead", "body"):
        text = draft.soup.get_text(" ") if name == "body" else getattr(draft, name)
        if encoding := find_encoding(text):
            line = _("These letters are of %(encoding)s: paste the text again to convert it.")
            yield Finding(line % {"encoding": encoding.value}, name, "old_letters", text[:200])


def _is_dangerous(address: str) -> bool:
    """Inside a network, with a password, or looking like another name."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return True
    if parts.scheme not in ("http", "https"):
        return False
    is_number = bool(re.fullmatch(r"[\d.]+|\[?[\da-f:]+:[\da-f:.]*\]?", host))
    is_local = "." not in host or host.endswith((".local", ".internal", ".lan", ".localhost"))
    is_inside = is_local or (is_number and not is_public(host))
    return bool(parts.username or parts.password) or "xn--" in host or is_inside


# Headings


def _headings(draft: Draft) -> Iterator[Finding]:
    level = 1
    for tag in draft.soup.find_all(["h2", "h3", "h4"]):
        own = int(tag.name[1])
        if own > level + 1:
            text = _("The heading “%s” jumps over a level.") % tag.get_text()[:80]
            yield Finding(text, "body", "heading_jump", tag.get_text())
        level = own
    for tag in draft.soup.find_all("p"):
        if _is_fake_heading(tag):
            text = _("“%s” looks like a heading: make it one, so that readers can jump to it.")
            yield Finding(text % tag.get_text()[:80], "body", "fake_heading", tag.get_text())


def _is_fake_heading(tag: Tag) -> bool:
    text = tag.get_text().strip()
    bold = "".join(each.get_text() for each in tag.find_all("strong")).strip()
    is_short = 0 < count_syllables(text) <= LONGEST_FAKE_HEADING
    return is_short and text == bold and not text.endswith((".", "!", "?", ";", ","))


# Links

_EMPTY_WORDS = {
    "tai day",
    "o day",
    "day",
    "xem them",
    "xem tai day",
    "link",
    "click",
    "bam vao day",
}
_EMPTY_WORDS |= {"chi tiet", "here", "click here", "more", "read more", "nhan vao day"}


def _links(draft: Draft) -> Iterator[Finding]:
    for tag in draft.soup.find_all("a"):
        words = tag.get_text().strip()
        if fold(words).strip(" .:") in _EMPTY_WORDS:
            text = _("The link “%s” does not say where it leads.") % words
            yield Finding(text, "body", "empty_link", words)
        elif re.match(r"https?://", words) and len(words) > 40:
            text = _("A long address stands as a link: say in words where it leads.")
            yield Finding(text, "body", "bare_link", words)


# Sentences and abbreviations


def _sentences(draft: Draft) -> Iterator[Finding]:
    for name, block in draft.texts():
        for sentence in re.split(r"(?<=[.!?…;])\s+", block):
            length = count_syllables(sentence)
            if length > LONGEST_SENTENCE:
                line = _("A sentence of %(number)d syllables: “%(start)s…” Two are easier to read.")
                shown = {"number": length, "start": " ".join(sentence.split()[:8])}
                yield Finding(line % shown, name, "long_sentence", sentence)


_ABBREVIATION = re.compile(r"(?<![\w/-])[A-ZĐ]{2,8}(?![\w/-])")
# What every reader knows, and Roman numbers.
_KNOWN = {"UBND", "HĐND", "TP", "VN", "USD", "VND", "VNĐ", "TV", "AI", "PDF", "QR", "COVID", "OK"}
_ROMAN = re.compile(r"[IVXLCDM]+$")


def _abbreviations(draft: Draft) -> Iterator[Finding]:
    whole = "\n".join(text for _name, text in draft.texts())
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", whole)).upper()
    seen: set[str] = set()
    for name, block in draft.texts():
        if block.isupper():
            continue
        for match in _ABBREVIATION.finditer(_without(draft.abbreviations, block)):
            short = match[0]
            if short in seen or short in _KNOWN or _ROMAN.match(short):
                continue
            seen.add(short)
            if not _is_spelled_out(short, whole, initials):
                text = _("“%s” is nowhere spelled out.") % short
                yield Finding(text, name, "abbreviation", short)


def _without(known: frozenset[str], text: str) -> str:
    """The text without what is on the list; the longest first, for “BQL KKT” may hold “KKT”."""
    for short in sorted(known, key=len, reverse=True):
        if short in text:
            text = re.sub(rf"(?<![\w/-]){re.escape(short)}(?![\w/-])", " ", text)
    return text


def _is_spelled_out(short: str, whole: str, initials: str) -> bool:
    """In brackets behind its words, or by words that begin with its letters."""
    if re.search(rf"\w\s*\([^)]*\b{short}\b[^)]*\)", whole):
        return True
    return len(short) > 2 and short in initials


# Dates

_WEEKDAYS = ("hai", "ba", "tư", "năm", "sáu", "bảy")
_DAY = re.compile(
    r"(?P<weekday>thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\s+nhật)[\s,(]*(?:ngày\s+)?"
    r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")


def _dates(draft: Draft) -> Iterator[Finding]:
    for name, block in draft.texts():
        for match in _DAY.finditer(block):
            day = _date(match["day"], match["month"], match["year"])
            if day is None or _weekday(match["weekday"]) != day.weekday():
                text = _("“%s”: weekday and date do not agree.") % match[0]
                yield Finding(text, name, "weekday", match[0])
    years: dict[tuple[int, int], tuple[str, str]] = {}
    for name, block in draft.texts():
        for match in _DATE.finditer(block):
            key = (int(match[1]), int(match[2]))
            first = years.setdefault(key, (match[3], match[0]))
            if first[0] != match[3]:
                text = _("Two dates disagree: %(one)s and %(other)s.")
                shown = {"one": first[1], "other": match[0]}
                yield Finding(text % shown, name, "two_dates", f"{first[1]} {match[0]}")


def _date(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _weekday(words: str) -> int:
    last = words.lower().split()[-1]
    if last == "nhật":
        return 6
    return int(last) - 2 if last.isdigit() else _WEEKDAYS.index(last)


# Private persons

_IDENTITY = re.compile(
    r"(?:CCCD|CMND|CMTND|căn cước|chứng minh (?:nhân dân|thư)|hộ chiếu)\D{0,30}\d{8,12}",
    re.IGNORECASE,
)
_TWELVE = re.compile(r"(?<!\d)0\d{11}(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:0|\+84[ .]?)[35789]\d{2}[ .]?\d{3}[ .]?\d{3}(?!\d)")


def _private_numbers(draft: Draft) -> Iterator[Finding]:
    for name, block in draft.texts():
        for pattern in (_IDENTITY, _TWELVE):
            if match := pattern.search(block):
                text = _("This looks like the identity number of a person: %s")
                yield Finding(text % match[0], name, "identity", match[0])
                break
        for match in _MOBILE.finditer(block):
            text = _("Is %s the number of a private person? Publish it only if he agrees.")
            yield Finding(text % match[0], name, "mobile", match[0])


_FILE_NAME = re.compile(
    r"\.(?:jpe?g|png|webp|gif|heic)$|^(?:IMG|DSC|P|Screenshot|zalo)[_-]?\d", re.I
)


def is_file_name(text: str) -> bool:
    """Whether this is no description but what a camera or a phone called its file."""
    return bool(_FILE_NAME.search(text.strip()))

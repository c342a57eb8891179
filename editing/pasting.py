"""Turns HTML of other programs into clean rich text, and says in one line what it changed.

Word, LibreOffice, Google Docs, Zalo and old sites each hide what a text means in their own way: lists
in styles, bold in spans, letters in old fonts. What means something is made an element here;
`editing.richtext` then takes everything else away.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

import nh3
from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editing.numbering import Label, read_label
from editing.richtext import SCHEMES, clean_html
from editing.videos import site_of, watched_at
from vietnamese.legacy import Encoding, convert, encoding_of_font, find_encoding, is_written_in

LARGEST_PASTE = 8 * 2**20  # characters; pictures inside a text count
DEEPEST = 200  # elements inside elements; a person's document has a few dozen

_CONDITION = re.compile(r"<!\[\s*(?:if\b[^\]>]*|endif)\s*\]>", re.IGNORECASE)
_CLIPBOARD_HEADER = re.compile(r"^Version:[\d.]+\s+StartHTML:.*?(?=<)", re.DOTALL)
# With what is in them: none of it is text. What tracked changes have deleted is no text any more.
_SILENT = {"script", "style", "title", "noscript", "template", "xml", "head", "del"}
_BLOCKS = ["p", "div", "ul", "ol", "li", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"]
_BLOCKS += ["section", "article", "header", "footer", "main", "aside", "center", "pre", "figure"]
_CONTAINERS = ["section", "article", "header", "footer", "main", "aside", "center", "pre", "figure"]
_VIDEOS = ["iframe", "video", "embed", "object"]
_ODD_SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u3000]+")


@dataclass
class Pasted:
    """Clean HTML, and how often each kind of change was made."""

    html: str = ""
    changes: Counter[str] = field(default_factory=Counter)
    # What stood in the place of each mark “[Ảnh n]”: the address of a picture.
    pictures: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """One line for the editor; empty when nothing was changed."""
        return " · ".join(_told(kind, number) for kind, number in self.changes.items() if number)


def _told(kind: str, number: int) -> str:
    words = {
        "word": _("formatting of Word removed"),
        "libreoffice": _("formatting of LibreOffice removed"),
        "google": _("formatting of Google Docs removed"),
        "fonts": _("fonts and colours removed"),
        "tcvn3": _("letters converted from TCVN3"),
        "vni": _("letters converted from VNI"),
        "composed": _("letters with separate marks joined"),
        "active": _("active content removed"),
        "not_bold": _("bold removed, because everything was bold"),
        "contents": _("table of contents removed"),
        "hidden": _("hidden text removed"),
        "words_alone": _(
            "only the words could be read, without their formatting: compare with Word"
        ),
    }
    if kind in words:
        return words[kind]
    text = {
        "lists": ngettext("%d list rebuilt", "%d lists rebuilt", number),
        "spaces": ngettext("%d indent of spaces removed", "%d indents of spaces removed", number),
        "empty": ngettext("%d empty paragraph removed", "%d empty paragraphs removed", number),
        "tables": ngettext(
            "%d table that was only layout dissolved",
            "%d tables that were only layout dissolved",
            number,
        ),
        "pictures": ngettext(
            "%d picture marked, to be added under “Photos”",
            "%d pictures marked, to be added under “Photos”",
            number,
        ),
        "brought_pictures": ngettext(
            "%d picture taken along under “Photos”",
            "%d pictures taken along under “Photos”",
            number,
        ),
        "lost_pictures": ngettext(
            "%d picture did not come along, only its place is marked: drop the Word file on the desk, "
            "or add the picture under “Photos”",
            "%d pictures did not come along, only their places are marked: drop the Word file on the "
            "desk, or add the pictures under “Photos”",
            number,
        ),
        "videos": ngettext(
            "%d video became a link with a poster to be chosen under “Videos”, because nothing of "
            "other sites is embedded",
            "%d videos became links with a poster to be chosen under “Videos”, because nothing of "
            "other sites is embedded",
            number,
        ),
        "equations": ngettext(
            "%d equation written in one line: read it again",
            "%d equations written in one line: read them again",
            number,
        ),
        "diagrams": ngettext(
            "%d chart or diagram left out: add it as a picture",
            "%d charts or diagrams left out: add them as pictures",
            number,
        ),
        "links": ngettext("%d link freed of tracking", "%d links freed of tracking", number),
    }[kind]
    return text % number


def clean_paste(source: str, *, first_picture: int = 1) -> Pasted:
    """The text of another program's HTML; pictures become marks numbered from `first_picture`.

    Raises ValidationError for what no person writes.
    """
    if len(source) > LARGEST_PASTE:
        raise ValidationError(
            _("This is too much to paste at once. Paste it in parts, or drop the Word file."),
            code="too_large",
        )
    pasted = Pasted()
    source = source.encode("utf-8", "ignore").decode().replace("\x00", "")
    soup = _parse(source)
    _note_program(pasted, source)
    _convert_letters(pasted, soup, _fonts_of_classes(source))
    _drop_what_is_hidden(soup)
    _name_headings(soup)
    _mend_lists(soup)
    _rebuild_lists(pasted, soup)
    _name_emphasis(pasted, soup)
    _mark_pictures(pasted, soup, first_picture)
    _link_videos(pasted, soup)
    _mend_links(pasted, soup)
    _dissolve_layout(pasted, soup)
    _tidy_cells(soup)
    pasted.html = _finish(pasted, soup)
    return pasted


def clean_pasted_text(source: str) -> Pasted:
    """The same for text without any markup: a paragraph for each line."""
    pasted = Pasted()
    if encoding := find_encoding(source):
        pasted.changes[encoding.value.lower()] += 1
        source = convert(source, encoding)
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    soup = BeautifulSoup("", "html.parser")
    for line in lines:
        paragraph = soup.new_tag("p")
        paragraph.string = line
        soup.append(paragraph)
    _rebuild_typed_lists(pasted, soup)
    _link_videos(pasted, soup)
    pasted.html = _finish(pasted, soup)
    return pasted


# What the first reading keeps: enough to tell what a text means. Only a browser's parser closes
# paragraphs and points of lists as old pages leave them open.
_READ = {
    *_BLOCKS,
    *_VIDEOS,
    "source",
    "img",
    "a",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "sub",
    "sup",
    "br",
}
_READ |= {"span", "font", "caption", "thead", "tbody", "tr", "th", "td"}
_READ_ATTRIBUTES = {
    "*": {"style", "class", "width", "height", "role", "aria-level", "data-aria-level"},
    "font": {"face"},
    "source": {"src"},
    "img": {"src", "alt"},
    "iframe": {"src"},
    "video": {"src"},
    "embed": {"src"},
    "object": {"data"},
    "a": {"href", "hreflang", "lang"},
    "blockquote": {"cite"},
    "div": {"data-href"},
    "ol": {"start", "type"},
    **{tag: {"colspan", "rowspan", "scope"} for tag in ("td", "th")},
}


def _parse(source: str) -> BeautifulSoup:
    source = _CONDITION.sub("", _CLIPBOARD_HEADER.sub("", source))
    read = nh3.clean(
        source,
        tags=_READ,
        attributes=_READ_ATTRIBUTES,
        clean_content_tags=_SILENT,
        url_schemes=SCHEMES | {"file", "data", "about"},
        link_rel=None,
    )
    soup = BeautifulSoup(read, "html.parser")
    depth = 0
    element: PageElement | None = soup
    while element is not None:
        if isinstance(element, Tag) and element.contents:
            depth += 1
            if depth > DEEPEST:
                raise ValidationError(
                    _("This text is nested too deeply to be read. Paste it as plain text."),
                    code="too_deep",
                )
            element = element.contents[0]
            continue
        while element is not None and element.next_sibling is None:
            element, depth = element.parent, depth - 1
        element = element.next_sibling if element is not None else None
    return soup


_PROGRAMS = {
    "word": re.compile(r"class=[\"']?Mso|urn:schemas-microsoft-com|<o:p|mso-", re.IGNORECASE),
    "libreoffice": re.compile(r"content=[\"'](?:LibreOffice|OpenOffice)", re.IGNORECASE),
    "google": re.compile(r"docs-internal-guid"),
    "fonts": re.compile(r"<font\b|(?:font-family|color|background)\s*:", re.IGNORECASE),
}


_ACTIVE = re.compile(r"<script\b|<form\b|<\w[^<>]*\son[a-z]+\s*=", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def _note_program(pasted: Pasted, source: str) -> None:
    if source != unicodedata.normalize("NFC", source):
        pasted.changes["composed"] += 1
    if _ACTIVE.search(_COMMENT.sub("", source)):
        pasted.changes["active"] += 1
    for name, traces in _PROGRAMS.items():
        if traces.search(source):
            pasted.changes[name] += 1
            return


# Letters of old fonts

_SHEET = re.compile(r"<style\b[^>]*>(.*?)</style", re.IGNORECASE | re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_FONT = re.compile(r"font-family\s*:\s*([^;}]+)", re.IGNORECASE)


def _style(tag: Tag) -> str:
    return str(tag.get("style") or "").lower()


def _convert_letters(pasted: Pasted, soup: BeautifulSoup, fonts: dict[str, str]) -> None:
    texts = [text for text in soup.find_all(string=True) if type(text) is NavigableString]
    in_old_fonts = [(text, name) for text in texts if (name := _old_font(text, fonts))]
    # An old font is often set over text that was typed in Unicode: decided for each paragraph.
    has_unicode = any(
        ord(letter) > 0xFF and letter.isalpha() for text, _name in in_old_fonts for letter in text
    )
    blocks: dict[tuple[int, Encoding | None], list[tuple[NavigableString, str]]] = {}
    for text, name in in_old_fonts:
        block = text.find_parent([*_BLOCKS, "td", "th"])
        blocks.setdefault((id(block), encoding_of_font(name)), []).append((text, name))
    for (_block, encoding), rows in blocks.items():
        written = " ".join(text for text, _name in rows)
        if encoding and is_written_in(written, encoding, in_doubt=not has_unicode):
            for text, name in rows:
                _replace(pasted, text, encoding, name)
    if in_old_fonts:
        return
    encoding = find_encoding(soup.get_text(" "))
    for text in texts if encoding else []:
        _replace(pasted, text, encoding or Encoding.TCVN3, "")


def _replace(pasted: Pasted, text: NavigableString, encoding: Encoding, font: str) -> None:
    converted = convert(str(text), encoding, font=font)
    if converted != str(text):
        pasted.changes[encoding.value.lower()] += 1
        text.replace_with(NavigableString(converted))


def _fonts_of_classes(source: str) -> dict[str, str]:
    """The font that a style sheet inside the text gives to a class."""
    fonts = {}
    for sheet in _SHEET.findall(source):
        for selectors, rules in _RULE.findall(sheet):
            if family := _FONT.search(rules):
                for name in re.findall(r"\.([\w-]+)", selectors):
                    fonts[name] = family[1]
    return fonts


def _old_font(text: NavigableString, fonts: dict[str, str]) -> str:
    """The nearest font that is named for this text, if it is one of the old ones."""
    for parent in text.parents:
        own = _FONT.search(str(parent.get("style") or ""))
        names = [own[1]] if own else [str(parent.get("face") or "")]
        names += [] if any(names) else [fonts.get(each, "") for each in _classes(parent)]
        for name in filter(None, names):
            first = name.split(",")[0]
            return first if encoding_of_font(first) else ""
    return ""


def _classes(tag: Tag) -> list[str]:
    value: Any = tag.get("class") or []
    return value.split() if isinstance(value, str) else list(value)


# What readers never see


def _drop_what_is_hidden(soup: BeautifulSoup) -> None:
    for tag in soup.find_all(style=_UNSEEN):
        tag.decompose()
    for tag in soup.find_all(
        class_=re.compile(r"^(?:msocomanchor|msoDel|ListMarkerWrappingSpan)$")
    ):
        tag.decompose()


_UNSEEN = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|mso-element\s*:\s*comment(?:-list)?\b", re.IGNORECASE
)


# Headings that are only said to be some


def _name_headings(soup: BeautifulSoup) -> None:
    for tag in soup.find_all(["p", "div"]):
        level = str(tag.get("aria-level") or "")
        if tag.get("role") == "heading" and level in ("1", "2", "3", "4", "5", "6"):
            tag.name = f"h{level}"
        elif "MsoTitle" in _classes(tag):
            tag.name = "h1"


# Lists

_STYLES_OF_LISTS = {
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
    "upper-roman": "I",
}


def _mend_lists(soup: BeautifulSoup) -> None:
    """Word on the web makes a list of every point; others put lists into lists without a point."""
    for point in soup.find_all("li", attrs={"data-aria-level": re.compile(r"^\d$")}):
        around = point.find_parent(["ul", "ol"])
        if isinstance(around, Tag):
            _stand_alone(soup, point, around)
    for made in soup.find_all(["ul", "ol"]):
        first = made.find("li", recursive=False)
        if made.name == "ol" and isinstance(first, Tag):
            kind = re.search(r"list-style-type\s*:\s*([\w-]+)", _style(first))
            if kind and kind[1] in _STYLES_OF_LISTS:
                made["type"] = _STYLES_OF_LISTS[kind[1]]
    for outer in soup.find_all(["ul", "ol"]):
        for inner in reversed(outer.find_all(["ul", "ol"])):
            if inner.parent is not None and inner.parent.name in ("ul", "ol"):
                _under_a_point(inner)


def _stand_alone(soup: BeautifulSoup, point: Tag, around: Tag) -> None:
    """The point as Word itself would write it: a paragraph with a level and a number."""
    number = str(around.get("start") or "1")
    line = soup.new_tag("p", style=f"mso-list:l0 level{point['data-aria-level']}")
    marker = soup.new_tag("span", style="mso-list:ignore")
    marker.string = f"{number}." if around.name == "ol" else "·"
    line.append(marker)
    for tag in point.find_all(["p", "div"]):
        tag.unwrap()
    for each in list(point.contents):
        line.append(each.extract())
    wrapper = around.parent if around.parent is not None and around.parent.name == "div" else around
    wrapper.insert_before(line)
    point.decompose()
    for empty in (around, wrapper):
        if not empty.get_text(strip=True):
            empty.decompose()


def _under_a_point(made: Tag) -> None:
    """A list that stands in a list belongs to the point before it; without one it only goes in."""
    before = made.find_previous_sibling("li") or _point_above(made)
    if not isinstance(before, Tag):
        made.unwrap()
        return
    around = [parent for parent in made.parents if parent.name in ("ul", "ol")]
    before.append(made.extract())
    for each in around:
        if not each.get_text(strip=True):
            each.extract()


def _point_above(made: Tag) -> Tag | None:
    """LibreOffice closes a list before it goes one level in, and opens as many as there are levels."""
    around = [parent for parent in made.parents if parent.name in ("ul", "ol")]
    if any(each.find("li", recursive=False) for each in around):
        return None
    point, neighbour = None, around[-1].find_previous_sibling()
    for _level in around:
        if not isinstance(neighbour, Tag) or neighbour.name not in ("ul", "ol"):
            break
        points = neighbour.find_all("li", recursive=False)
        point = points[-1] if points else None
        lists = point.find_all(["ul", "ol"], recursive=False) if point else []
        neighbour = lists[-1] if lists else None
    return point


_LEVEL = re.compile(r"mso-list\s*:[^;]*?level(\d)", re.IGNORECASE)
_DASH = re.compile(r"^[\s\u00a0]*[-–•●▪+*·o][\s\u00a0]+(?=\S)")


def _rebuild_lists(pasted: Pasted, soup: BeautifulSoup) -> None:
    """Word writes each point of a list as a paragraph with a style; typed dashes are the same."""
    for first in soup.find_all(["p", "div"]):
        if first.name == "li" or not _LEVEL.search(_style(first)):
            continue
        _build(soup, list(_following(first, lambda tag: bool(_LEVEL.search(_style(tag))))))
        pasted.changes["lists"] += 1
    _rebuild_typed_lists(pasted, soup)


def _rebuild_typed_lists(pasted: Pasted, soup: BeautifulSoup) -> None:
    for tag in soup.find_all("p"):
        if tag.name == "li" or not _DASH.match(tag.get_text()):
            continue
        points = list(_following(tag, lambda each: bool(_DASH.match(each.get_text()))))
        if len(points) > 1:
            for point in points:
                _cut_dash(point)
            _build(soup, points)
            pasted.changes["lists"] += 1


def _following(first: Tag, fits: object) -> Iterator[Tag]:
    """The element and its neighbours of the same kind, with nothing but space between."""
    tag: PageElement | None = first
    while tag is not None:
        if isinstance(tag, Tag):
            if tag.name not in ("p", "div") or not fits(tag):  # type: ignore[operator]
                return
            yield tag
        elif str(tag).strip():
            return
        tag = tag.next_sibling


def _level_of(tag: Tag) -> int:
    match = _LEVEL.search(_style(tag))
    return int(match[1]) if match else 1


def _take_marker(tag: Tag) -> str:
    """Takes the bullet or number out of the text."""
    marker = tag.find(style=re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE))
    if not isinstance(marker, Tag):
        return ""
    text = marker.get_text().strip("\u00a0 \t\r\n")
    marker.decompose()
    return text


def _cut_dash(tag: Tag) -> None:
    left = _DASH.match(tag.get_text())
    cut = len(left[0]) if left else 0
    for text in list(tag.find_all(string=True)):
        taken = min(cut, len(text))
        text.replace_with(NavigableString(str(text)[taken:]))
        cut -= taken
        if not cut:
            return


_BULLET = re.compile(r"[\W_]?|[oØüqv§¨]", re.IGNORECASE)


def _build(soup: BeautifulSoup, points: list[Tag]) -> None:
    """Nested lists in the place of paragraphs with levels. What no list of HTML can write before a
    point (“Điều 3.”, “1.2.”) stands before its words."""
    open_lists: list[tuple[int, Tag, Label | None]] = []
    for tag in points:
        level, text = _level_of(tag), _take_marker(tag)
        while open_lists and open_lists[-1][0] > level:
            open_lists.pop()
        there = open_lists[-1] if open_lists and open_lists[-1][0] == level else None
        label = read_label(text, there[2] if there else None)
        if label is None and not _BULLET.fullmatch(text):
            tag.insert(0, NavigableString(f"{text} "))
            tag.attrs = {}
            open_lists.clear()
            continue
        if there and not _goes_on(there[2], label):
            open_lists.pop()
            there = None
        made = there[1] if there else _begin(soup, tag, label, open_lists)
        if there:
            open_lists.pop()
        open_lists.append((level, made, label))
        tag.name = "li"
        tag.attrs = {}
        made.append(tag.extract())


def _goes_on(before: Label | None, label: Label | None) -> bool:
    if before is None or label is None:
        return before is label
    return (label.kind, label.number) == (before.kind, before.number + 1)


def _begin(
    soup: BeautifulSoup, tag: Tag, label: Label | None, around: list[tuple[int, Tag, Label | None]]
) -> Tag:
    made = soup.new_tag("ol" if label else "ul")
    if label and label.kind != "1":
        made["type"] = label.kind
    if label and label.number != 1:
        made["start"] = str(label.number)
    if around:
        around[-1][1].find_all("li", recursive=False)[-1].append(made)
    else:
        tag.insert_before(made)
    return made


# Emphasis that is written as a style


def _name_emphasis(pasted: Pasted, soup: BeautifulSoup) -> None:
    for tag in soup.find_all(["b", "strong", "i", "em"]):
        # Google wraps whole documents in a bold element that is not bold.
        if re.search(r"font-(?:weight|style)\s*:\s*normal", _style(tag)):
            tag.unwrap()
    for tag in soup.find_all(["span", "font"]):
        style = _style(tag)
        if re.search(r"font-weight\s*:\s*(?:bold|[6-9]00)", style):
            tag.wrap(soup.new_tag("strong"))
        if re.search(r"font-style\s*:\s*italic", style):
            tag.wrap(soup.new_tag("em"))
        for name in ("super", "sub"):
            if re.search(rf"vertical-align\s*:\s*{name}\b", style):
                tag.wrap(soup.new_tag("sup" if name == "super" else "sub"))
        tag.unwrap()
    _lighten(pasted, soup)


def _lighten(pasted: Pasted, soup: BeautifulSoup) -> None:
    """Where everything is bold, nothing is: then it was the look of the whole text."""
    paragraphs = [tag for tag in soup.find_all("p") if tag.get_text(strip=True)]
    strong = soup.find_all(["b", "strong"])
    length = sum(len(tag.get_text()) for tag in paragraphs)
    bold = sum(len(tag.get_text()) for tag in strong if not tag.find_parent(["b", "strong"]))
    if len(paragraphs) > 2 and bold > 0.9 * length:
        for tag in strong:
            tag.unwrap()
        pasted.changes["not_bold"] += 1


# Pictures, videos, links


def _mark_pictures(pasted: Pasted, soup: BeautifulSoup, first: int) -> None:
    for tag in soup.find_all("img"):
        address = str(tag.get("src") or "")
        if _is_emoji(tag):
            tag.replace_with(NavigableString(str(tag.get("alt") or "")))
            continue
        if re.search(r"mso-ignore|(?:width|height)\s*:\s*1px", _style(tag)) or _is_spacer(tag):
            tag.decompose()
            continue
        pasted.pictures.append(address)
        is_lost = not address.startswith(("data:", "http:", "https:"))
        kind = "lost_pictures" if is_lost else "pictures"
        mark = soup.new_tag("p")
        mark.string = f"[Ảnh {first + len(pasted.pictures) - 1}]"
        block = tag.find_parent(["p", "h1", "h2", "h3", "h4"]) or tag
        block.insert_before(mark)
        link = tag.find_parent("a")
        tag.extract()
        if isinstance(link, Tag) and not link.get_text(strip=True):
            link.unwrap()
        pasted.changes["brought_pictures" if brought(address) else kind] += 1


def brought(address: str) -> int:
    """The number of a picture that the browser holds and sends to the library itself; else 0."""
    number = address.removeprefix("data:,")
    return int(number) if number != address and number.isdecimal() and len(number) < 4 else 0


def _is_emoji(tag: Tag) -> bool:
    """Chat programs draw their signs as pictures; the sign itself is what they would say instead."""
    traces = f"{tag.get('src') or ''} {' '.join(_classes(tag))}".lower()
    alt = str(tag.get("alt") or "")
    is_sign = 0 < len(alt) <= 8 and not alt.isascii() and not any(map(str.isalnum, alt))
    return "emoji" in traces or "emoticon" in traces or is_sign


def _is_spacer(tag: Tag) -> bool:
    return "1" in (str(tag.get("width")), str(tag.get("height")))


def _link_videos(pasted: Pasted, soup: BeautifulSoup) -> None:
    for tag in soup.find_all(_VIDEOS):
        if tag.decomposed:  # with the player that it stood in
            continue
        source = tag.find("source")
        address = str(
            tag.get("src")
            or tag.get("data")
            or (source.get("src") if isinstance(source, Tag) else "")
            or ""
        )
        if link := watched_at(address):
            tag.replace_with(_video_link(pasted, soup, link))
        else:
            pasted.changes["active"] += 1
            tag.decompose()
    # What the sites give to be pasted where their program runs.
    for tag in soup.find_all(["blockquote", "div"]):
        link = watched_at(str(tag.get("cite") or tag.get("data-href") or ""))
        if site_of(link):
            tag.replace_with(_video_link(pasted, soup, link))
    # An address that stands alone, typed or as a link of its own words.
    for tag in soup.find_all("p"):
        words = tag.get_text(strip=True)
        if site_of(words):
            tag.replace_with(_video_link(pasted, soup, watched_at(words)))


def _video_link(pasted: Pasted, soup: BeautifulSoup, address: str) -> Tag:
    pasted.changes["videos"] += 1
    paragraph, anchor = soup.new_tag("p"), soup.new_tag("a", href=address)
    anchor.string = _("Video: %s") % (site_of(address) or urlsplit(address).netloc)
    paragraph.append(anchor)
    return paragraph


def _mend_links(pasted: Pasted, soup: BeautifulSoup) -> None:
    for tag in soup.find_all("a"):
        address = str(tag.get("href") or "").strip()
        if (real := without_tracking(address)) != address:
            tag["href"] = address = real
            pasted.changes["links"] += 1
        if "sdfootnotesym" in _classes(tag):
            tag.append(". ")
        # Back from a footnote to where it belongs.
        if tag.get_text(strip=True) == "↑" and address.startswith("#"):
            tag.decompose()
            continue
        # Places inside a Word document lead nowhere.
        is_empty = not tag.get_text(strip=True) and not tag.find("img")
        if is_empty or not address or address.startswith(("#", "file:", "about:")):
            tag.unwrap()


# Sites that send a reader on, and where they keep the real address.
_DETOURS = (
    re.compile(r"(?:www\.)?google\.[a-z.]+/url"),
    re.compile(r"lm?\.facebook\.com/l\.php"),
    re.compile(r"[\w.-]*safelinks\.protection\.outlook\.com/?"),
    re.compile(r"(?:www\.)?youtube\.com/redirect"),
)
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|zarsrc|mibextid)=[^&]*&?")


def without_tracking(address: str) -> str:
    """Where a link really leads, without what tells others who sent the reader."""
    parts = _split(address)
    place = f"{parts.netloc}{parts.path}".lower()
    if any(site.fullmatch(place) for site in _DETOURS):
        asked = parse_qs(parts.query)
        real = next((asked[name][0] for name in ("q", "u", "url") if name in asked), "")
        return without_tracking(real) if real.startswith(("http://", "https://")) else address
    if parts.scheme in ("http", "https") and _TRACKING.search(parts.query):
        return parts._replace(query=_TRACKING.sub("", parts.query).rstrip("&")).geturl()
    return address


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


# Tables


def _dissolve_layout(pasted: Pasted, soup: BeautifulSoup) -> None:
    """A table with one column puts things in their place and says nothing."""
    for table in reversed(soup.find_all("table")):
        own = [tag for tag in table.find_all(_PARTS) if tag.find_parent("table") is table]
        rows = [tag.find_all(["td", "th"], recursive=False) for tag in own if tag.name == "tr"]
        if any(len(cells) > 1 for cells in rows):
            continue
        for tag in own:
            if tag.name in ("td", "th") and not tag.find(_BLOCKS):
                _rename(tag)
            else:
                tag.unwrap()
        table.unwrap()
        pasted.changes["tables"] += 1


_PARTS = ["tbody", "thead", "tr", "td", "th", "caption"]


def _rename(tag: Tag) -> None:
    tag.name, tag.attrs = "p", {}


def _tidy_cells(soup: BeautifulSoup) -> None:
    for tag in soup.find_all(["li", "td", "th"]):
        inner = [each for each in tag.children if not isinstance(each, str) or each.strip()]
        first = inner[0] if inner else None
        rest_is_lists = all(getattr(each, "name", "") in ("ul", "ol") for each in inner[1:])
        if isinstance(first, Tag) and first.name in ("p", "div") and rest_is_lists:
            first.unwrap()
    for table in soup.find_all("table"):
        row = table.find("tr")
        cells = row.find_all("td", recursive=False) if isinstance(row, Tag) else []
        if cells and not table.find("th") and all(_is_bold(cell) for cell in cells):
            for cell in cells:
                cell.name = "th"
                cell["scope"] = "col"
                for strong in cell.find_all(["b", "strong"]):
                    strong.unwrap()


def _is_bold(tag: Tag) -> bool:
    text = tag.get_text(strip=True)
    return bool(text) and text == "".join(
        each.get_text(strip=True) for each in tag.find_all(["b", "strong"])
    )


# At the end

_TWO_BREAKS = re.compile(r"(?:<br\s*/?>\s*){2,}", re.IGNORECASE)
_EMPTY = re.compile(r"<(p|div|h[1-6])(?:\s[^>]*)?>(?:\s|&nbsp;|\u00a0|<br\s*/?>)*</\1>")


def _finish(pasted: Pasted, soup: BeautifulSoup) -> str:
    for tag in soup.find_all(_CONTAINERS):
        tag.name = "div"
    for tag in soup.find_all("u"):
        tag.unwrap()
    for text in soup.find_all(string=True):
        # A line break in the source means no more than a space, and many spaces no more than one.
        text.replace_with(NavigableString(re.sub(r"[ \t\r\n]+", " ", str(text))))
    _wrap_bare_text(soup)
    for tag in soup.find_all(["p", "li", "td"]):
        pasted.changes["spaces"] += bool(_ODD_SPACES.match(tag.get_text().lstrip(" \t")))
    html = str(soup)
    pasted.changes["empty"] += len(_EMPTY.findall(html))
    cleaned = clean_html(_TWO_BREAKS.sub("</p><p>", html))
    # A space between blocks is no text.
    return re.sub(r"(</(?:p|h[234]|ul|ol|table|blockquote)>)\s+(?=<)", r"\1\n", cleaned)


def _wrap_bare_text(soup: BeautifulSoup) -> None:
    """Text that stands in no paragraph gets one."""
    for parent in [soup, *soup.find_all(["div", "body", "html", "blockquote"])]:
        if parent.name == "div" and not parent.find(_BLOCKS):
            continue
        run: list[PageElement] = []
        for child in [*parent.contents, None]:
            is_inline = child is not None and not (
                isinstance(child, Tag) and (child.name in [*_BLOCKS, "html", "body", "head", "hr"])
            )
            if is_inline and child is not None:
                run.append(child)
                continue
            if any(isinstance(each, Tag) or str(each).strip() for each in run):
                paragraph = soup.new_tag("p")
                run[0].insert_before(paragraph)
                for each in run:
                    paragraph.append(each.extract())
            run = []

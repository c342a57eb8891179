"""Word files, to their last word.

mammoth makes HTML of paragraphs, lists and tables. What it passes over in silence is made plain before:
text in drawings, simple fields, equations, what only a style says (a heading, bold, an old font), the
numbers that Word counts while it draws. What no reader saw is taken out: hidden text, what was cut off
a picture, the table of contents.
"""

from __future__ import annotations

import html
import io
import posixpath
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import IO
from xml.etree.ElementTree import Element, tostring

import mammoth
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from editing.numbering import Numbering, attribute, local
from editing.packages import BROKEN, check_size, content_if_there, part_if_there, read_part
from editing.word_body import NUMBER_MARK, NUMBERING, PICTURE_MARK, Body, Link
from editing.word_styles import Styles

_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"


@dataclass
class WordText:
    """HTML in which the pictures stand as `data:,1`, `data:,2` …; one that is lost has no content."""

    html: str
    pictures: list[bytes] = field(default_factory=list)
    changes: Counter[str] = field(default_factory=Counter)


def read_word(file: IO[bytes]) -> WordText:
    """Raises ValidationError, for whoever brought the file, when it cannot be read."""
    try:
        with zipfile.ZipFile(file) as package:
            check_size(package)
            return _Package(package).read()
    except BROKEN as error:
        raise _why_not(file) from error
    finally:
        file.seek(0)


def _why_not(file: IO[bytes]) -> ValidationError:
    file.seek(0)
    content = file.read()
    if not content.startswith(b"\xd0\xcf\x11\xe0"):
        text = _(
            "This is no Word file that can be read. Open it in Word and save it again as .docx."
        )
    elif "EncryptedPackage".encode("utf-16-le") in content:
        text = _("This file has a password. Open it in Word, take the password off, save it again.")
    else:
        text = _("This is an old Word file (.doc) under another name. Save it as .docx in Word.")
    return ValidationError(text, code="unreadable")


class _Package:
    """The parts of one file, and how they become HTML."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        main = self._main_part()
        parts = {link.kind: link.target for link in self._links(main).values()}
        self._names = {"document": main}
        self._texts = {"document": self._part(main)}
        for kind in ("footnotes", "endnotes"):
            root = self._if_there(parts.get(kind, ""))
            if root is not None:
                self._names[kind], self._texts[kind] = parts[kind], root
        self._body = Body(
            Styles.of(self._if_there(parts.get("styles", ""))),
            Numbering.of(self._if_there(parts.get("numbering", ""))),
            self._texts,
        )

    def read(self) -> WordText:
        body = self._body
        for kind, root in self._texts.items():
            body.make_plain(root, self._links(self._names[kind]), self._content)
        try:
            source = mammoth.convert_to_html(self._plain(), style_map="u =>").value
        except Exception:  # noqa: BLE001 - mammoth raises many kinds; the words are still there
            source = self._words_alone()
        source = PICTURE_MARK.sub(r'<img src="data:,\1">', source)
        return WordText(with_numbers(source), body.pictures, body.changes)

    # Parts

    def _part(self, name: str) -> Element:
        return read_part(self._package, name)

    def _if_there(self, name: str) -> Element | None:
        return part_if_there(self._package, name)

    def _content(self, name: str) -> bytes:
        return content_if_there(self._package, name)

    def _main_part(self) -> str:
        """Word on the web calls it by another name."""
        links = self._links("").values()
        found = next((link.target for link in links if link.kind == "officeDocument"), "")
        return found if found in self._package.namelist() else "word/document.xml"

    def _links(self, name: str) -> dict[str, Link]:
        """What a part refers to, by the keys that it uses."""
        folder, _slash, own = name.rpartition("/")
        root = self._if_there(posixpath.join(folder, "_rels", f"{own}.rels"))
        return {
            attribute(each, "Id"): Link.of(each, folder) for each in ([] if root is None else root)
        }

    # For mammoth

    def _plain(self) -> io.BytesIO:
        """Nothing in it but what mammoth shall see."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as made:
            made.writestr("word/numbering.xml", NUMBERING)
            for kind, root in self._texts.items():
                made.writestr(f"word/{kind}.xml", tostring(root))
                links = Element(f"{_REL}Relationships")
                for key, link in self._links(self._names[kind]).items():
                    if link.kind == "hyperlink" and link.is_outside:
                        values = {"Id": key, "Type": link.type, "Target": link.target}
                        links.append(Element(f"{_REL}Relationship", values))
                made.writestr(f"word/_rels/{kind}.xml.rels", tostring(links))
        file.seek(0)
        return file

    def _words_alone(self) -> str:
        self._body.changes["words_alone"] += 1
        lines = (
            "".join(each.text or "" for each in paragraph.iter() if local(each) == "t")
            for root in self._texts.values()
            for paragraph in root.iter()
            if local(paragraph) == "p"
        )
        return "".join(f"<p>{html.escape(line)}</p>" for line in lines)


def with_numbers(source: str) -> str:
    """Lists that begin where Word's do, count as Word's do, and part where Word counts anew."""
    if not NUMBER_MARK.search(source):
        return source
    soup = BeautifulSoup(source, "html.parser")
    for own in soup.find_all("ol"):
        current, expected = own, ("", 0)
        for point in own.find_all("li", recursive=False):
            text = point.find(string=NUMBER_MARK)
            mark = NUMBER_MARK.search(str(text)) if text else None
            if mark is None or text is None:
                continue
            found = mark[1], int(mark[2])
            text.replace_with(NUMBER_MARK.sub("", str(text), count=1))
            if found != expected:
                if point.find_previous_sibling("li") is not None:
                    made = soup.new_tag("ol")
                    current.insert_after(made)
                    current = made
                if found[0] != "1":
                    current["type"] = found[0]
                if found[1] != 1:
                    current["start"] = str(found[1])
            if point.parent is not current:
                current.append(point.extract())
            expected = found[0], found[1] + 1
    return str(soup)

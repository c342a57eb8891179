"""Text as search compares it: without accents, case and punctuation."""

import re
import unicodedata
from functools import cache

# đ is a letter of its own: taking marks away never reaches it.
_LETTERS = str.maketrans({"đ": "d", "Đ": "D"})
_GAP = re.compile(r"[\W_]+")
_LOST = re.compile(r"[\x00\ud800-\udfff]")


def fold(text: str) -> str:
    """“Đường dây nóng – 24/7” becomes “duong day nong 24 7”. Takes any string; NUL and lone
    surrogates are dropped."""
    plain = strip_marks(_LOST.sub(" ", text).translate(_LETTERS))
    return _GAP.sub(" ", plain.casefold()).strip()


def strip_marks(text: str) -> str:
    """Without tone marks and the marks of ă, â, ê, ô, ơ, ư; NFC and NFD alike."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))


def without_marks(text: str) -> str:
    """In small letters and without marks, each letter where it was: for texts of which
    `has_other_letters` says no."""
    return text.translate(_bare_letters())


def has_other_letters(text: str) -> bool:
    """Whether there is more than Latin letters that are each one character, as in nearly no text."""
    return _OTHER.search(text) is not None


# Not ª º ² ³ ¹ µ ¼ ½ ¾ ß, ĳ, ŉ and ſ, which fold to another letter or to more than one.
_OTHER = re.compile(
    "[^\\x00-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf-\xde\xe0-\u0131\u0134-\u0148\u014a-\u017e"
    "\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9\u2010-\u2027\u2030-\u205e]"
)


@cache
def _bare_letters() -> dict[int, str]:
    """With those that stay, too: for each character that is not there Python raises an error, and
    catches it, which takes six times as long."""
    latin = (*range(0x41, 0x5B), *range(0xC0, 0x17F), *range(0x1A0, 0x1B1), *range(0x1EA0, 0x1EFA))
    bare = {number: fold(chr(number)) for number in latin}
    others = {number: chr(number) for number in (*range(0x250), *range(0x2010, 0x205F))}
    return others | {number: plain for number, plain in bare.items() if len(plain) == 1}


def has_marks(text: str) -> bool:
    """Whether the text was typed with dấu, at least in part."""
    return strip_marks(text.translate(_LETTERS)) != unicodedata.normalize("NFKD", text)

"""Text as search compares it: without accents, case and punctuation."""

import re
import unicodedata

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


def has_marks(text: str) -> bool:
    """Whether the text was typed with dấu, at least in part."""
    return strip_marks(text.translate(_LETTERS)) != unicodedata.normalize("NFKD", text)

"""Text from before Unicode: TCVN3 (fonts “.VnTime”, “.VnArialH”) and VNI (“VNI-Times”).

Both put Vietnamese letters where Western ones stand, so that “Céng hoµ x· héi” and “Coäng hoøa xaõ
hoäi” are “Cộng hoà xã hội”. The tables are those of the standard TCVN 5712:1993, VN3, and of the
VNI character set for Windows.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from vietnamese.normalizing import is_syllable

# Letters of TCVN3 by their place in Windows' Western code page. Capitals with a tone have no place:
# fonts whose name ends in H draw small letters as capitals.
_TCVN3_LETTERS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệì",
    0xD8: "ỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
_TCVN3 = {
    start + at: letter
    for start, letters in _TCVN3_LETTERS.items()
    for at, letter in enumerate(letters)
}

# VNI writes a letter and then its mark as a second character; a few letters are one of their own.
_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
_VNI_TONES = {"ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT}
_VNI_MARKS = _VNI_TONES | {
    "â": _CIRCUMFLEX,
    "á": _CIRCUMFLEX + _ACUTE,
    "à": _CIRCUMFLEX + _GRAVE,
    "å": _CIRCUMFLEX + _HOOK,
    "ã": _CIRCUMFLEX + _TILDE,
    "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE,
    "é": _BREVE + _ACUTE,
    "è": _BREVE + _GRAVE,
    "ú": _BREVE + _HOOK,
    "ü": _BREVE + _TILDE,
    "ë": _BREVE + _DOT,
}
_VNI_LETTERS = {
    "ô": "ơ",
    "ö": "ư",
    "ñ": "đ",
    "í": "í",
    "ì": "ì",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
    "î": "ỵ",
}
_VNI_BASES = {"a": "âáàåãäêéèúüë" + "ùøûõï", "e": "âáàåãä" + "ùøûõï", "o": "âáàåãä" + "ùøûõï"}
_VNI_BASES |= {"u": "ùøûõï", "y": "ùøûõ", "ô": "ùøûõï", "ö": "ùøûõï"}


def _vni_pairs() -> dict[str, str]:
    pairs = {}
    for base, marks in _VNI_BASES.items():
        for mark in marks:
            letter = unicodedata.normalize("NFC", _VNI_LETTERS.get(base, base) + _VNI_MARKS[mark])
            pairs[base + mark] = letter
            pairs[base.upper() + mark] = pairs[base.upper() + mark.upper()] = letter.upper()
    for base, letter in _VNI_LETTERS.items():
        pairs[base], pairs[base.upper()] = letter, letter.upper()
    return pairs


_VNI = _vni_pairs()
_VNI_PAIR = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))


class Encoding(Enum):
    TCVN3 = "TCVN3"
    VNI = "VNI"


def from_tcvn3(text: str, *, is_capitals: bool = False) -> str:
    """Unicode of TCVN3 text; `is_capitals` for the fonts that draw everything as capitals."""
    converted = text.translate(_TCVN3)
    return converted.upper() if is_capitals else converted


def from_vni(text: str) -> str:
    return _VNI_PAIR.sub(lambda pair: _VNI[pair[0]], text)


def encoding_of_font(name: str) -> Encoding | None:
    """What a font of this name shows: “.VnTimeH” is TCVN3, “VNI-Times” is VNI."""
    plain = name.strip(" '\"").lower()
    if plain.startswith(".vn"):
        return Encoding.TCVN3
    return Encoding.VNI if plain.startswith(("vni-", "vni ")) else None


def convert(text: str, encoding: Encoding, *, font: str = "") -> str:
    if encoding is Encoding.VNI:
        return from_vni(text)
    return from_tcvn3(text, is_capitals=font.strip(" '\"").upper().endswith("H"))


# Recognised without a font

_WORD = re.compile(r"[^\W\d_]+(?:[\u00a8-\u00bf\u00d7\u00f7]+[^\W\d_]*)*|[\u00a8-\u00bf]+[^\W\d_]+")
_LEAST_WORDS = 4
_MOST_SOUND_BEFORE = 0.6  # of marked words that are Vietnamese as they stand
_LEAST_SOUND_AFTER = 0.85
_LEAST_GAIN = 0.3


def find_encoding(text: str) -> Encoding | None:
    """The old encoding of a text that carries no font, or None for text that is well as it is.

    Judged by sounds: hardly a marked word is a Vietnamese syllable as it stands, and nearly all are
    after conversion. French, German and Unicode Vietnamese pass unchanged.
    """
    if any(ord(character) > 0xFF and character.isalpha() for character in text):
        return None
    # A lone “½” or “é” says nothing.
    marked = [word for word in _WORD.findall(text) if not word.isascii() and len(word) > 1]
    if len(marked) < _LEAST_WORDS or (before := _share_of_syllables(marked)) > _MOST_SOUND_BEFORE:
        return None
    shares = {
        encoding: _share_of_syllables([convert(word, encoding) for word in marked])
        for encoding in Encoding
    }
    best = max(shares, key=lambda encoding: shares[encoding])
    return best if shares[best] >= max(_LEAST_SOUND_AFTER, before + _LEAST_GAIN) else None


def is_written_in(text: str, encoding: Encoding, *, in_doubt: bool = True) -> bool:
    """Whether a text that is set in an old font is really of that encoding: the font is often set
    over text that was typed in Unicode. “có” is a syllable either way; then `in_doubt` is the answer.
    """
    if any(ord(character) > 0xFF and character.isalpha() for character in text):
        return False
    marked = [word for word in _WORD.findall(text) if not word.isascii()]
    if not marked:
        return True
    before = _share_of_syllables(marked)
    after = _share_of_syllables([convert(word, encoding) for word in marked])
    return in_doubt if before == after else after > before


def _share_of_syllables(words: list[str]) -> float:
    return sum(is_syllable(word) for word in words) / len(words)

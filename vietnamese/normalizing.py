"""Text as it should have been typed: composed letters, ordinary spaces, nothing invisible."""

import re
import unicodedata

from vietnamese.folding import strip_marks

_SPACES = re.compile(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 ]+")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u2060\ufeff\ud800-\udfff]"
)
_BREAK = re.compile(r"\r\n?|[\u2028\u2029\x85]")


def clean_line(text: str) -> str:
    """One line in NFC with single ordinary spaces."""
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return " ".join(_SPACES.sub(" ", visible).split())


def clean_text(text: str) -> str:
    """Every line cleaned; line breaks stay."""
    return "\n".join(clean_line(line) for line in _BREAK.sub("\n", text).split("\n"))


# The sounds of quốc ngữ: a syllable is an onset (or none) and a rime.
_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x"
_NUCLEUS = (
    "iêu|yêu|oai|oay|oeo|uây|uôi|ươi|ươu|uya|uyu|"
    "ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oa|oe|oi|ôi|ơi|ua|uê|ui|uơ|uy|ưa|ưi|ưu|"
    "a|e|ê|i|o|ô|ơ|u|ư|y"
)
# None of these ends a syllable.
_NUCLEUS_BEFORE_A_CODA = "uyê|iê|oă|oo|uâ|uô|ươ|yê|ă|â"
_CODA = "ch|ng|nh|c|m|n|p|t"
_SOUND = re.compile(
    f"(?:{_ONSET})?(?:(?:{_NUCLEUS})(?:{_CODA})?|(?:{_NUCLEUS_BEFORE_A_CODA})(?:{_CODA}))$"
)
# “duong” and “viec”, as who types no accents writes them.
_PLAIN_SOUND = re.compile(strip_marks(_SOUND.pattern))
_TONE_MARKS = "\u0300\u0301\u0303\u0309\u0323"
_STRAY_TONE = re.compile(f"[^aeiouy\u0302\u0306\u031b{_TONE_MARKS}][{_TONE_MARKS}]")
_WORD = re.compile(r"[^\W\d_]+")


def is_syllable(word: str) -> bool:
    """Whether quốc ngữ could write this as one syllable: by its sounds and with one tone at most."""
    letters, tones = without_tones(word.casefold())
    has_stray_tone = bool(_STRAY_TONE.search(unicodedata.normalize("NFD", word.casefold())))
    return len(tones) <= 1 and bool(_SOUND.match(letters)) and not has_stray_tone


def may_be_syllable(word: str) -> bool:
    """The same, with accents or without."""
    return is_syllable(word) or (word.isascii() and bool(_PLAIN_SOUND.match(word.lower())))


def without_tones(word: str) -> tuple[str, str]:
    """Its letters, ă and ơ among them, and the tones that stood on them."""
    parts = unicodedata.normalize("NFD", word)
    tones = "".join(part for part in parts if part in _TONE_MARKS)
    letters = "".join(part for part in parts if part not in _TONE_MARKS)
    return unicodedata.normalize("NFC", letters), tones


def find_glued_words(text: str) -> list[str]:
    """Words that are two syllables without the space between: “tụchoàn”.

    Only words with a Vietnamese letter, so that foreign names and abbreviations are left in peace.
    """
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    return [word for word in words if _is_glued(word)]


def _is_glued(word: str) -> bool:
    if word.isascii() or word.isupper() or is_syllable(word):
        return False
    return any(is_syllable(word[:at]) and is_syllable(word[at:]) for at in range(1, len(word)))

"""Words as search keeps them: syllables, spelled in one way and folded.

A text is a list of words; each has a spelling (small letters, NFC, the new place of the tone) and a
folded form (no marks, đ as d). The two lists are of one length, so a phrase can be looked for in
either.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from vietnamese.folding import fold
from vietnamese.normalizing import without_tones

LONGEST_WORD = 40  # characters; what is longer is no word
# Chinese and Japanese stand without blanks: each sign is taken for a word.
_SIGN = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
_WORD = re.compile(rf"{_SIGN}|(?:(?!{_SIGN})[^\W_]|[\u0300-\u036f])+")
# Nearly every text has neither signs nor marks beside their letters, and is sooner taken apart.
_RARE = re.compile(rf"{_SIGN}|[\u0300-\u036f]")
_PLAIN_WORD = re.compile(r"[^\W_]+")
# hoà → hòa, thuý → thúy: the tone moves to the first vowel where no consonant follows.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_OLD_TONE = re.compile(f"(?<!q)(o[ae]|uy)([{_TONES}])$")


# “Quản lí” and “quản lý”, “quí” and “quý”, “bác sỹ” and “bác sĩ”: both are written.
_I_OR_Y = re.compile("(h|k|l|m|qu|s|t|v)[iy]$")


class Word(NamedTuple):
    spelled: str
    folded: str


def find_words(text: str) -> Iterator[re.Match[str]]:
    """Where they stand in the text."""
    return (_WORD if _RARE.search(text) else _PLAIN_WORD).finditer(text)


def split_words(text: str, limit: int | None = None) -> list[Word]:
    """The words of any string, at most `limit` of them."""
    words: list[Word] = []
    for match in find_words(text.lower()):
        word = as_word(match[0])
        if word.folded:
            words.append(word)
            if len(words) == limit:
                break
    return words


@lru_cache(maxsize=50_000)
def as_word(text: str) -> Word:
    return Word(spell(text)[:LONGEST_WORD], fold(text).replace(" ", "")[:LONGEST_WORD])


def spell(word: str) -> str:
    """Small letters in NFC, the tone where the new spelling has it."""
    return unicodedata.normalize("NFC", _OLD_TONE.sub(_move_tone, _decomposed(word.lower())))


def _decomposed(word: str) -> str:
    return unicodedata.normalize("NFD", word)


def _move_tone(match: re.Match[str]) -> str:
    vowels, tone = match[1], match[2]
    return f"{vowels[0]}{tone}{vowels[1]}"


def with_other_i(word: str) -> str:
    """The syllable with y for i, or i for y, where both are written; "" where only one is."""
    parts = _decomposed(word)
    bare = parts.rstrip(_TONES)
    if not _I_OR_Y.match(bare):
        return ""
    other = bare[:-1] + ("y" if bare[-1] == "i" else "i")
    return unicodedata.normalize("NFC", other + parts[len(bare) :])


def as_heard(word: str) -> str:
    """Its letters and its tone, wherever it stands, hỏi and ngã alike: “nghĩa”, “nghiã”, “nghỉa”."""
    letters, tones = without_tones(word)
    return letters + tones.replace("\u0303", "\u0309")

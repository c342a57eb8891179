"""Small numbers, however they are written: 3, 03, III, “ba”."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from vietnamese.folding import fold
from vietnamese.words import Word

MOST = 31  # as many as a month has days
_ONES = ("", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_OTHER_ONES = {4: "tư"}
# After “mươi”, and five after “mười” too.
_LAST = {1: "mốt", 4: "tư", 5: "lăm"}
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@cache
def spellings(number: int) -> tuple[str, ...]:
    """All of them, digits first: “4”, “04”, “iv”, “bốn”, “tư”."""
    digits = dict.fromkeys((str(number), f"{number:02}"))
    return (*digits, _roman(number), *_in_words(number))


def _roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        text += sign * (number // value)
        number %= value
    return text


def _in_words(number: int) -> list[str]:
    tens, ones = divmod(number, 10)
    if not tens:
        return [_ONES[ones], *([_OTHER_ONES[ones]] if ones in _OTHER_ONES else [])]
    begun = "mười" if tens == 1 else f"{_ONES[tens]} mươi"
    if not ones:
        return [begun]
    last = [_ONES[ones]] if tens == 1 and ones != 5 else [_LAST.get(ones, _ONES[ones])]
    if tens > 1 and ones == 4:
        last.append(_ONES[4])
    return [f"{begun} {one}" for one in last]


@cache
def _readings() -> dict[tuple[str, ...], int]:
    pairs = [(text, number) for number in range(1, MOST + 1) for text in spellings(number)]
    return {tuple(text.split()): number for text, number in pairs}


@cache
def _folded_readings() -> dict[tuple[str, ...], int]:
    return {tuple(map(fold, words)): number for words, number in _readings().items()}


def number_at(words: Sequence[Word], at: int, *, folded: bool = False) -> tuple[int, int] | None:
    """The number that begins here, and how many words it takes; `folded` is for who types no
    accents: “mot” is one."""
    known = _folded_readings() if folded else _readings()
    for size in range(min(3, len(words) - at), 0, -1):
        piece = words[at : at + size]
        key = tuple(word.folded if folded else word.spelled for word in piece)
        if key in known:
            return known[key], size
    return None

"""The order of Vietnamese dictionaries: letters first (a ă â b c d đ e ê …), then tones."""

import unicodedata
from functools import lru_cache

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: f"{rank:02d}" for rank, letter in enumerate(_ALPHABET, start=10)}
# ngang huyền hỏi ngã sắc nặng, as combining marks.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def sort_key(text: str) -> tuple[str, str]:
    """Words compared by letters; equal ones by their tones."""
    letters, tones = [], []
    for character in unicodedata.normalize("NFC", text.casefold()):
        letter, tone = _split(character)
        letters.append(_RANK.get(letter, "00" + letter))
        tones.append(str(tone))
    return "".join(letters), "".join(tones)


@lru_cache(maxsize=4096)
def _split(character: str) -> tuple[str, int]:
    """The letter without its tone, and the tone."""
    parts = unicodedata.normalize("NFD", character)
    tone = next((_TONES[part] for part in parts if part in _TONES), 0)
    letter = "".join(part for part in parts if part not in _TONES)
    return unicodedata.normalize("NFC", letter), tone


def name_sort_key(full_name: str) -> tuple[tuple[str, str], ...]:
    """Lists of people go by given name, the last word; then from the family name on."""
    *before, given = full_name.split() or [""]
    return (sort_key(given), *[sort_key(word) for word in before])

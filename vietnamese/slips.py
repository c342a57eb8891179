"""Words that were meant where a finger slipped: another letter, or no blank between two."""

from collections.abc import Callable
from string import ascii_lowercase

LONGEST = 12  # letters; longer words are no syllables
LONGEST_SYLLABLE = 7  # letters, as “nghiêng” has
MOST_READINGS = 4
_ALIKE = (("d", "gi", "r"), ("d", "gi", "v"), ("ch", "tr"), ("s", "x"), ("l", "n"))
_ONSETS = ("gi", "ch", "tr", "nh", "ng", "d", "r", "v", "s", "x", "l", "n")  # the longest first


def one_slip(word: str) -> set[str]:
    """A letter too many, too few, another one, or two exchanged."""
    if not (word.isascii() and word.isalpha()) or len(word) > LONGEST:
        return set()
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    missing = {left + right[1:] for left, right in halves if right}
    exchanged = {left + right[1] + right[0] + right[2:] for left, right in halves if right[1:]}
    another = {left + c + right[1:] for left, right in halves if right for c in ascii_lowercase}
    added = {left + c + right for left, right in halves for c in ascii_lowercase}
    return (missing | exchanged | another | added) - {word, ""}


def sounding_alike(word: str) -> set[str]:
    """The same syllable with another beginning that is spoken alike in a part of the country:
    “dây” for “giây”. With or without accents."""
    onset = next((onset for onset in _ONSETS if word.startswith(onset)), "")
    rime = word[len(onset) :]
    if not onset or not rime:
        return set()
    return {other + rime for alike in _ALIKE if onset in alike for other in alike} - {word}


def pieces(word: str) -> set[str]:
    """What `taken_apart` may ask of a word."""
    ends = range(1, LONGEST_SYLLABLE + 1)
    return {word[at : at + size] for at in range(len(word)) for size in ends}


def taken_apart(word: str, is_syllable: Callable[[str], bool]) -> list[str]:
    """“đấu giá” for “đấugiá”: with blanks between syllables, as few of them as will do."""
    readings: list[list[str]] = [[""]]  # of the first so many letters
    for end in range(1, len(word) + 1):
        starts = range(max(0, end - LONGEST_SYLLABLE), end)
        longer = [
            f"{before} {word[start:end]}".strip()
            for start in starts
            if readings[start] and is_syllable(word[start:end])
            for before in readings[start]
        ]
        fewest = min((text.count(" ") for text in longer), default=0)
        readings.append([text for text in longer if text.count(" ") == fewest][:MOST_READINGS])
    return [text for text in readings[-1] if " " in text]

"""Syllables, which Vietnamese writes apart, as the measure of a text."""

import math
import re

# Our assumption for silent reading; no measured figure for Vietnamese is known to us.
SYLLABLES_PER_MINUTE = 220

_SYLLABLE = re.compile(r"\w+(?:[.,/-]\w+)*")
# A full stop in a number or an abbreviation ends no sentence.
_SENTENCE = re.compile(r".+?[.!?…](?=\s+[A-ZÀ-ỸĐ“\"(]|\s*$)", re.DOTALL)


def count_syllables(text: str) -> int:
    return len(_SYLLABLE.findall(text))


def reading_minutes(text: str) -> int:
    """Whole minutes, rounded up; 0 for no text."""
    return math.ceil(count_syllables(text) / SYLLABLES_PER_MINUTE)


def first_sentence(text: str) -> str:
    match = _SENTENCE.match(text.strip())
    return match[0].strip() if match else text.strip()


def truncate_syllables(text: str, count: int) -> str:
    """The first `count` words between spaces, with “…” where something was left out."""
    words = text.split()
    return " ".join(words) if len(words) <= count else " ".join(words[:count]) + "…"

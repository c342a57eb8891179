"""Words that differ from a folded one by one slip of the finger."""

from string import ascii_lowercase

LONGEST = 12  # letters; longer words are no syllables


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

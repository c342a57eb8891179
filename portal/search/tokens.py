"""The tokens of a text: all that the index of either database knows of it.

A text becomes a set of tokens, the same for both databases: its words folded and as spelled, pairs
of neighbours (so that a phrase needs no positions), the same again for the title, and marks for
language, kind, category and year. Underscores keep the sorts apart, because no word has one.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache

from vietnamese.words import Word, split_words

TITLE, SPELLED, SPELLED_TITLE, MARK = "_", "__", "___", "____"
MOST_WORDS = 20_000  # of one text; what follows is not searched
_LETTERS = set("abcdefghijklmnopqrstuvwxyz0123456789")
_LETTERS |= set("àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ")


@lru_cache(maxsize=100_000)
def safe(word: str) -> str:
    """The word, if both databases take it for one; else its bytes as letters."""
    return word if _LETTERS.issuperset(word) else f"0x{word.encode().hex()}"


def mark(name: str) -> str:
    return f"{MARK}{name}"


def pair(first: str, second: str) -> str:
    return f"{safe(first)}_{safe(second)}"


def tokens_of(title: str, rest: str, marks: Iterable[str]) -> set[str]:
    titled, others = split_words(title), split_words(rest, MOST_WORDS)
    tokens = {mark(name) for name in marks}
    for words in (titled, others):
        tokens |= {safe(word.folded) for word in words}
        tokens |= {SPELLED + safe(word.spelled) for word in words}
        tokens |= set(_pairs(words))
    return tokens | title_tokens(titled)


@lru_cache(maxsize=8192)
def words_of(text: str) -> tuple[Word, ...]:
    """Of a title or a name; kept for the next search, which often finds the same."""
    return tuple(split_words(text))


def title_tokens(words: Sequence[Word]) -> set[str]:
    tokens: set[str] = set()
    before = ""
    for word in words:
        folded, spelled = _in_title(word)
        tokens.add(folded)
        tokens.add(spelled)
        if before:
            tokens.add(f"{before}{folded}")  # a pair, as `pair` makes it
        before = folded
    return tokens


@lru_cache(maxsize=50_000)
def _in_title(word: Word) -> tuple[str, str]:
    return TITLE + safe(word.folded), SPELLED_TITLE + safe(word.spelled)


def _pairs(words: Sequence[Word]) -> Iterable[str]:
    following = iter(words)
    next(following, None)
    return (
        pair(first.folded, second.folded) for first, second in zip(words, following, strict=False)
    )


def words_in(tokens: Iterable[str]) -> set[str]:
    """The plain folded words among them."""
    return {token for token in tokens if "_" not in token}


def spelled_in(tokens: Iterable[str]) -> list[str]:
    """The words as they are spelled, but those kept as bytes."""
    size = len(SPELLED)
    words = (token[size:] for token in tokens if token.startswith(SPELLED))
    return [word for word in words if not word.startswith(("_", "0x"))]


def pack(tokens: Iterable[str]) -> bytes:
    return zlib.compress(" ".join(sorted(tokens)).encode(), 1)


def unpack(packed: bytes) -> list[str]:
    return zlib.decompress(bytes(packed)).decode().split()

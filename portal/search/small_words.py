"""Words of a question that its answer does not have: “xin giấy phép xây dựng ở đâu”."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from vietnamese.folding import fold, has_marks
from vietnamese.words import Word

# Several together cannot be mistaken, with or without accents.
_GROUPS = (
    *("ở đâu", "ở chỗ nào", "nơi nào", "khi nào", "lúc nào", "bao giờ", "bao lâu", "bao nhiêu"),
    *("như thế nào", "thế nào", "làm thế nào", "làm sao", "ra sao", "vì sao", "tại sao"),
    *("cần gì", "những gì", "gồm gì", "gồm những gì", "là gì", "để làm gì", "có phải", "có được"),
    *("được không", "phải không", "hay không", "cách nào", "bằng cách nào", "đang ở đâu"),
    *("tôi muốn", "cho tôi", "cho hỏi", "xin hỏi", "cho biết", "muốn hỏi", "ai được", "gồm có"),
)
# One alone could be another word without its accents: “cua” is a crab.
_SINGLE = frozenset(
    (
        *("và", "của", "cho", "các", "những", "về", "tại", "ở", "với", "là", "để", "thì", "mà"),
        *("bị", "đang", "đâu", "nào", "gì", "sao", "ai", "mấy", "tôi", "hỏi", "muốn", "xin", "gồm"),
    )
)
_LAST = frozenset(("không", "chưa", "à", "vậy", "nhỉ"))
_ENGLISH = frozenset(
    (
        *(
            "a",
            "an",
            "and",
            "are",
            "at",
            "be",
            "by",
            "can",
            "do",
            "does",
            "for",
            "from",
            "how",
            "i",
        ),
        *("in", "is", "it", "me", "my", "of", "on", "or", "our", "that", "the", "their", "there"),
        *(
            "to",
            "was",
            "what",
            "when",
            "where",
            "which",
            "who",
            "why",
            "will",
            "with",
            "you",
            "your",
        ),
    )
)
# “Nghị định số 224”, “năm 2026”: the number says it.
_BEFORE_A_NUMBER = frozenset(("so", "nam"))


def _known(*, folded: bool) -> frozenset[tuple[str, ...]]:
    texts = (fold(group) if folded else group for group in _GROUPS)
    return frozenset(tuple(text.split()) for text in texts)


_WITH_MARKS, _WITHOUT = _known(folded=False), _known(folded=True)


def small_words(words: Sequence[Word], language: str) -> set[int]:
    """Where they stand."""
    if language == "en":
        return {at for at, word in enumerate(words) if word.folded in _ENGLISH}
    if any(has_marks(word.spelled) for word in words):
        typed, known, single = [word.spelled for word in words], _WITH_MARKS, _SINGLE
    else:
        typed, known, single = [word.folded for word in words], _WITHOUT, frozenset()
    found = {at for at, word in enumerate(typed) if word in single}
    for size in (2, 3, 4):
        for at in range(len(typed) - size + 1):
            if tuple(typed[at : at + size]) in known:
                found.update(range(at, at + size))
    if single and typed[-1] in _LAST:
        found.add(len(typed) - 1)
    for at, (word, following) in enumerate(pairwise(words)):
        if word.folded in _BEFORE_A_NUMBER and following.folded.isdigit():
            found.add(at)
    return found

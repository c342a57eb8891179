"""Words of a question that its answer does not have: “xin giấy phép xây dựng ở đâu”."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
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
    *("ai là", "ai làm", "ai giữ", "là ai"),
    *("cho em hỏi", "cho mình hỏi", "cho chị hỏi", "cho anh hỏi", "cho tôi hỏi", "em ơi", "ad ơi"),
)
# One alone could be another word without its accents: “cua” is a crab.
_SINGLE = frozenset(
    (
        *("và", "của", "cho", "các", "những", "về", "tại", "ở", "với", "là", "để", "thì", "mà"),
        *("có", "đã", "sẽ", "rồi", "được", "này", "hay", "hoặc", "cũng"),
        *("bị", "đang", "nào", "gì", "sao", "ai", "mấy", "tôi", "hỏi", "muốn", "xin", "gồm"),
    )
)
LEAST_BESIDE = 2
_LAST = frozenset(("không", "đâu", "chưa", "à", "ạ", "vậy", "nhỉ"))
_ENGLISH = frozenset(
    (
        *("a", "an", "and", "are", "at", "be", "by", "can", "do", "does", "for", "from"),
        *("how", "i", "in", "is", "it", "me", "my", "of", "on", "or", "our", "that", "the"),
        *("their", "there", "to", "was", "what", "when", "where", "which", "who", "why"),
        *("will", "with", "you", "your"),
    )
)
# “Nghị định số 224”, “năm 2026”: the number says it.
_BEFORE_A_NUMBER = frozenset(("so", "nam"))


# Who asks for a person names more than a directory has: “số điện thoại anh Điền”.
_OF_ASKING = (
    *("cho hỏi", "cho tôi", "cho em hỏi", "xin hỏi", "xin số", "cho xin số", "cho hỏi số"),
    *("ai phụ trách", "ai làm", "ai là", "là ai", "người phụ trách", "phụ trách"),
    *("số điện thoại", "điện thoại", "sđt", "số đt", "đt", "số máy", "số di động", "hotline"),
    *("đường dây nóng", "email", "thư điện tử", "liên hệ", "liên lạc", "gặp", "gọi", "hiện nay"),
    *("hiện tại", "phone number", "phone", "telephone", "contact", "đồng chí", "đ c"),
)
# Without accents they may be anything: “so do” is a map.
_OF_ASKING_ALONE = ("số", "của", "xin", "cho", "ai")
_HONORIFICS = frozenset(("anh", "chị", "ông", "bà", "cô", "chú", "bác", "em", "thầy"))
# Without accents “co” is more than “cô”, and “chu dau tu” an investor.
_PLAIN_HONORIFICS = frozenset(("anh", "ong", "mr", "ms", "mrs", "madam"))
_ALL_PLAIN_HONORIFICS = _PLAIN_HONORIFICS | frozenset(map(fold, _HONORIFICS))


def _known(groups: Iterable[str], *, folded: bool) -> frozenset[tuple[str, ...]]:
    texts = (fold(group) if folded else group for group in groups)
    return frozenset(tuple(text.split()) for text in texts)


_WITH_MARKS, _WITHOUT = _known(_GROUPS, folded=False), _known(_GROUPS, folded=True)
_ASKING = _known(_OF_ASKING, folded=False)
_ASKING_WITHOUT = _known(_OF_ASKING, folded=True)


def small_words(words: Sequence[Word], language: str) -> set[int]:
    """Where they stand."""
    if language == "en":
        return {at for at, word in enumerate(words) if word.folded in _ENGLISH}
    if any(has_marks(word.spelled) for word in words):
        typed, known, single = [word.spelled for word in words], _WITH_MARKS, _SINGLE
    else:
        typed, known, single = [word.folded for word in words], _WITHOUT, frozenset()
    found = _grouped(typed, known)
    alone = {at for at, word in enumerate(typed) if word in single}
    if single and typed[-1] in _LAST:
        alone.add(len(typed) - 1)
    # Of two words none is small: “bản sao”, “đất ở”, “hàng không”.
    if len(typed) - len(found | alone) >= LEAST_BESIDE:
        found |= alone
    for at, (word, following) in enumerate(pairwise(words)):
        if word.folded in _BEFORE_A_NUMBER and following.folded.isdigit():
            found.add(at)
    return found


def words_of_asking(words: Sequence[Word], *, before_a_name: bool = False) -> set[int]:
    """Where words stand that say only that a person, a number or an address is looked for; before a
    name also what would be another word elsewhere, as it has no accents."""
    if any(has_marks(word.spelled) for word in words):
        # “Sdt trưởng ban”: what has no accents may lack them, and “gói” is not “gọi”.
        typed, known = [word.spelled for word in words], _ASKING | _ASKING_WITHOUT
        honorifics = _HONORIFICS.union(_OF_ASKING_ALONE)
    else:
        typed, known = [word.folded for word in words], _ASKING_WITHOUT
        honorifics = _ALL_PLAIN_HONORIFICS if before_a_name else _PLAIN_HONORIFICS
    # Before a name: “Nguyễn Văn Anh” is called Anh.
    before = {at for at, word in enumerate(typed[:-1]) if word in honorifics}
    return _grouped(typed, known) | before


def _grouped(typed: Sequence[str], known: Set[tuple[str, ...]]) -> set[int]:
    return {
        place
        for size in (1, 2, 3, 4)
        for at in range(len(typed) - size + 1)
        if tuple(typed[at : at + size]) in known
        for place in range(at, at + size)
    }

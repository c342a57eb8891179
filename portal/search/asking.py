"""What a reader types, understood: words, phrases in quotes, words not to have, short and long forms,
keys that were left over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise, takewhile

from portal.search.engines import All, Condition, OneOf
from portal.search.small_words import small_words, words_of_asking
from portal.search.tokens import SPELLED, SPELLED_TITLE, TITLE, mark, pair, safe
from vietnamese.folding import fold, has_marks
from vietnamese.keyboard import read_leftover
from vietnamese.normalizing import is_syllable
from vietnamese.numbers import number_at, spellings
from vietnamese.words import Word, as_word, split_words, with_other_i

LONGEST_QUERY = 200  # characters; what comes after them is not looked at
MOST_WORDS = 20  # of a longer question; each is a list to walk
MOST_RUNS = 40  # of its words side by side
MOST_WITHOUT = 4  # of common words these lists are as long as any
_PHRASE = re.compile(r'(-?)["“”„]([^"“”„]*)["“”„]?')
# What is counted stands before its number or after it: “quý 2”, “6 tháng”.
_COUNTED = frozenset(
    (
        *("quy", "qui", "dot", "ky", "ki", "khoa", "lan", "vong", "so", "doan", "phan", "tap"),
        *("cap", "hang"),
        *(
            "loai",
            "nhom",
            "chuong",
            "dieu",
            "khoan",
            "muc",
            "thang",
            "ngay",
            "tuan",
            "buoi",
            "phien",
        ),
        *("bac", "goi", "lo", "tuyen", "khu", "vung", "thu"),
    )
)
_OF_THE_PAST = frozenset(("nguyên", "cựu"))
_COUNTED_AFTER = frozenset(("thang", "ngay", "nam", "tuan", "gio", "lan"))
_UNIT = re.compile(r"(?:k|m|c|d|g)?(?:v|w|wh|va|m|g|b|hz|ha|l)\d?$")
# As telephone numbers are written.
_GROUPS_OF_DIGITS = ((4, 3, 3), (3, 3, 4), (3, 7), (4, 6), (4, 4, 3), (4, 3, 4), (4, 7), (3, 4, 3))
_GLUED = re.compile(r"([^\W\d_]+)(\d+)$|(\d+)([^\W\d_]+)$")
# “NĐCP”, “QĐUBND”: a kind of document and who issues it.
_ISSUED = re.compile(
    r"(?!ctcp)(nq|nđ|nd|qđ|qd|ct|tt|ttlt|tb|kh|cv|bc|hd|ttr)"
    r"(cp|ttg|ubnd|hđnd|hdnd|ubtvqh|qh|tw|b[a-zđ]{1,5})$"
)
YEAR = re.compile(r"20\d\d$")
_MINUS = re.compile(r"(?:^|\s)-(\w\S*)")


@dataclass(frozen=True)
class Term:
    """One idea of the query: the words typed, and other words for the same."""

    words: tuple[Word, ...]
    others: tuple[tuple[Word, ...], ...] = ()
    meant: str = ""  # by keys that were left over
    is_number: bool = False  # whose other forms are words with their accents: “hai” is not “hải”
    is_folded: bool = False  # a number typed where nothing has accents
    year: str = ""  # which a text may have as its date alone
    is_small: bool = False  # a word of a question, which its answer need not have
    is_misspelled: bool = False  # “khu công nghiêp”, which “KCN” is not with its accents
    is_slip: bool = False  # whose other forms are what may have been meant, without accents
    beside: tuple[str, str] = ("", "")  # what a number counts, folded: before it, or after it

    @property
    def forms(self) -> tuple[tuple[Word, ...], ...]:
        return (self.words, *self.others)

    @property
    def is_one_word(self) -> bool:
        """“110 kV” too."""
        return len(self.words) == 1 or self.words[0].folded.isdigit()

    @property
    def spelled_forms(self) -> tuple[tuple[Word, ...], ...]:
        return (self.words,) if self.is_misspelled else self.forms

    @property
    def lists(self) -> int:
        """How many lists the index walks for it."""
        return sum(map(len, self.forms))


@dataclass(frozen=True)
class Query:
    text: str
    terms: tuple[Term, ...] = ()
    phrases: tuple[tuple[Word, ...], ...] = ()
    without: tuple[tuple[Word, ...], ...] = ()

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for term in self.terms for word in term.words)

    @cached_property
    def needed(self) -> tuple[Term, ...]:
        """What a text must have, in one of its forms."""
        return tuple(term for term in self.terms if not term.is_small) or self.terms

    @property
    def lists(self) -> int:
        return sum(term.lists for term in self.needed)

    @cached_property
    def without_years(self) -> Query:
        """What is left to have for a text of the year that is asked for."""
        others = tuple(term for term in self.terms if not term.year)
        return replace(self, terms=others) if others else self

    @cached_property
    def years(self) -> set[str]:
        return {term.year for term in self.terms if term.year}

    @cached_property
    def has_marks(self) -> bool:
        spelled = [word.spelled for word in self.words] + [term.meant for term in self.terms]
        return any(map(has_marks, spelled))

    @cached_property
    def sequences(self) -> list[tuple[Word, ...]]:
        """The query read as typed, with the long forms, with the short ones, and without the small
        words."""
        readings = [self.words]
        for terms in (self.terms, self.needed):
            for choose in (max, min):
                other = tuple(word for term in terms for word in choose(term.forms, key=len))
                if other not in readings:
                    readings.append(other)
        return readings

    @cached_property
    def wanted(self) -> list[list[frozenset[str]]]:
        """Of each idea that is needed, its forms, folded: all words of one of them."""
        return [
            [frozenset(word.folded for word in form) for form in term.forms] for term in self.needed
        ]

    @cached_property
    def wanted_as_spelled(self) -> list[list[frozenset[str]]]:
        return [
            [frozenset(word.spelled for word in form) for form in term.spelled_forms]
            for term in self.needed
            if not term.is_slip
        ]

    @cached_property
    def same(self) -> dict[str, str]:
        """Single words, folded, that stand for a typed one: “permit” for “permits”."""
        return {
            other.folded: word.folded
            for term, word, other in self._others()
            if not term.is_number or other.spelled.isascii()
        }

    @cached_property
    def same_spelled(self) -> dict[str, str]:
        """The same of numbers, by their spelling: “hai” for “2”."""
        return {
            other.spelled: word.folded for term, word, other in self._others() if term.is_number
        }

    def _others(self) -> Iterator[tuple[Term, Word, Word]]:
        for term in self.terms:
            for form in term.others:
                if len(form) == len(term.words) == 1:
                    yield term, term.words[0], form[0]

    def is_spelled_in(self, words: Set[str]) -> bool:
        return all(any(form <= words for form in forms) for forms in self.wanted_as_spelled)

    @cached_property
    def typed_with_marks(self) -> frozenset[str]:
        """Of a query that has accents in part."""
        meant = {term.meant for term in self.terms if term.meant}
        spelled = meant | {word.spelled for word in self.words}
        return frozenset(filter(has_marks, spelled))

    # Conditions on the tokens of a document

    def everywhere(self) -> Condition:
        return All((self.in_title(""), *(_phrase(words) for words in self.phrases)))

    def in_title(self, prefix: str = TITLE) -> Condition:
        return All(tuple(one_of(term, prefix) for term in self.needed))

    def as_phrase(self, prefix: str = "") -> Condition | None:
        readings = [All(tuple(pairs)) for pairs in self._pairs(prefix) if pairs]
        return OneOf(tuple(readings)) if readings else None

    def pair(self, one: Word, two: Word, prefix: str) -> Condition:
        pairs = tuple(
            prefix + pair(first, second)
            for first in self._written.get(one, (one.folded,))
            for second in self._written.get(two, (two.folded,))
        )
        return pairs[0] if len(pairs) == 1 else OneOf(pairs)

    @cached_property
    def _written(self) -> dict[Word, list[str]]:
        """Of words that stand alone, how they may be written, folded."""
        found: dict[Word, list[str]] = {}
        for _term, typed, other in self._others():
            forms = found.setdefault(typed, [typed.folded])
            if other.folded not in forms:
                forms.append(other.folded)
        return found

    def as_spelled(self, prefix: str = SPELLED) -> Condition | None:
        if not self.has_marks:
            return None
        return All(tuple(one_of(term, prefix, spelled=True) for term in self.needed))

    def as_spelled_in_title(self) -> Condition | None:
        return self.as_spelled(SPELLED_TITLE)

    def unwanted(self) -> tuple[Condition, ...]:
        return tuple(_unwanted(words) for words in self.without)

    def in_part(self, size: int) -> Condition | None:
        """So many words of the query side by side, as typed before other readings."""
        runs = [
            All(tuple(pairs[at : at + size - 1]))
            for pairs in self._pairs("")
            for at in range(len(pairs) - size + 2)
        ]
        return OneOf(tuple(dict.fromkeys(runs))[:MOST_RUNS]) if runs else None

    def _pairs(self, prefix: str) -> list[list[Condition]]:
        """Of neighbours, in each way to read the query."""
        return [
            [self.pair(one, two, prefix) for one, two in pairwise(words)]
            for words in self.sequences
        ]

    def all_but_one(self) -> Condition | None:
        """The query without one of its words, whichever; what several words say together stays."""
        if len(self.needed) < 2 or self.phrases:
            return None
        single = [one_of(term) for term in self.needed if term.is_one_word]
        together = [one_of(term) for term in self.needed if not term.is_one_word]
        if not single:
            return None
        rest = _all_but_one(single)
        return All((*together, *([rest] if rest else [])))

    def without_words(self, unknown: Set[str]) -> Query | None:
        """The query without these words, if anything is left of it that was not all of it."""
        known = tuple(
            term
            for term in self.needed
            if term.others or not {word.folded for word in term.words} & unknown
        )
        return replace(self, terms=known) if 0 < len(known) < len(self.needed) else None

    def without_common(self, counts: Mapping[str, int], *, most: int, most_lists: int) -> Query:
        """So many ideas and lists are needed; of the others those that most texts have anyway, by
        `counts` of their words, are taken for small ones."""
        ranks = {
            term: max(min(counts[word.folded] for word in form) for form in term.forms)
            for term in self.needed
        }
        needed, spared = len(ranks), set()
        lists = sum(term.lists for term in ranks)
        for term in sorted(filter(ranks.get, ranks), key=lambda term: -ranks[term]):
            if needed <= most and lists <= most_lists:
                break
            spared.add(term)
            needed, lists = needed - 1, lists - term.lists
        terms = (replace(term, is_small=True) if term in spared else term for term in self.terms)
        return replace(self, terms=tuple(terms))

    def of_whom(self, *, by_name: bool = False) -> Query | None:
        """The query without the words that say only that somebody is looked for."""
        asking = words_of_asking(self.words, before_a_name=by_name)
        kept, at = [], 0
        for term in self.terms:
            if not set(range(at, at + len(term.words))) <= asking:
                kept.append(term)
            at += len(term.words)
        rest = replace(self, terms=tuple(kept))
        is_question = len(kept) < len(self.terms) and not all(term.is_small for term in kept)
        return rest if is_question else None

    def of_the_past(self) -> Query | None:
        """What is behind “nguyên” or “cựu”, or before “cũ”."""
        if len(self.terms) < 2:
            return None
        if self.terms[0].words[0].spelled in _OF_THE_PAST:
            return replace(self, terms=self.terms[1:])
        is_gone = self.terms[-1].words[0].spelled == "cũ"
        return replace(self, terms=self.terms[:-1]) if is_gone else None

    def with_slips(self, meant: dict[str, list[str]]) -> Query:
        """These words, or what may have been meant by one slip."""
        terms = [
            replace(
                term,
                others=tuple(map(tuple, map(split_words, meant[term.words[0].folded]))),
                is_slip=True,
            )
            if len(term.words) == 1 and meant.get(term.words[0].folded)
            else term
            for term in self.terms
        ]
        return replace(self, terms=tuple(terms))


def one_of(term: Term, prefix: str = "", *, spelled: bool = False) -> Condition:
    forms: list[Condition] = [mark(f"y{term.year}")] if term.year else []
    folded = TITLE if prefix in (TITLE, SPELLED_TITLE) else ""
    for words in term.spelled_forms if spelled else term.forms:
        is_typed = words == term.words
        if spelled and not (term.is_slip and not is_typed):
            tokens: list[Condition] = [prefix + safe(word.spelled) for word in words]
        elif term.is_number and not (is_typed and term.is_folded):
            exact = SPELLED_TITLE if folded else SPELLED
            tokens = [exact + safe(word.spelled) for word in words]
        elif is_typed or len(words) == 1:
            tokens = [folded + safe(word.folded) for word in words]
        else:
            tokens = []  # which pairs have too
        if not is_typed:
            # What stands for the typed words stands side by side, and beside what it counts.
            tokens += _side_by_side(term, words, folded)
        forms.append(All(tuple(tokens)) if len(tokens) > 1 else tokens[0])
    return forms[0] if len(forms) == 1 else OneOf(tuple(forms))


def _side_by_side(term: Term, words: Sequence[Word], prefix: str) -> list[Condition]:
    plain = [word.folded for word in words]
    pairs: list[Condition] = [prefix + pair(one, two) for one, two in pairwise(plain)]
    before, after = term.beside
    if before and not plain[0].isdigit():
        others = [word for word in (before, with_other_i(before)) if word]
        pairs.append(OneOf(tuple(prefix + pair(word, plain[0]) for word in others)))
    elif after and not plain[0].isdigit():
        pairs.append(prefix + pair(plain[-1], after))
    return pairs


def _all_but_one(parts: list[Condition]) -> Condition | None:
    """Halved again and again: each time that a part is named is a list to walk."""
    if len(parts) == 1:
        return None
    half = len(parts) // 2
    ways = []
    for less, whole in ((parts[:half], parts[half:]), (parts[half:], parts[:half])):
        rest = _all_but_one(less)
        ways.append(All((*whole, rest) if rest else tuple(whole)))
    return OneOf(tuple(ways))


def _phrase(words: tuple[Word, ...]) -> Condition:
    if len(words) == 1:
        return safe(words[0].folded)
    return All(tuple(pair(one.folded, two.folded) for one, two in pairwise(words)))


def _unwanted(words: tuple[Word, ...]) -> Condition:
    """With accents only what is spelled so: who leaves out “bán” still wants “ban”."""
    if any(has_marks(word.spelled) for word in words):
        return All((*(SPELLED + safe(word.spelled) for word in words), _phrase(words)))
    return _phrase(words)


def clean(text: str) -> str:
    """What is shown as the query: one line, without NUL and lone surrogates."""
    plain = text[:LONGEST_QUERY].replace("\0", " ").encode(errors="replace").decode()
    return " ".join(plain.split())


def read(text: str, abbreviations: Sequence[tuple[str, str]] = (), language: str = "vi") -> Query:
    """Never raises, whatever is typed."""
    query = clean(text)
    phrases: list[tuple[Word, ...]] = []
    without: list[tuple[Word, ...]] = []
    typed: list[Word] = []
    rest = query
    for match in _PHRASE.finditer(query):
        words = tuple(
            part for word in split_words(match[2], MOST_WORDS) for part in _issued(word) or [word]
        )
        if words:
            (without if match[1] else phrases).append(words)
        if words and not match[1]:
            typed += words
    rest = _PHRASE.sub(" ", rest)
    for match in _MINUS.finditer(rest):
        if words := tuple(split_words(match[1], MOST_WORDS)):
            without.append(words)
    plain = split_words(_MINUS.sub(" ", rest), 2 * MOST_WORDS)
    terms = _terms(plain, _known_forms(tuple(abbreviations)), language)
    terms += [Term((word,)) for word in typed]
    if not terms:
        return Query(query)
    if len(terms) > MOST_WORDS:
        terms = [term for term in terms if not term.is_small] or terms
    return Query(query, tuple(terms[:MOST_WORDS]), tuple(phrases), tuple(without[:MOST_WITHOUT]))


Forms = dict[tuple[str, ...], list[tuple[Word, ...]]]


def _terms(typed: list[Word], known: Forms, language: str) -> list[Term]:
    words = [part for word in typed for part in _apart(word, known)]
    has_no_marks = not any(has_marks(word.spelled) for word in words)
    longest = max(map(len, known), default=0)
    small = small_words(words, language)
    terms: list[Term] = []
    at = 0
    while at < len(words):
        term = _abbreviated(words[at : at + longest], known) or _dotted(words[at:], known)
        term = term or _counted(words, at, folded=has_no_marks) or _with_its_unit(words[at:])
        term = term or _single(words[at], language)
        if YEAR.match(words[at].folded) and not (at and words[at - 1].folded.isdigit()):
            term = replace(term, year=words[at].folded)
        is_small = set(range(at, at + len(term.words))) <= small
        terms.append(replace(term, is_small=is_small))
        at += len(term.words)
    return terms


def _apart(word: Word, known: Forms) -> list[Word]:
    """“NĐ35” is “NĐ 35”."""
    parts = _parts(word)
    is_apart = parts and not _issued(word) and (parts[0].folded,) in known
    return parts if is_apart else [word]


def _parts(word: Word) -> list[Word]:
    """“110 kV” of “110kV”, “1523 QĐ UBND” of “1523QĐUBND”."""
    match = _GLUED.match(word.spelled)
    if not match:
        return _issued(word)
    parts = [as_word(part) for part in match.groups() if part]
    return [each for part in parts for each in _issued(part) or [part]]


def _issued(word: Word) -> list[Word]:
    match = _ISSUED.match(word.spelled)
    return [as_word(part) for part in match.groups()] if match else []


def _abbreviated(words: Sequence[Word], known: Forms) -> Term | None:
    for size in range(len(words), 0, -1):
        piece = tuple(words[:size])
        if others := known.get(_folded(piece)):
            return Term(piece, tuple(others), is_misspelled=_is_misspelled(piece, others, known))
    return None


def _folded(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.folded for word in words)


def _is_misspelled(
    piece: tuple[Word, ...], others: Sequence[tuple[Word, ...]], known: Forms
) -> bool:
    """Whether it has accents that no entry of the list of abbreviations has."""
    listed = [form for other in others for form in known[_folded(other)]]
    return any(has_marks(word.spelled) for word in piece) and piece not in listed


def _dotted(words: Sequence[Word], known: Forms) -> Term | None:
    """“U.B.N.D” and “K C N” are “UBND” and “KCN”."""
    letters = tuple(takewhile(lambda word: len(word.folded) == 1 and word.folded.isalpha(), words))
    for size in range(len(letters), 1, -1):
        short = as_word("".join(word.spelled for word in letters[:size]))
        if others := known.get((short.folded,)):
            return Term(letters[:size], ((short,), *others))
    return None


def _counted(words: Sequence[Word], at: int, *, folded: bool) -> Term | None:
    """“Quý hai” is “quý 2” and “quý II”; “05/2026” is “5/2026”."""
    found = number_at(words, at, folded=folded)
    if found is None:
        return None
    number, size = found
    before = fold(as_meant(words[at - 1])) if at else ""
    after = fold(as_meant(words[at + size])) if at + size < len(words) else ""
    typed = tuple(words[at : at + size])
    is_counted = before in _COUNTED or (after in _COUNTED_AFTER and len(typed[0].folded) > 1)
    is_digits = typed[0].folded.isdigit()
    if not is_digits and not is_counted:
        return None
    texts = [text for text in spellings(number) if is_counted or text.isdigit()]
    forms = [tuple(map(as_word, text.split())) for text in texts]
    beside = (before, "") if before in _COUNTED else ("", after if is_counted else "")
    return Term(
        typed,
        tuple(form for form in forms if form != typed),
        is_number=True,
        is_folded=folded,
        beside=beside,
    )


def _with_its_unit(words: Sequence[Word]) -> Term | None:
    """“110 kV” is “110kV”, “12000” is “12.000”, and “02573999888” is “0257 3999 888”."""
    number = words[0].folded
    if not number.isdigit():
        return None
    unit = next((word for word in words[1:2] if _UNIT.match(word.spelled)), None)
    if unit:
        others = [(as_word(number + unit.spelled),), *((*each, unit) for each in _grouped(number))]
        return Term((words[0], unit), tuple(others))
    grouped = _grouped(number)
    return Term((words[0],), tuple(grouped)) if grouped else None


def _grouped(number: str) -> list[tuple[Word, ...]]:
    if number.startswith("0"):
        sizes: list[tuple[int, ...]] = [
            each for each in _GROUPS_OF_DIGITS if sum(each) == len(number)
        ]
    else:
        thousands = (len(number) - 1) // 3
        sizes = [(len(number) - 3 * thousands, *(3 for _group in range(thousands)))]
        sizes = sizes if thousands and not YEAR.match(number) else []
    ends = [list(accumulate(each)) for each in sizes]
    return [
        tuple(as_word(number[end - size : end]) for size, end in zip(each, those, strict=True))
        for each, those in zip(sizes, ends, strict=True)
    ]


def _single(word: Word, language: str) -> Term:
    if language == "en":
        return Term((word,), tuple((as_word(each),) for each in other_number(word.folded)))
    meant = as_meant(word)
    others: list[tuple[Word, ...]] = [(as_word(meant),)] if meant != word.spelled else []
    if other := with_other_i(meant):
        others.append((as_word(other),))
    if parts := _parts(word):
        others.append(tuple(parts))
    return Term((word,), tuple(others), meant)


def as_meant(word: Word) -> str:
    """By the keys; what could be a syllable as it is was meant as it is, but for “coong”: hardly any
    word has “oo”."""
    if not word.spelled.isascii() or (is_syllable(word.spelled) and "oo" not in word.spelled):
        return word.spelled
    return read_leftover(word.spelled) or word.spelled


def other_number(word: str) -> list[str]:
    """In English: “permits” for “permit”, and the other way round."""
    if len(word) < 3 or not word.isalpha():
        return []
    if word.endswith("ies"):
        return [word[:-3] + "y"]
    if word.endswith("s") and not word.endswith("ss"):
        return [word[:-1], *([word[:-2]] if word.endswith("es") else [])]
    if word.endswith("y") and word[-2] not in "aeiou":
        return [word[:-1] + "ies"]
    return [word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")]


@lru_cache(maxsize=2)
def _known_forms(abbreviations: tuple[tuple[str, str], ...]) -> Forms:
    known: Forms = {}
    for row in abbreviations:
        short, full = (tuple(split_words(text)) for text in row)
        for one, other in ((short, full), (full, short)):
            known.setdefault(tuple(word.folded for word in one), []).append(other)
    return {words: others for words, others in known.items() if words}

import pytest

from vietnamese.numbers import number_at, spellings
from vietnamese.words import split_words


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (4, ("4", "04", "iv", "bốn", "tư")),
        (12, ("12", "xii", "mười hai")),
        (15, ("15", "xv", "mười lăm")),
        (20, ("20", "xx", "hai mươi")),
        (21, ("21", "xxi", "hai mươi mốt")),
        (24, ("24", "xxiv", "hai mươi tư", "hai mươi bốn")),
    ],
)
def test_a_number_has_all_its_spellings(number, expected):
    assert spellings(number) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("05", (5, 1)), ("ix", (9, 1)), ("mười", (10, 1)), ("mười hai tháng", (12, 2)), ("hải", None)],
)
def test_the_longest_number_that_begins_here_is_read(text, expected):
    assert number_at(split_words(text), 0) == expected


def test_without_accents_a_number_is_read_only_where_that_is_allowed():
    assert number_at(split_words("muoi hai"), 0) is None
    assert number_at(split_words("muoi hai"), 0, folded=True) == (12, 2)

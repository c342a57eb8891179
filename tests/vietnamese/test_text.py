import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.first_content import OLD_PAGE
from vietnamese.folding import fold, has_marks, has_other_letters, without_marks
from vietnamese.normalizing import (
    clean_line,
    clean_text,
    find_glued_words,
    is_syllable,
    may_be_syllable,
)
from vietnamese.slugs import slugify
from vietnamese.sorting import name_sort_key, sort_key
from vietnamese.syllables import (
    count_syllables,
    first_sentence,
    reading_minutes,
    truncate_syllables,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đường dây nóng – 24/7", "duong day nong 24 7"),
        ("QUYẾT ĐỊNH số 12/QĐ-UBND", "quyet dinh so 12 qd ubnd"),
        (unicodedata.normalize("NFD", "Trưởng ban"), "truong ban"),
        ("hoà hòa thuý thúy", "hoa hoa thuy thuy"),
        ("", ""),
        ("…!?“”", ""),
    ],
)
def test_folding_takes_accents_case_and_punctuation_away(text, folded):
    assert fold(text) == folded


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=60))
def test_anything_can_be_folded_and_folds_once(text):
    once = fold(text)
    assert fold(once) == once
    assert "\x00" not in once
    once.encode()


def test_a_letter_without_marks_is_the_folded_one_in_its_place():
    letters = [letter for letter in map(chr, range(0x2100)) if not has_other_letters(letter)]
    assert set("ăâđêôơưẮỆỰỹ – “của”") <= set(letters)
    for letter in letters:
        bare = without_marks(letter)
        assert len(bare) == 1
        assert bare == fold(letter) or not letter.isalnum(), ascii(letter)


def test_a_lone_surrogate_is_dropped():
    assert fold("\ud800đ\x00") == "d"


@pytest.mark.parametrize(
    ("text", "answer"), [("duong", False), ("đường", True), ("d", False), ("Ô", True)]
)
def test_dấu_are_noticed(text, answer):
    assert has_marks(text) is answer


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Đường dây nóng", "duong-day-nong"),
        ("Đỗ Thanh Thái", "do-thanh-thai"),
        ("Quyết định số 12/2021/QĐ-UBND", "quyet-dinh-so-12-2021-qd-ubnd"),
        ("中文", ""),
        ("x" * 200, "x" * 80),
    ],
)
def test_slugs_keep_every_letter(text, slug):
    assert slugify(text) == slug


def test_a_slug_is_cut_between_words():
    assert slugify("Khu kinh tế Nam Phú Yên", max_length=16) == "khu-kinh-te-nam"


def test_words_sort_as_in_a_dictionary():
    words = ["Đặng", "Dũng", "Ân", "An", "Ấn", "Ăn", "Áo", "Ảo", "Ào"]
    assert sorted(words, key=sort_key) == ["An", "Ào", "Ảo", "Áo", "Ăn", "Ân", "Ấn", "Dũng", "Đặng"]


def test_people_sort_by_their_given_name():
    names = ["Nguyễn Văn Út", "Trần Thị An", "Lê Văn An"]
    assert sorted(names, key=name_sort_key) == ["Lê Văn An", "Trần Thị An", "Nguyễn Văn Út"]
    name_sort_key("")


def test_invisible_things_are_cleaned_away():
    assert clean_line("\u00a0\u00a0 Bước\u200b  sang\u00a0năm\ufeff ") == "Bước sang năm"
    assert clean_text("Một\r\nHai\u2028Ba") == "Một\nHai\nBa"


def test_the_seed_has_one_glued_word():
    assert find_glued_words(OLD_PAGE.read_text(encoding="utf-8")) == ["tụchoàn"]


@pytest.mark.parametrize(
    "word",
    [
        "nghiêng",
        "quyết",
        "giữa",
        "gìn",
        "uỷ",
        "ủy",
        "khoẻ",
        "yêu",
        "ươm",
        "oan",
        "huỳnh",
        "xoong",
        "thuở",
    ],
)
def test_syllables_are_known(word):
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word", ["tụchoàn", "Covidđ", "zụ", "áà", "strong", "ñy", "tuyể", "viế", "mâ"]
)
def test_what_quốc_ngữ_could_not_write_is_no_syllable(word):
    assert not is_syllable(word)


@pytest.mark.parametrize("word", ["duong", "viec", "nghieng", "tuyen", "quy", "hoa", "ưu"])
def test_a_syllable_may_have_no_accents(word):
    assert may_be_syllable(word)


@pytest.mark.parametrize("word", ["tuyne", "khuc3", "strong", "gnuyen", "vieu̧", ""])
def test_not_all_without_accents_is_a_syllable(word):
    assert not may_be_syllable(word)


def test_syllables_measure_a_text():
    assert count_syllables("Hội nghị thông qua 04-05 dự án, 7.200 tỷ đồng.") == 10
    assert reading_minutes("chữ " * 221) == 2
    assert reading_minutes("") == 0


def test_a_figure_with_a_full_stop_ends_no_sentence():
    assert first_sentence("Doanh thu 7.200 tỷ đồng. Nộp 150 tỷ.") == "Doanh thu 7.200 tỷ đồng."


def test_a_cut_text_says_so():
    assert truncate_syllables("một hai ba", 2) == "một hai…"
    assert truncate_syllables("một hai", 2) == "một hai"

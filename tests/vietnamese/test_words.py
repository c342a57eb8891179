import pytest

from vietnamese.keyboard import read_leftover
from vietnamese.normalizing import is_syllable
from vietnamese.slips import one_slip, sounding_alike, taken_apart
from vietnamese.words import as_heard, split_words, with_other_i


@pytest.mark.parametrize(
    ("old", "new"),
    [("hoà", "hòa"), ("thuý", "thúy"), ("uỷ", "ủy"), ("quý", "quý"), ("Hoàn", "hoàn")],
)
def test_both_places_of_the_tone_are_one_spelling(old, new):
    assert split_words(old)[0].spelled == new


def test_spelled_and_folded_words_stand_side_by_side():
    assert split_words("224/2026/NĐ-CP") == [
        *(("224", "224"), ("2026", "2026"), ("nđ", "nd"), ("cp", "cp"))
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(("dduongf", "đường"), ("dduwowngf", "đường"), ("quanr", "quản"), ("tees", "tế")),
        *(("d9uong72", "đường"), ("nha2", "nhà"), ("lys", "lý")),
        *(("d9a6u2", "đầu"), ("d9o65ng", "động"), ("nu7o7c1", "nước"), ("tuye63n", "tuyển")),
    ],
)
def test_keys_left_over_are_read(typed, meant):
    assert read_leftover(typed) == meant


@pytest.mark.parametrize(
    "word", ["khu", "hotline", "news", "class", "224", "đất", "", "ipv6", "t1a2"]
)
def test_other_words_are_left_as_they_are(word):
    assert read_leftover(word) == ""


def test_one_slip_is_a_letter_more_less_other_or_two_exchanged():
    assert {"nghip", "nghiepp", "nghiem", "nghipe"} <= one_slip("nghiep")
    assert "nghiep" not in one_slip("nghiep")


def test_a_word_is_taken_apart_into_as_few_syllables_as_will_do():
    assert taken_apart("đấugiá", is_syllable) == ["đấu giá"]
    assert taken_apart("chuyểnđổisố", is_syllable) == ["chuyển đổi số"]
    assert taken_apart("tiếnđộ", is_syllable) == ["tiến độ"]
    for other in ("đất", "xyz", ""):
        assert taken_apart(other, is_syllable) == []


def test_signs_without_blanks_between_them_are_words_of_their_own():
    assert [word.spelled for word in split_words("Khu kinh tế 经济区 투자 유치")] == [
        *("khu", "kinh", "tế", "经", "济", "区", "투자", "유치")
    ]


def test_some_beginnings_sound_alike():
    assert sounding_alike("giây") == {"dây", "rây", "vây"}
    assert sounding_alike("tron") == {"chon"}
    for word in ("nhà", "ngon", "đi", "ăn", "gi", ""):
        assert sounding_alike(word) == set()


@pytest.mark.parametrize(
    ("word", "other"), [("quý", "quí"), ("lí", "lý"), ("sỹ", "sĩ"), ("ty", "ti"), ("mĩ", "mỹ")]
)
def test_i_and_y_are_both_written_after_some_letters(word, other):
    assert with_other_i(word) == other


@pytest.mark.parametrize("word", ["thi", "chị", "đi", "y", "quyết", "lyc", "", "thuý", "ni"])
def test_elsewhere_they_are_not(word):
    assert with_other_i(word) == ""


def test_hỏi_and_ngã_are_heard_alike():
    assert as_heard("nghĩa") == as_heard("nghiã") == as_heard("nghỉa")
    assert len({as_heard(word) for word in ("nghĩa", "nghía", "nghia", "bình", "bính")}) == 5

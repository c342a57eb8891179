import pytest
from hypothesis import given
from hypothesis import strategies as st

from editing.merging import merge_html, merge_text, split_blocks

BASE = "<p>Một</p>\n<p>Hai</p>\n<p>Ba</p>"


def test_paragraphs_that_do_not_overlap_are_merged():
    merged = merge_html(
        BASE, "<p>Một, sửa</p><p>Hai</p><p>Ba</p>", "<p>Một</p><p>Hai</p><p>Ba, sửa</p>"
    )
    assert merged.is_clean
    assert merged.text == "<p>Một, sửa</p>\n<p>Hai</p>\n<p>Ba, sửa</p>"


def test_where_both_changed_the_same_paragraph_both_stand():
    merged = merge_html(
        BASE, BASE.replace("Hai", "Hai của chị"), BASE.replace("Hai", "Hai của tôi")
    )
    assert not merged.is_clean
    assert "Hai của chị" in merged.text
    assert "Hai của tôi" in merged.text


def test_the_same_change_twice_is_one():
    changed = BASE.replace("Hai", "Hai, sửa")
    assert merge_html(BASE, changed, changed).text == changed


def test_what_one_added_and_the_other_removed_comes_out_right():
    merged = merge_html(BASE, "<p>Một</p><p>Ba</p>", BASE + "<p>Bốn</p>")
    assert merged.text == "<p>Một</p>\n<p>Ba</p>\n<p>Bốn</p>"


def test_a_list_is_one_block_however_deep():
    html = "<p>Trước</p><ul><li>một<ul><li>trong</li></ul></li><li><p>hai</p></li></ul><h2>Sau</h2>"
    assert split_blocks(html) == [
        "<p>Trước</p>",
        "<ul><li>một<ul><li>trong</li></ul></li><li><p>hai</p></li></ul>",
        "<h2>Sau</h2>",
    ]


@pytest.mark.parametrize("html", ["", "chữ trần", "chữ <strong>trần</strong><p>đoạn</p>đuôi"])
def test_no_text_is_lost_in_splitting(html):
    assert "".join(split_blocks(html)) == html


def test_plain_text_is_merged_by_lines():
    assert merge_text("a\nb\nc", "a1\nb\nc", "a\nb\nc1").text == "a1\nb\nc1"


def test_neighbouring_paragraphs_do_not_overlap():
    merged = merge_html(
        "<p>Một</p><p>Hai</p>", "<p>Một, sửa</p><p>Hai</p>", "<p>Một</p><p>Hai, sửa</p>"
    )
    assert merged.is_clean
    assert merged.text == "<p>Một, sửa</p>\n<p>Hai, sửa</p>"


words = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=6)


@given(words, words, words)
def test_nothing_that_either_side_added_is_dropped(base, theirs, mine):
    merged = merge_text("\n".join(base), "\n".join(theirs), "\n".join(mine)).text.split("\n")
    for side in (theirs, mine):
        for line in set(side) - set(base):
            assert line in merged


@given(words, words)
def test_a_side_that_changed_nothing_changes_nothing(base, mine):
    old, new = "\n".join(base), "\n".join(mine)
    assert merge_text(old, old, new).text == new
    assert merge_text(old, new, old).text == new

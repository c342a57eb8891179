from datetime import date

import pytest

from editing.changed_words import ADDED, REMOVED, changed_words
from news.comparing import compare
from news.models import EditionPhoto
from news.workflow import approve, edit_anew
from tests.making import make_category, make_edition

pytestmark = pytest.mark.django_db


def texts(rows, kind):
    return [piece.text for row in rows for piece in row.pieces if piece.kind == kind]


def test_a_copy_does_not_differ():
    edition = make_edition()
    assert compare(edition, edit_anew(edition, by=None)) == []


def test_one_changed_word_is_shown_alone():
    old = make_edition(body="<p>Thu hút 04 dự án</p><p>Đoạn hai</p>")
    new = edit_anew(old, by=None)
    new.body = "<p>Thu hút 05 dự án</p><p>Đoạn hai</p>"
    rows = compare(old, new)
    assert texts(rows, REMOVED) == ["04"]
    assert texts(rows, ADDED) == ["05"]


@pytest.mark.parametrize("change", ["photo", "category", "emphasis", "flag", "date"])
def test_not_only_words_are_compared(change):
    old = make_edition(body="<p>Một</p>")
    new = edit_anew(old, by=None)
    if change == "photo":
        EditionPhoto.objects.create(edition=new, caption="Toàn cảnh")
    elif change == "category":
        new.category = make_category(name_vi="Môi trường")
    elif change == "date":
        new.dated = date(2021, 12, 28)
    elif change == "flag":
        new.is_pinned = True
    else:
        new.body = "<p><strong>Một</strong></p>"
    assert len(compare(old, new)) == 1


def test_of_two_published_editions_it_is_said_since_when_each_was_read():
    old = make_edition()
    new = approve(edit_anew(old, by=None), by=None)
    old.refresh_from_db()
    assert [row.label for row in compare(old, new)] == ["Đăng từ"]


def test_words_around_a_change_stay_together():
    kinds = [piece.kind for piece in changed_words("một hai ba bốn", "một hai năm bốn")]
    assert kinds == ["same", "removed", "added", "same"]


def test_paragraphs_stay_apart():
    (piece, *_rest) = changed_words("một\nhai", "một\nhai ba")
    assert piece.text == "một \n hai"


def test_very_long_texts_are_compared_as_wholes():
    old = " ".join(str(number) for number in range(3000))
    kinds = [piece.kind for piece in changed_words(old, f"{old} thêm")]
    assert kinds == [REMOVED, ADDED]

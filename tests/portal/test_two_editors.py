"""Two people in one form at once: photos, attachments, tags and numbers are as safe as the words."""

import pytest

from contacts.models import PhoneNumber
from news.models import Edition, EditionPhoto, Tag
from tests.making import make_draft, make_official
from tests.portal.making_forms import sent_by_a_browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    edition = make_draft(title="Lúc đầu")
    for number, caption in enumerate(["Toàn cảnh", "Ký kết"], start=1):
        EditionPhoto.objects.create(edition=edition, position=number, caption=caption)
    return edition


@pytest.fixture
def desk(staff, draft):
    return Desk(staff, f"/quan-tri/news/edition/{draft.pk}/change/")


class Desk:
    """A browser with one form open: what it would send, and what it gets back."""

    def __init__(self, client, url):
        self.client, self.url = client, url

    def open(self):
        return sent_by_a_browser(self.client.get(self.url))

    def save(self, form, **changes):
        return self.client.post(self.url, form | {"_continue": "1"} | changes)

    def merge(self, form, **changes):
        """Saves, is told of the other's save, presses “Gộp cả hai”, and returns the merged form."""
        mine = form | changes
        conflict = sent_by_a_browser(self.save(mine))
        return sent_by_a_browser(self.save(conflict, _merge="1"))


def captions():
    return list(EditionPhoto.objects.order_by("position").values_list("caption", flat=True))


def told(answer):
    return [(each.label, each.base, each.theirs, each.mine) for each in differences(answer)]


def differences(answer):
    return answer.context["adminform"].form.differences


def test_a_caption_that_another_changed_is_shown(desk):
    mine = desk.open()
    desk.save(desk.open(), **{"photos-0-caption": "Toàn cảnh khu A"})
    answer = desk.save(mine, **{"photos-0-caption": "Toàn cảnh khu B"})
    assert told(answer) == [
        ("Ảnh 1: chú thích ảnh", "Toàn cảnh", "Toàn cảnh khu A", "Toàn cảnh khu B")
    ]
    assert captions() == ["Toàn cảnh khu A", "Ký kết"]


def test_what_each_changed_is_marked_word_by_word_and_not_by_colour_alone(desk):
    mine = desk.open()
    desk.save(desk.open(), title="Lúc đầu ngày")
    page = desk.save(mine, title="Lúc cuối").content.decode()
    assert "Lúc đầu <ins>[+ ngày]</ins>" in page
    assert "Lúc <del>[− đầu]</del> <ins>[+ cuối]</ins>" in page


def test_captions_that_each_changed_alone_are_merged(desk):
    mine = desk.open()
    desk.save(desk.open(), **{"photos-0-caption": "Của chị Lan"})
    merged = desk.merge(mine, **{"photos-1-caption": "Của tôi"})
    desk.save(merged)
    assert captions() == ["Của chị Lan", "Của tôi"]


def test_where_both_changed_one_caption_mine_stands_and_it_is_said(desk):
    mine = desk.open()
    desk.save(desk.open(), **{"photos-0-caption": "Của chị Lan"})
    conflict = sent_by_a_browser(desk.save(mine, **{"photos-0-caption": "Của tôi"}))
    answer = desk.save(conflict, _merge="1")
    assert "một dòng đơn thì giữ chữ của mình" in answer.content.decode()
    desk.save(sent_by_a_browser(answer))
    assert captions()[0] == "Của tôi"


def added_photo(caption):
    return {
        "photos-TOTAL_FORMS": "3",
        "photos-2-id": "",
        "photos-2-caption": caption,
        "photos-2-position": "3",
    }


def test_a_photo_that_another_added_is_told_and_comes_in_with_the_merge(desk):
    mine = desk.open()
    desk.save(desk.open(), **added_photo("Ảnh thêm"))
    answer = desk.save(mine, title="Của tôi")
    assert told(answer)[-1] == ("Ảnh 3", "(không có)", "Ảnh thêm · 3", "(không có)")
    merged = sent_by_a_browser(desk.save(sent_by_a_browser(answer), _merge="1"))
    assert merged["photos-2-caption"] == "Ảnh thêm"
    desk.save(merged)
    assert captions() == ["Toàn cảnh", "Ký kết", "Ảnh thêm"]
    assert Edition.objects.get().title == "Của tôi"


def test_photos_that_both_added_are_all_kept(desk):
    mine = desk.open()
    desk.save(desk.open(), **added_photo("Của chị Lan"))
    desk.save(desk.merge(mine, **added_photo("Của tôi")))
    assert sorted(captions()) == ["Của chị Lan", "Của tôi", "Ký kết", "Toàn cảnh"]


def test_a_photo_that_another_deleted_does_not_lock_the_form(desk):
    mine = desk.open()
    desk.save(desk.open(), **{"photos-1-DELETE": "on"})
    answer = desk.save(mine, title="Của tôi")
    assert told(answer) == [("Ảnh 2", "Ký kết · 2", "(không có)", "Ký kết · 2")]
    desk.save(desk.merge(mine, title="Của tôi"))
    assert captions() == ["Toàn cảnh"]
    assert Edition.objects.get().title == "Của tôi"


def test_a_deleted_photo_under_which_i_have_written_is_kept_as_a_new_one(desk):
    mine = desk.open()
    desk.save(desk.open(), **{"photos-1-DELETE": "on"})
    desk.save(desk.merge(mine, **{"photos-1-caption": "Ký kết biên bản"}))
    assert captions() == ["Toàn cảnh", "Ký kết biên bản"]


def test_my_version_brings_back_what_another_deleted(desk):
    mine = desk.open()
    desk.save(desk.open(), **{"photos-1-DELETE": "on"})
    desk.save(sent_by_a_browser(desk.save(mine)))
    assert captions() == ["Toàn cảnh", "Ký kết"]


def test_what_i_delete_and_another_improves_is_not_deleted_by_a_merge(desk):
    mine = desk.open()
    desk.save(desk.open(), **{"photos-1-caption": "Ký kết biên bản"})
    merged = desk.merge(mine, **{"photos-1-DELETE": "on"})
    assert "photos-1-DELETE" not in merged
    desk.save(merged)
    assert captions() == ["Toàn cảnh", "Ký kết biên bản"]


def test_tags_that_each_chose_are_merged(desk, draft):
    first, second, third = (Tag.objects.create(name_vi=f"Thẻ {name}") for name in "ABC")
    draft.tags.set([first])
    mine = desk.open()
    desk.save(desk.open(), tags=[str(second.pk)])
    answer = desk.save(mine, tags=[str(first.pk), str(third.pk)])
    assert told(answer) == [("Từ khóa", "Thẻ A", "Thẻ B", "Thẻ A, Thẻ C")]
    desk.save(sent_by_a_browser(desk.save(sent_by_a_browser(answer), _merge="1")))
    assert sorted(draft.tags.values_list("name_vi", flat=True)) == ["Thẻ B", "Thẻ C"]


def test_a_new_row_in_a_form_without_conflict_is_left_as_it_was_sent(desk):
    desk.save(desk.open(), **added_photo("Ảnh thêm"))
    assert captions() == ["Toàn cảnh", "Ký kết", "Ảnh thêm"]


@pytest.mark.slow
@pytest.mark.parametrize("count", ["", "x", "-1", "99999999"])
def test_a_forged_count_of_rows_is_refused_and_saves_nothing(desk, count):
    mine = desk.open()
    desk.save(desk.open(), title="Của chị Lan")
    for press in ({}, {"_merge": "1"}):
        answer = desk.save(mine, **{"photos-TOTAL_FORMS": count, "title": "Của tôi"}, **press)
        assert answer.status_code == 200
    assert Edition.objects.get().title == "Của chị Lan"


def test_what_is_said_of_a_number_is_guarded_as_well(staff):
    official = make_official("0257 3500 120, 0905 000 111")
    desk = Desk(staff, f"/quan-tri/contacts/appointment/{official.pk}/change/")
    form = desk.open()
    desk.save(form, numbers_as_typed="0257 3500 120\n0905 000 111")
    mine = desk.open()
    desk.save(desk.open(), **{"phonenumbers-0-languages": ["vi", "ko"]})
    merged = desk.merge(mine, **{"phonenumbers-1-label": "trực"})
    desk.save(merged)
    rows = PhoneNumber.objects.order_by("position", "pk")
    assert [row.languages for row in rows] == ["vi,ko", ""]
    assert [row.label for row in rows] == ["", "trực"]

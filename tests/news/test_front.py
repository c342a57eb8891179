"""The front page: what editors place, what is new, what each category has, and nothing twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from news.front import LATEST, PER_SECTION, front_page
from news.models import FRONT_PLACES, FrontStory
from tests.making import make_category, make_edition, make_notice

pytestmark = pytest.mark.django_db

NOW = timezone.now


def make_stories(count, **changes):
    """The newest first."""
    start = NOW() - timedelta(days=1)
    return [
        make_edition(title=f"Tin {number}", live_from=start - timedelta(minutes=number), **changes)
        for number in range(count)
    ]


def place(edition, place=1, **changes):
    values = {"starts_at": NOW() - timedelta(hours=1)} | changes
    return FrontStory.objects.create(article=edition.article, place=place, **values)


def test_without_a_choice_the_newest_stand_at_the_head():
    stories = make_stories(FRONT_PLACES + LATEST)
    front = front_page()
    assert front.head == stories[:FRONT_PLACES]
    assert front.latest == stories[FRONT_PLACES:]
    assert front.sections == []


def test_a_placed_story_stands_in_its_place_and_the_others_fill_the_rest():
    stories = make_stories(20)
    place(stories[19], 1)
    place(stories[0], 3)
    front = front_page()
    assert front.head == [stories[19], stories[1], stories[0], stories[2], stories[3]]
    assert front.latest == stories[4 : 4 + LATEST]


@pytest.mark.slow
def test_nothing_stands_twice():
    stories = make_stories(40)
    for number in range(1, FRONT_PLACES + 1):
        place(stories[number * 3], number)
        place(stories[number * 3], 1 + number % FRONT_PLACES)
    front = front_page()
    shown = [*front.head, *front.latest, *(row for each in front.sections for row in each.editions)]
    assert len(shown) == len(set(shown))


def test_of_two_in_one_place_the_later_is_shown_and_then_the_earlier_again():
    stories = make_stories(10)
    place(stories[8], 1)
    late = place(stories[9], 1, starts_at=NOW() - timedelta(minutes=5))
    assert front_page().lead == stories[9]
    late.ends_at = NOW() - timedelta(seconds=1)
    late.save()
    assert front_page().lead == stories[8]


def test_a_place_is_taken_and_left_at_its_second(clock):
    stories = make_stories(8)
    start = NOW() + timedelta(hours=1)
    place(stories[7], 1, starts_at=start, ends_at=start + timedelta(hours=1))
    for moment, lead in (
        (start - timedelta(seconds=1), stories[0]),
        (start, stories[7]),
        (start + timedelta(minutes=59, seconds=59), stories[7]),
        (start + timedelta(hours=1), stories[0]),
    ):
        clock.move_to(moment)
        assert front_page().lead == lead


def test_what_is_placed_and_not_public_leaves_its_place_to_the_newest():
    stories = make_stories(7)
    place(stories[6], 1)
    stories[6].article.trashed_at = NOW()
    stories[6].article.save()
    notice = make_notice()
    place(notice, 2)
    assert front_page().head == stories[:5]


def test_a_category_has_a_section_as_soon_as_it_has_more_to_show():
    stories = make_stories(13, category=make_category(name_vi="Tin chung", position=1))
    quiet = make_category(name_vi="Môi trường", position=2)
    below = make_category(name_vi="Nước thải", parent=quiet)
    old = NOW() - timedelta(days=300)
    first, second, *others = [
        make_edition(category=each, live_from=old - timedelta(days=day))
        for day, each in enumerate([below, quiet, quiet, quiet])
    ]
    front = front_page()
    assert front.head + front.latest == stories
    [section] = front.sections
    assert section.category == quiet
    assert section.editions == [first, second, others[0]][:PER_SECTION]


def test_each_language_has_a_front_page_of_its_own():
    make_stories(2)
    english = make_edition(language="en", title="News")
    place(english, 1)
    with translation.override("en"):
        assert front_page().head == [english]
    assert english not in front_page().head


def test_two_queries_are_enough_whatever_is_placed():
    for number in range(6):
        make_stories(4, category=make_category(name_vi=f"Chuyên mục {number}"))
    place(make_stories(1)[0])
    with CaptureQueriesContext(connection) as queries:
        front = front_page()
        for edition in front.head:
            assert edition.category.name
            assert edition.get_absolute_url()
    assert len(queries) == 2


@pytest.mark.parametrize("values", [{"place": 6}, {"place": 0}, {"ends_at": -1}])
def test_the_database_refuses_what_cannot_be(values):
    edition = make_edition()
    if "ends_at" in values:
        values = {"ends_at": NOW() - timedelta(days=9)}
    with pytest.raises(IntegrityError):
        place(edition, **values)

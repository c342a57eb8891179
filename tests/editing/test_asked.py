"""What a page has asked: whether it would be told the same now."""

import json
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import Appointment
from editing import asked, written
from editing.asked import Answers, noting
from editing.shared import shared, under
from editing.written import Written
from news.models import Article, Category, Edition
from tests.making import make_category, make_draft, make_edition, make_official


def alike(noted) -> bool:
    """As after a while on disk."""
    carried = json.loads(json.dumps(noted.questions))
    return Answers(60).are_alike(carried, "now")


def titles():
    return list(Category.objects.order_by("pk").values_list("name_vi", flat=True))


def live():
    return list(Edition.objects.live().prefetch_related("photos", "tags"))


@Written
def live_ones():
    return Edition.objects.live()


def test_as_long_as_the_rows_are_the_same_the_answer_is(db):
    category = make_category(name_vi="Hoạt động")
    with noting() as noted:
        assert "Hoạt động" in titles()
    assert noted.is_whole
    assert alike(noted)
    Category.objects.filter(pk=category.pk).update(name_vi="Tin")
    assert not alike(noted)


@pytest.mark.parametrize("ask", [live, live_ones])
def test_the_clock_is_asked_anew(db, clock, ask):
    make_edition()
    coming = make_edition(live_from=timezone.now() + timedelta(hours=1))
    with noting() as noted:
        assert coming not in ask()
    assert noted.is_whole
    clock.shift(3599)
    assert alike(noted)
    clock.shift(1)
    assert not alike(noted)


def test_a_clock_that_was_not_asked_for_by_its_name_is_not_known(db):
    make_edition()
    with noting() as noted:
        list(Edition.objects.filter(live_from__lte=timezone.now()))
    assert not noted.is_whole


def test_a_moment_of_a_row_is_known(db):
    edition = make_edition(live_from=timezone.now() - timedelta(days=1))
    with noting() as noted:
        assert list(Edition.objects.filter(listed_at=edition.listed_at)) == [edition]
    assert noted.is_whole
    assert alike(noted)


@pytest.mark.parametrize(
    "text", ["2026-99-99 25:61", "2026-11-02 08:00 họp", "now", '{"clock": "now"}']
)
def test_a_text_is_a_text(db, text):
    make_edition(title=text)
    with noting() as noted:
        assert Edition.objects.filter(title=text).count() == 1
    assert noted.is_whole
    assert alike(noted)


def test_a_day_is_known(db):
    make_official(started_on=timezone.localdate())
    with noting() as noted:
        assert len(Appointment.objects.filter(started_on__lte=timezone.localdate())) == 1
    assert noted.is_whole
    assert alike(noted)


def test_what_writes_is_no_question(db):
    category = make_category()
    with noting() as noted:
        category.save()
    assert not noted.is_whole
    with noting() as noted, connection.cursor() as cursor:
        cursor.execute("SAVEPOINT one")
    assert not noted.is_whole


def test_what_failed_is_not_known(transactional_db):
    with noting() as noted:
        titles()
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")
    assert not noted.is_whole


def test_nothing_asked_is_nothing_known():
    with noting() as noted:
        pass
    assert not noted.is_whole


def test_a_list_for_machines_is_not_compared(db, monkeypatch):
    monkeypatch.setattr(asked, "_MOST_ROWS", 1)
    make_category(), make_category(name_vi="Khác", slug_vi="khac")
    with noting() as noted:
        titles()
    assert not noted.is_whole


def test_whoever_asked_still_gets_the_rows(db):
    make_edition(), make_edition()
    make_draft()
    plain = live(), titles(), Article.objects.count(), Edition.objects.filter(pk=0).first()
    with noting():
        assert (live(), titles(), Article.objects.count()) == plain[:3]
        assert Edition.objects.filter(pk=0).first() is None
        assert live_ones() == plain[0]
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM news_edition ORDER BY id")
            assert (len(cursor.fetchmany(2)), cursor.fetchone() is None) == (2, False)
            assert cursor.fetchall() == []


def test_a_part_is_known_to_each_page_that_has_it(db):
    make_category(name_vi="Hoạt động")
    with under(lambda: "a state of this test"):
        for _page in range(2):
            with noting() as noted:
                shared("titles", titles)
            assert len(noted.questions) == 1
    Category.objects.update(name_vi="Tin")
    assert not alike(noted)


def test_a_part_that_is_not_known_makes_no_page_known(db):
    def part():
        return list(Edition.objects.filter(live_from__lte=timezone.now()))

    with under(lambda: "another state of this test"):
        for _page in range(2):
            with noting() as noted:
                titles()
                shared("part", part)
            assert not noted.is_whole


@pytest.mark.parametrize(
    ("lasts", "counts"), [(60, (1, 0, 1)), (0, (1, 1, 1))], ids=["while it lasts", "no longer"]
)
def test_the_same_is_asked_once_as_long_as_nothing_changes(db, lasts, counts):
    with noting() as noted:
        titles()
    answers = Answers(lasts)
    for state, count in zip(("a", "a", "b"), counts, strict=True):
        with CaptureQueriesContext(connection) as queries:
            assert answers.are_alike(noted.questions, state)
        assert len(queries) == count


def test_the_clock_is_marked_in_one_way_only(db):
    """What would be taken for a mark is no value of a database."""
    with noting() as noted:
        list(Edition.objects.filter(title="now", live_from__lte=written.now()))
    ((_sql, _planned, values, _digest),) = noted.questions
    assert [value for value in values if isinstance(value, dict)] == [{"clock": "now"}]

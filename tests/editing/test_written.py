"""Queries whose SQL is written once: the same rows as ever, at whatever moment they are asked."""

import gc
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import CharField, Value
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from contacts.hotline import hotline_officials
from editing import written
from editing.written import Written
from news.models import Edition, EditionVideo, Tag
from tests.making import make_agency, make_edition, make_notice, make_official

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


@Written
def live():
    return Edition.objects.live().order_by("pk")


@Written
def of_articles(*keys):
    return Edition.objects.filter(article__in=keys).order_by("pk")


@Written
def since(moment):
    return Edition.objects.filter(listed_at__gte=moment)


def test_the_moment_is_that_of_each_asking(db, time_machine_at):
    time_machine_at(START)
    edition = make_edition(live_from=START + timedelta(hours=1))
    assert live() == []
    time_machine_at(START + timedelta(hours=1))
    assert live() == [edition]


def test_the_day_is_that_of_viet_nam(db, time_machine_at):
    make_official("0257 3503 168", started_on=date(2026, 11, 3))
    time_machine_at(datetime(2026, 11, 2, 16, 59, tzinfo=UTC))
    assert hotline_officials() == []
    time_machine_at(datetime(2026, 11, 2, 17, 0, tzinfo=UTC))
    assert len(hotline_officials()) == 1


def test_keys_are_filled_in_where_they_belong(db):
    first, second, third = make_edition(), make_edition(), make_edition()
    assert of_articles(first.article_id, third.article_id) == [first, third]
    assert of_articles(third.article_id, second.article_id) == [second, third]


def test_as_many_keys_as_there_are_may_be_given(db):
    editions = [make_edition() for _number in range(3)]
    keys = [edition.article_id for edition in editions]
    assert [len(of_articles(*keys[:count])) for count in (1, 2, 3)] == [1, 2, 3]


def test_a_moment_may_be_given(db):
    edition = make_edition()
    assert since(edition.listed_at) == [edition]
    assert since(edition.listed_at + timedelta(microseconds=1)) == []


@Written
def titled(title):
    return Edition.objects.filter(title=title)


def test_a_text_may_be_given(db):
    edition = make_edition(title="Năm '26: 100% 'mới'")
    assert titled("Năm '26: 100% 'mới'") == [edition]
    assert titled("Năm 26") == []


@Written
def with_signs():
    sign = Value("100% 'của' %s", output_field=CharField())
    return Edition.objects.annotate(sign=sign, number=Value(7)).values_list("sign", "number")


def test_what_is_always_the_same_stands_in_the_sql(db):
    make_edition()
    assert with_signs() == [("100% 'của' %s", 7)]
    assert [text.values for text in _all(with_signs)] == [()]


def test_the_sql_is_written_once(db, monkeypatch):
    live()
    compiler = type(Edition.objects.all().query.get_compiler("default"))
    monkeypatch.setattr(compiler, "as_sql", None)
    with CaptureQueriesContext(connection) as queries:
        live()
    assert len(queries) == 1


def test_each_language_has_its_own(db):
    make_agency()
    page = Client().get
    assert "Ban Quản lý Khu kinh tế" in page("/").content.decode()
    assert "Economic Zone Authority" in page("/en/").content.decode()
    assert "Ban Quản lý Khu kinh tế" in page("/").content.decode()


def test_none_of_the_portal_s_queries_keeps_the_moment_at_which_it_was_written(db):
    make_notice()
    edition = make_edition()
    for path in (
        "/",
        "/tin-tuc/",
        edition.get_absolute_url(),
        "/tim-kiem/?q=khu",
        "/thong-bao/",
        "/duong-day-nong/",
    ):
        Client().get(path)
    years = (str(timezone.localdate().year), str(written._MOMENT.year))
    gc.unfreeze()  # what `tests/conftest.py` has set apart is looked at, too
    texts = [text for each in gc.get_objects() if type(each) is Written for text in _all(each)]
    gc.freeze()
    assert len(texts) > 5
    for text in texts:
        kept = [value for at, value in enumerate(text.values) if at not in text.marks]
        assert not [value for value in kept if str(value).startswith(years)], text.sql
        assert not [year for year in years if f"'{year}" in text.sql], text.sql


def _all(each):
    return list(each._texts.values())


def test_outside_of_writing_the_clock_is_the_clock(time_machine_at):
    time_machine_at(START)
    assert (written.now(), written.today()) == (START, date(2026, 11, 2))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_rows_are_those_that_django_would_read(db, language):
    make_edition(language=language)
    with translation.override(language):
        assert live() == list(Edition.objects.live().order_by("pk"))


def test_what_is_known_is_not_asked_for(db):
    edition = make_edition()
    tag = Tag.objects.create(name_vi="Hạ tầng")
    use = EditionVideo(edition_id=edition.pk, address="https://video.example/1")
    written.know(edition, "tags", [tag])
    written.know(edition, "videos", [use])
    with CaptureQueriesContext(connection) as asked:
        assert list(edition.tags.all()) == [tag]
        assert [row.edition for row in edition.videos.all()] == [edition]
    assert asked.captured_queries == []


def test_an_article_is_asked_for_the_parts_that_it_has(citizen, db):
    edition = make_edition()
    address = edition.get_absolute_url()
    citizen.get(address)
    with CaptureQueriesContext(connection) as without:
        citizen.get(address)
    edition.tags.add(Tag.objects.create(name_vi="Hạ tầng"))
    citizen.get(address)  # the neighbours of another number of tags are asked for otherwise
    with CaptureQueriesContext(connection) as with_tags:
        assert "Hạ tầng" in citizen.get(address).content.decode()
    assert len(with_tags) == len(without) + 1

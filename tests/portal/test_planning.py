"""How the database finds what a page shows: from the index of the list, however many articles."""

import pytest
from django.db import connection

from news.models import Edition, Tag
from portal.planning import renew_statistics
from portal.tasks import TASKS
from tests.making import make_edition


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL renews them by itself")
def test_a_list_is_read_in_its_own_order(db):
    for _number in range(30):
        make_edition()
    renew_statistics()
    rows = Edition.objects.live().in_language("vi").listed().news().newest_first()
    assert "USING INDEX news_list" in rows.for_cards()[:21].explain()


def test_the_database_looks_at_its_tables_every_day(db):
    make_edition()
    assert TASKS["renew_statistics"].every.days == 1
    TASKS["renew_statistics"].run()


@pytest.mark.parametrize("many", [0, 1000])
def test_a_tag_shows_the_same_articles_however_many_have_it(citizen, monkeypatch, many):
    monkeypatch.setattr("news.views.MANY", many)
    tag = Tag.objects.create(name_vi="Hạ tầng")
    shown, other = make_edition(title="Mở rộng đường trục"), make_edition(title="Trồng cây")
    shown.tags.add(tag)
    page = citizen.get(tag.get_absolute_url()).content.decode()
    main = page.partition("<main")[2]
    assert (shown.title in main, other.title in main) == (True, False)

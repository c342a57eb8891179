"""On PostgreSQL: a query that is often asked is planned once for each connection."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from editing.written import Written
from news.models import Edition
from portal.page_cache import places
from portal.page_cache.changes import is_noticed
from tests.making import make_edition

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite keeps plans by itself"
)


@Written
def live(article_id, moment):
    return Edition.objects.live().filter(article=article_id, listed_at__lte=moment)


def plans():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, generic_plans + custom_plans FROM pg_prepared_statements")
        return dict(cursor.fetchall())


@pytest.fixture(autouse=True)
def nothing_is_planned(db):
    connection._planned_by = None
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    yield
    connection._planned_by = None
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")


def test_the_plan_is_asked_again_with_other_values():
    editions = [make_edition() for _edition in range(3)]
    for edition in editions:
        assert live(edition.article_id, timezone.now()) == [edition]
    assert list(plans().values()) == [3]


def test_it_outlives_a_transaction_that_is_taken_back():
    edition = make_edition()
    with transaction.atomic():
        live(edition.article_id, timezone.now())
        transaction.set_rollback(True)
    assert live(edition.article_id, timezone.now()) == [edition]
    assert list(plans().values()) == [2]


def test_another_connection_of_the_server_has_its_own(monkeypatch):
    edition = make_edition()
    live(edition.article_id, timezone.now())
    monkeypatch.setattr(connection, "_planned_by", "the one before")
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert live(edition.article_id, timezone.now()) == [edition]


def test_behind_a_pooler_nothing_is_left_with_the_server(monkeypatch):
    edition = make_edition()
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    assert live(edition.article_id, timezone.now()) == [edition]
    assert plans() == {}


def test_what_is_logged_can_be_read():
    with CaptureQueriesContext(connection) as queries:
        live(1, timezone.now())
    assert 'FROM "news_edition"' in queries.captured_queries[0]["sql"]


def test_it_is_no_change_of_what_pages_show(settings, tmp_path):
    settings.PAGE_CACHE, settings.VAR_DIR = True, tmp_path
    settings.MARKS_DIR = tmp_path / "pages"
    for known in (places.folder, places.marks):
        known.cache_clear()
    before = places.marks().current()
    live(1, timezone.now())
    assert places.marks().current() == before
    for known in (places.folder, places.marks):
        known.cache_clear()
    assert not is_noticed("EXECUTE planned_0 (1)")
    assert is_noticed("EXECUTE other (1)")


def test_the_server_neither_compiles_a_query_nor_shares_it_out(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
        cursor.execute("SHOW max_parallel_workers_per_gather")
        assert cursor.fetchone() == ("0",)


def test_the_server_plans_once(db):
    for _time in range(3):
        live(1, timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(generic_plans), sum(custom_plans) FROM pg_prepared_statements")
        planned, anew = cursor.fetchone()
    assert planned >= 3
    assert anew == 0

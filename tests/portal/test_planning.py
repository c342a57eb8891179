"""How the database finds what a page shows: from the index of the list, however many articles."""

from datetime import timedelta
from itertools import cycle

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news.lists import LAST_NUMBERED_PAGE, PER_PAGE
from news.models import Article, Edition, Tag
from portal.planning import renew_statistics
from portal.tasks import TASKS
from tests.making import make_category, make_edition


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL renews them by itself")
def test_a_list_is_read_in_its_own_order(db):
    for _number in range(30):
        make_edition()
    renew_statistics()
    rows = Edition.objects.live().in_language("vi").listed().news().newest_first()
    assert "USING INDEX news_list" in rows.for_cards()[:21].explain()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads so few in one go")
def test_what_a_numbered_page_leaves_out_is_counted_in_the_index(citizen):
    for _number in range(PER_PAGE + 1):
        make_edition()
    renew_statistics()
    with CaptureQueriesContext(connection) as asked:
        assert citizen.get("/tin-tuc/?page=2").status_code == 200
    [sql] = [query["sql"] for query in asked if "OFFSET 20" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        assert "USING COVERING INDEX news_list" in str(cursor.fetchall())


MANY, SUBJECTS = 3000, 10


@pytest.fixture
def many_texts(db):
    """News and ended notices, as a portal has them after years."""
    board = make_category(name_vi="Thông báo", is_notice_board=True)
    news, notice = make_edition(), make_edition(category=board)
    subjects = [make_category(name_vi=f"Lĩnh vực {number}") for number in range(SUBJECTS)]
    for row, categories in ((news, subjects), (notice, [board])):
        articles = Article.objects.bulk_create([Article() for _number in range(MANY)])
        Edition.objects.bulk_create(
            _like(row, article, timedelta(hours=at), category)
            for at, (article, category) in enumerate(zip(articles, cycle(categories), strict=False))
        )
    Edition.objects.filter(category=board).update(ends_at=timezone.now() - timedelta(days=9))
    renew_statistics()
    return news


def _like(row, article, earlier, category):
    same = {name: getattr(row, name) for name in ("title", "slug", "language", "state")}
    moments = {name: getattr(row, name) - earlier for name in ("live_from", "listed_at")}
    return Edition(article=article, category=category, **moments, **same)


def rows_read(sql, params, table="news_edition"):
    """How many rows of the table the server looks at for an answer."""
    return _read_in(plan_of(sql, params), table)


def plan_of(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        return cursor.fetchone()[0][0]["Plan"]


def _read_in(node, table):
    own = 0
    if node.get("Relation Name") == table:
        rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        own = rows * node["Actual Loops"]
    return own + sum(_read_in(each, table) for each in node.get("Plans", ()))


@pytest.fixture
def asked_for(citizen, monkeypatch):
    """The queries of pages, with their values."""
    monkeypatch.setattr(connection, "planned", lambda sql, _values: sql, raising=False)

    def queries_of(*addresses):
        asked = []

        def note(execute, sql, params, many, context):
            asked.append((sql, params))
            return execute(sql, params, many, context)

        for address in addresses:
            with connection.execute_wrapper(note):
                assert citizen.get(address).status_code == 200
        return asked

    return queries_of


reads_plans = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="reads PostgreSQL's plans"
)


@reads_plans
def test_a_page_reads_as_few_of_many_texts_as_of_few(asked_for, many_texts):
    asked = asked_for("/", "/tin-tuc/", many_texts.get_absolute_url(), "/duong-day-nong/")
    read = {sql: rows_read(sql, params) for sql, params in asked if "news_edition" in sql}
    assert len(read) > 5
    # Whether there is any news is read up to the first; what stands before it on the disk depends on
    # what was deleted there.
    assert {sql: rows for sql, rows in read.items() if rows > MANY / 2} == {}


@reads_plans
def test_the_newest_of_a_subject_are_found_without_those_of_the_others(asked_for, many_texts):
    plans = [plan_of(*query) for query in asked_for("/") if "news_edition" in query[0]]
    assert "news_category_list" in str(plans)
    assert "news_list" not in str(plans)


@reads_plans
def test_a_numbered_page_asks_no_article_of_what_it_leaves_out(asked_for, many_texts):
    asked = asked_for(f"/tin-tuc/?page={LAST_NUMBERED_PAGE}")
    [(sql, params)] = [query for query in asked if "OFFSET" in query[0]]
    assert rows_read(sql, params) > LAST_NUMBERED_PAGE * PER_PAGE
    assert rows_read(sql, params, "news_article") <= 2 * PER_PAGE


def test_the_database_looks_at_its_tables_every_day(db):
    make_edition()
    assert TASKS["renew_statistics"].every.days == 1
    TASKS["renew_statistics"].run()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's indexes always may")
def test_an_index_may_answer_for_what_was_written_a_moment_ago(transactional_db):
    make_edition()
    TASKS["renew_statistics"].run()
    with connection.cursor() as cursor:
        cursor.execute("SELECT relallvisible FROM pg_class WHERE relname = 'news_edition'")
        assert cursor.fetchone()[0] > 0


@pytest.mark.parametrize("many", [0, 1000])
def test_a_tag_shows_the_same_articles_however_many_have_it(citizen, monkeypatch, many):
    monkeypatch.setattr("news.views.MANY", many)
    tag = Tag.objects.create(name_vi="Hạ tầng")
    shown, other = make_edition(title="Mở rộng đường trục"), make_edition(title="Trồng cây")
    shown.tags.add(tag)
    page = citizen.get(tag.get_absolute_url()).content.decode()
    main = page.partition("<main")[2]
    assert (shown.title in main, other.title in main) == (True, False)

"""The marks of changes: what every process knows of the generation of pages that is good."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress

import pytest
from django.db import connection, transaction

from news.models import Category
from portal.databases.sqlite3.base import Cursor
from portal.models import Redirect, Task
from portal.page_cache import marks as marks_module
from portal.page_cache import places
from portal.page_cache.changes import SILENT, is_noticed
from portal.page_cache.marks import FileMarks, Folder
from portal.page_cache.shared_marks import SharedMarks
from tests.making import make_category
from tests.portal.installation import ROOT

REDIS = shutil.which("redis-server") or shutil.which("valkey-server")


@pytest.fixture
def pages(settings, tmp_path):
    """The marks of this installation, in a folder of their own."""
    settings.PAGE_CACHE, settings.VAR_DIR = True, tmp_path
    settings.MARKS_DIR = tmp_path / "pages"
    places.folder.cache_clear()
    places.marks.cache_clear()
    yield places.marks()
    places.folder.cache_clear()
    places.marks.cache_clear()


@pytest.fixture(scope="module")
def redis_url():
    if REDIS is None:
        pytest.skip("redis-server is missing: apt-get install redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen([REDIS, *options], stdout=subprocess.DEVNULL) as server:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
        server.terminate()


@pytest.fixture(params=["files", "redis"])
def two_processes(request, tmp_path):
    """The marks as two processes see them: of one host, or of two."""
    if request.param == "files":
        return FileMarks(Folder(tmp_path)), FileMarks(Folder(tmp_path))
    url = request.getfixturevalue("redis_url")
    prefix = tmp_path.name + request.node.name
    return tuple(
        SharedMarks(Folder(tmp_path / name), url, prefix=prefix) for name in ("here", "there")
    )


def test_a_change_begins_a_generation_for_everybody(two_processes):
    here, there = two_processes
    before = here.current()
    assert before is not None
    assert there.current() == before
    with here.change():
        assert here.current() is None
        assert there.current() is None
    after = there.current()
    assert after not in (None, before)
    assert here.current() == after


def test_of_two_changes_at_once_the_later_one_ends_it(two_processes):
    here, there = two_processes
    here.current()
    with here.change():
        with there.change():
            pass
        assert there.current() is None
    assert there.current() is not None


def test_the_clock_ends_a_generation_once(two_processes):
    here, there = two_processes
    first = here.current()
    here.renew(first)
    second = there.current()
    assert second not in (None, first)
    there.renew(first)  # saw it ended too, and comes late
    assert here.current() == second


def test_of_a_change_that_failed_nobody_knows_whether_it_was_made(tmp_path, monkeypatch):
    here, there = FileMarks(Folder(tmp_path)), FileMarks(Folder(tmp_path))
    before = here.current()
    with suppress(OSError), here.change():
        raise OSError("connection lost")
    assert there.current() is None
    monkeypatch.setattr(marks_module, "GRACE", -1.0)
    monkeypatch.setattr(marks_module, "_SETTLE_EVERY", 0.0)
    there.current()
    assert there.current() not in (None, before)


def test_over_a_server_too(redis_url, tmp_path, monkeypatch):
    from portal.page_cache import shared_marks

    monkeypatch.setattr(
        shared_marks, "_GIVE_UP", shared_marks._GIVE_UP.replace("time + 10", "time - 1")
    )
    marks = SharedMarks(Folder(tmp_path), redis_url, prefix="failing")
    before = marks.current()
    with suppress(OSError), marks.change():
        raise OSError("connection lost")
    assert marks.current() not in (None, before)


def test_when_the_server_is_gone_nothing_is_kept_and_changes_go_on(tmp_path):
    marks = SharedMarks(Folder(tmp_path), "redis://127.0.0.1:1/0", prefix="gone")
    assert marks.current() is None
    with marks.change():
        done = True
    assert done
    assert marks.current() is None


def test_another_host_follows_with_its_link(redis_url, tmp_path):
    here = SharedMarks(Folder(tmp_path / "here"), redis_url, prefix="links")
    there = SharedMarks(Folder(tmp_path / "there"), redis_url, prefix="links")
    with here.change():
        there.point_here()
        assert there.folder.now() == "changing"
    there.point_here()
    assert there.folder.now() == here.folder.now() == here.current()


WRITER = """
import os, sys, time
from pathlib import Path
from portal.page_cache.marks import FileMarks, Folder
with FileMarks(Folder(Path(sys.argv[1]))).change():
    print("changing", flush=True)
    time.sleep(60)
"""


def test_a_killed_writer_leaves_nothing_kept_until_its_change_must_be_made(tmp_path, monkeypatch):
    marks = FileMarks(Folder(tmp_path))
    before = marks.current()
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout.readline() == b"changing\n"
        monkeypatch.setattr(marks_module, "_SETTLE_EVERY", 0.0)
        monkeypatch.setattr(marks_module, "GRACE", -1.0)
        marks.current()
        assert marks.current() is None  # it lives, however long it takes
        monkeypatch.setattr(marks_module, "GRACE", 10.0)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        marks.current()
        assert marks.current() is None
        monkeypatch.setattr(marks_module, "GRACE", -1.0)
        marks.current()
        assert marks.current() not in (None, before)


def test_many_changes_at_once_end_in_one_generation(tmp_path):
    marks = FileMarks(Folder(tmp_path))

    def change_often():
        for _time in range(20):
            with FileMarks(Folder(tmp_path)).change():
                pass

    threads = [threading.Thread(target=change_often) for _thread in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert marks.current() is not None
    assert list((tmp_path / "writers").iterdir()) == []


def test_a_full_disk_keeps_nothing_and_stops_no_change(tmp_path, monkeypatch):
    marks = FileMarks(Folder(tmp_path))
    marks.current()

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(marks_module.os, "symlink", full)
    with marks.change():
        assert marks.current() is None
    assert marks.current() is None


@pytest.mark.parametrize("step", range(1, 9))
def test_a_disk_that_fills_up_within_a_change_leaves_nothing_stale(tmp_path, monkeypatch, step):
    marks, reader = FileMarks(Folder(tmp_path)), FileMarks(Folder(tmp_path))
    before = reader.current()
    room = {"left": step}

    def filling(wrapped):
        def do(*arguments, **options):
            room["left"] -= 1
            if room["left"] == 0:  # once; then somebody has made room
                raise OSError(28, "No space left on device")
            return wrapped(*arguments, **options)

        return do

    monkeypatch.setattr(marks_module.os, "open", filling(os.open))
    monkeypatch.setattr(marks_module.os, "symlink", filling(os.symlink))
    with marks.change():
        within = {reader.current() for _time in range(3)}
    assert reader.current() not in {None, before, *within}
    with marks.change():
        assert reader.current() is None
    assert reader.current() is not None
    assert not list((tmp_path / "writers").iterdir())


def test_where_nothing_can_be_marked_nothing_is_changed(tmp_path, monkeypatch, caplog):
    marks = FileMarks(Folder(tmp_path))
    good = marks.current()

    def refuse(*_arguments, **_options):
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patched:
        for name in ("open", "symlink", "unlink"):
            patched.setattr(marks_module.os, name, refuse)
        with pytest.raises(OSError, match="Read-only"), marks.change():
            pytest.fail("It was changed.")
    assert str(tmp_path) in caplog.text
    assert "MARKS_DIR" in caplog.text
    assert marks.current() == good


def test_a_change_that_is_made_does_not_fail_by_its_mark(tmp_path, monkeypatch):
    marks = FileMarks(Folder(tmp_path))
    marks.current()

    def refuse(*_arguments, **_options):
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patched, marks.change():
        for name in ("open", "symlink", "unlink"):
            patched.setattr(marks_module.os, name, refuse)
    assert marks.current() is None  # until nobody can be at it any more


def test_where_no_generation_can_begin_it_is_said_once(tmp_path, caplog):
    (tmp_path / "marks").write_text("a file")
    marks = FileMarks(Folder(tmp_path / "marks"))
    assert [marks.current(), marks.current()] == [None, None]
    assert caplog.text.count("MARKS_DIR") == 1


def test_a_reader_begins_none_while_somebody_changes_something(tmp_path):
    marks, reader = FileMarks(Folder(tmp_path)), FileMarks(Folder(tmp_path))
    with marks.change():
        marks.folder.forget_where_to_point()
        assert reader.current() is None
    assert reader.current() is not None


def test_what_killed_writers_left_behind_stops_no_sweep(tmp_path):
    """Nor the link of a time when pages and marks lay in one folder."""
    path, pages = tmp_path / "marks", tmp_path / "pages"
    FileMarks(Folder(pages)).current()
    marks = FileMarks(Folder(path, pages))
    for _time in range(5):
        marks.renew(marks.current())
    for place in (path / "now.0123abcd", pages / "now.0123abcd", path / "latest.0123abcd"):
        place.symlink_to("nowhere")
    (pages / "often").write_text("kept")
    marks.folder.sweep(older_than=-1)
    assert sorted(each.name for each in pages.iterdir()) == sorted(
        [marks.current(), "lock", "often"]
    )
    assert sorted(each.name for each in path.iterdir()) == sorted([marks.current(), "lock", "now"])


def test_old_generations_are_swept_away_and_the_good_one_stays(tmp_path):
    marks = FileMarks(Folder(tmp_path))
    first = marks.current()
    marks.renew(first)
    marks.folder.sweep(older_than=-1)
    assert not (tmp_path / first).exists()
    assert (tmp_path / marks.current()).exists()


def test_what_outlives_its_generation_is_swept_away_after_a_day(tmp_path):
    marks = FileMarks(Folder(tmp_path))
    marks.current()
    new, old = tmp_path / "last/ab/new", tmp_path / "last/ab/old"
    new.parent.mkdir(parents=True)
    for path in (new, old):
        path.touch()
    os.utime(old, times=(time.time() - 86_500,) * 2)
    marks.folder.sweep()
    assert (new.exists(), old.exists()) == (True, False)
    marks.begin_anew()
    assert not new.exists()


# What the database says

STATEMENTS = [
    ('INSERT INTO "news_edition" ("title") VALUES (%s)', True),
    ('UPDATE "portal_agency" SET "name_vi" = %s', True),
    ('DELETE FROM "portal_link" WHERE "id" IN (%s)', True),
    ("insert or ignore into news_tag values (1)", True),
    ("REPLACE INTO contacts_unit VALUES (1)", True),
    ("TRUNCATE TABLE contacts_person", True),
    ('ALTER TABLE "news_edition" ADD COLUMN x int', True),
    ("WITH old AS (DELETE FROM news_tag RETURNING id) SELECT * FROM old", True),
    ("COPY news_edition FROM STDIN", True),
    ('SELECT "news_edition"."id" FROM "news_edition" FOR UPDATE', False),
    ("WITH found AS (SELECT 1) SELECT * FROM found", False),
    ("(SELECT 1) UNION ALL (SELECT 2)", False),
    ("( ( SELECT 1))", False),
    ("(WITH new AS (INSERT INTO news_tag VALUES (1)) SELECT 1)", True),
    ('SAVEPOINT "s1"', False),
    ("PRAGMA foreign_keys = ON", False),
    ('UPDATE "django_session" SET "session_data" = %s', False),
    ('INSERT INTO "stats_daytotal" ("day") VALUES (%s)', False),
    ("INSERT INTO portal_searchindex(rowid, tokens) VALUES (%s, %s)", False),
]


@pytest.mark.parametrize(("sql", "expected"), STATEMENTS)
def test_which_statements_change_what_pages_show(sql, expected):
    assert is_noticed(sql) is expected


def test_silent_tables_are_there():
    """One that is called otherwise now would end a generation for nothing."""
    from django.apps import apps

    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert tables >= SILENT


def test_a_save_ends_the_generation_when_it_is_committed(pages, transactional_db):
    before = pages.current()
    with transaction.atomic():
        make_category()
        assert pages.current() == before
    assert pages.current() not in (None, before)


def test_the_mark_stands_before_the_commit_and_goes_after_it(pages, transactional_db, monkeypatch):
    seen = []
    commit = connection._commit

    def watched():
        seen.append(pages.current())
        commit()
        seen.append(pages.current())

    monkeypatch.setattr(connection, "_commit", watched)
    with transaction.atomic():
        make_category()
    assert seen == [None, None]
    assert pages.current() is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda: Category.objects.update(name_vi="Tin mới"),
        lambda: Category.objects.all().delete(),
        lambda: Category.objects.bulk_create([Category(name_vi="B", slug_vi="b")]),
        lambda: Redirect.objects.create(old_path="/cu/", new_path="/moi/"),
        lambda: connection.cursor().execute("UPDATE news_category SET name_vi = 'C'"),
    ],
)
def test_every_way_of_writing_ends_it(pages, transactional_db, change):
    make_category()
    before = pages.current()
    change()
    assert pages.current() not in (None, before)


def test_what_is_rolled_back_ends_nothing(pages, transactional_db):
    before = pages.current()
    with suppress(ZeroDivisionError), transaction.atomic():
        make_category()
        raise ZeroDivisionError
    assert pages.current() == before
    with transaction.atomic():
        pass  # and nothing of it is left for the next transaction
    assert pages.current() == before


def test_a_part_that_is_rolled_back_hides_no_other_part(pages, transactional_db):
    before = pages.current()
    with transaction.atomic():
        with suppress(ZeroDivisionError), transaction.atomic():
            make_category()
            raise ZeroDivisionError
        make_category()
    assert pages.current() not in (None, before)


def test_work_that_no_page_shows_ends_nothing(pages, transactional_db):
    before = pages.current()
    Task.objects.create(name="x", due_at="2026-01-01T00:00:00Z")
    assert pages.current() == before


def test_a_row_that_is_written_by_itself_is_committed_when_it_is_marked_as_made(tmp_path):
    """SQLite commits a statement that gives rows back only when they are fetched."""
    path = tmp_path / "a.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as ours:
        ours.execute("PRAGMA journal_mode=WAL")
        ours.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)")
        cursor = ours.cursor(factory=Cursor)
        cursor.execute("INSERT INTO t (name) VALUES (%s), (%s) RETURNING name", ("a", "b"))
        with closing(sqlite3.connect(path)) as theirs:
            assert theirs.execute("SELECT count(*) FROM t").fetchone() == (2,)
        assert cursor.fetchmany(1) == [("a",)]
        assert cursor.fetchone() == ("b",)
        assert cursor.fetchone() is None
        assert cursor.fetchall() == []

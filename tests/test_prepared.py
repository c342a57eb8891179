"""What tests copy is what a first start makes."""

import os
from contextlib import ExitStack

import pytest

from tests import prepared
from tests.portal.installation import Installation
from tests.stats.served import copied, own_database

DATABASE_URL = os.environ.get("DATABASE_URL", "")

MIGRATIONS = """
import json
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
loader = executor.loader
print(json.dumps({
    "files": sorted(loader.graph.nodes),
    "applied": sorted(loader.applied_migrations),
    "left": [str(step) for step in executor.migration_plan(loader.graph.leaf_nodes())],
}))
"""

SCHEMA = """
import json
from django.db import connection
asked = connection.introspection
with connection.cursor() as cursor:
    print(json.dumps({
        table: [asked.get_table_description(cursor, table), asked.get_constraints(cursor, table)]
        for table in asked.table_names(cursor)
    }, default=str, sort_keys=True))
"""


@pytest.mark.parametrize(
    "changed",
    ["news/migrations/0099_new.py", "editing/rules.py", "locale/vi/LC_MESSAGES/django.mo", ".env"],
)
def test_what_was_migrated_before_a_change_is_not_taken(tmp_path, changed):
    old = tmp_path / "news/migrations/0001_initial.py"
    old.parent.mkdir(parents=True)
    old.write_text("before")
    found = {prepared.fingerprint(tmp_path)}
    (tmp_path / changed).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / changed).write_text("new")
    found.add(prepared.fingerprint(tmp_path))
    old.write_text("after it")
    found.add(prepared.fingerprint(tmp_path))
    old.rename(old.with_name("0001_first.py"))
    found.add(prepared.fingerprint(tmp_path))
    assert len(found) == 4


def test_another_version_of_a_package_makes_it_anew(tmp_path, monkeypatch):
    before = prepared.fingerprint(tmp_path)
    monkeypatch.setattr(prepared, "distributions", list)
    assert prepared.fingerprint(tmp_path) != before


def test_two_runs_may_keep_it_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv(prepared._RUN, str(tmp_path))
    made, kept = prepared.Prepared("migrated", ""), tmp_path / "kept/migrated-1"
    made.folder.mkdir()
    (made.folder / "portal.sqlite3").write_text("rows")
    kept.parent.mkdir()
    for _run in range(2):
        prepared._keep(made, kept)
    assert [path.name for path in kept.parent.iterdir()] == ["migrated-1"]
    assert (kept / "portal.sqlite3").read_text() == "rows"


@pytest.mark.slow
def test_the_copied_database_has_every_migration_of_the_files(tmp_path):
    ready = prepared.migrated(DATABASE_URL)
    ready.copy_to(tmp_path)
    with ExitStack() as stack:
        url = stack.enter_context(own_database(DATABASE_URL, ready)) if DATABASE_URL else ""
        found = Installation(tmp_path, url).ask(MIGRATIONS)
    assert found["applied"] == found["files"] != []
    assert found["left"] == []


@pytest.mark.slow
def test_a_first_start_from_nothing_makes_what_is_copied(tmp_path):
    with ExitStack() as stack:
        url = stack.enter_context(own_database(DATABASE_URL)) if DATABASE_URL else ""
        first = Installation(tmp_path / "first", url)
        first.run("serve", "--prepare-only")
        copy = Installation(tmp_path / "copy", **stack.enter_context(copied(tmp_path / "copy")))
        assert copy.ask(SCHEMA) == first.ask(SCHEMA)
        assert copy.counts() == first.counts()

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

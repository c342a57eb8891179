from django.db import migrations

RECENT, FLOOR = "portal_searchrecent", "portal_searchfloor"
STATEMENTS = (
    f"CREATE TABLE {RECENT} (key bigint PRIMARY KEY, tokens tsvector NOT NULL)",
    f"ALTER TABLE {RECENT} ALTER COLUMN tokens SET STORAGE EXTERNAL",
    # Without a list of what is to be sorted in: every search would read that list too.
    f"CREATE INDEX {RECENT}_tokens ON {RECENT} USING gin (tokens) WITH (fastupdate = off)",
    f"CREATE TABLE {FLOOR} (key bigint NOT NULL)",
    # Above every key: the small table has nothing yet, until the runner fills it.
    f"INSERT INTO {FLOOR} SELECT CASE WHEN EXISTS (SELECT FROM portal_searchindex) "  # noqa: S608
    "THEN 9223372036854775807 ELSE 0 END",
)


def create_tables(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in STATEMENTS:
            schema_editor.execute(statement, params=None)


def drop_tables(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in (RECENT, FLOOR):
            schema_editor.execute(f"DROP TABLE {table}", params=None)


class Migration(migrations.Migration):
    dependencies = [("portal", "0014_texts_know_their_file")]

    operations = [migrations.RunPython(create_tables, drop_tables)]

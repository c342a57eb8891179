from importlib import import_module

from django.db import migrations

before = import_module("portal.migrations.0021_search_function")

# Where the table of the newest has every text, there is nothing to look for in the large one.
CREATE = before.CREATE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
    "IF cardinality(found_keys) < most[at] THEN",
    "IF floor_key > 0 AND cardinality(found_keys) < most[at] THEN",
)
BEFORE = before.CREATE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def replace_function(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE, params=None)


def restore_function(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BEFORE, params=None)


class Migration(migrations.Migration):
    dependencies = [("portal", "0021_search_function")]

    operations = [migrations.RunPython(replace_function, restore_function)]

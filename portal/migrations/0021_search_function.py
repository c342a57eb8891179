from django.db import migrations

# Of each question the newest texts: from the table of the newest, and from the large one where that
# does not have enough. In a function each step keeps its plan, and a question that is not to be asked
# costs nothing. OFFSET 0 keeps the planner from walking the keys and reading every list on the way.
CREATE = """
CREATE FUNCTION portal_search(
    numbers integer[], questions text[], most integer[], above integer[], highest bigint
) RETURNS TABLE (number integer, key bigint)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    floor_key bigint;
    wanted tsquery;
    found_keys bigint[];
    found_first integer := 0;
    found_any boolean := false;
BEGIN
    SELECT f.key INTO floor_key FROM portal_searchfloor f;
    FOR at IN 1 .. cardinality(numbers) LOOP
        CONTINUE WHEN at > 1
            AND CASE WHEN above[at] IS NULL THEN found_any ELSE found_first <= above[at] END;
        wanted := questions[at]::tsquery;
        found_keys := ARRAY(
            SELECT near.key
            FROM (SELECT r.key FROM portal_searchrecent r WHERE r.tokens @@ wanted OFFSET 0) near
            WHERE near.key BETWEEN floor_key AND highest
            ORDER BY near.key DESC LIMIT most[at]
        );
        IF cardinality(found_keys) < most[at] THEN
            found_keys := found_keys || ARRAY(
                SELECT far.key
                FROM (SELECT i.key FROM portal_searchindex i WHERE i.tokens @@ wanted OFFSET 0) far
                WHERE far.key <= least(highest, floor_key - 1)
                ORDER BY far.key DESC LIMIT most[at] - cardinality(found_keys)
            );
        END IF;
        IF at = 1 THEN
            found_first := cardinality(found_keys);
        END IF;
        found_any := found_any OR cardinality(found_keys) > 0;
        RETURN QUERY SELECT numbers[at], unnest(found_keys);
    END LOOP;
END
$$
"""
DROP = "DROP FUNCTION portal_search(integer[], text[], integer[], integer[], bigint)"


def create_function(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE, params=None)


def drop_function(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP, params=None)


class Migration(migrations.Migration):
    dependencies = [("portal", "0020_search_by_key")]

    operations = [migrations.RunPython(create_function, drop_function)]

"""What the database knows of its own tables, by which it chooses its ways."""

from django.db import connection


def renew_statistics() -> None:
    """Without them a new index is taken for a good one, whatever it is asked: SQLite keeps none by
    itself, and with 100,000 articles a list takes seconds instead of milliseconds.

    PostgreSQL keeps them, but sees to what an index may answer by itself only when a fifth of a table
    is new, and the newest articles are what is asked for.
    """
    has_pages_to_note = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)" if has_pages_to_note else "ANALYZE")

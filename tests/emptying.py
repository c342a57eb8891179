"""Tests that commit leave rows, which are gone before the next one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.commands import flush

MADE_BY_DJANGO = (ContentType, Permission)  # after each emptying, from the models


@contextmanager
def only_filled_tables_are_emptied(connection: Any) -> Iterator[None]:
    """PostgreSQL truncates a table by making new files for it and its indexes, whatever is in it: of
    all tables that takes half a second after each test. To find out what Django makes afterwards
    takes as long, on both databases; it stays where the test has left it as it was."""
    # Of the class: the thread of a browser's tests has another connection.
    operations, make = type(connection.ops), flush.emit_post_migrate_signal
    truncate = operations.sql_flush
    made: list[Any] = []

    def sql_flush(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
        if options.get("reset_sequences"):  # those of empty tables have moved, too
            return truncate(self, style, tables, **options)
        stay = {model._meta.db_table for model in MADE_BY_DJANGO} if _rows() == made else set()
        # In one transaction, at whose end foreign keys are looked at.
        quote = self.quote_name
        return [f"DELETE FROM {quote(t)}" for t in _filled(tables) if t not in stay]

    def _filled(tables: list[str]) -> list[str]:
        asked = [f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM {t})" for t in tables]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(asked))
            return [table for (table,) in cursor]

    def emit_post_migrate_signal(*arguments: Any, **options: Any) -> None:
        if _rows() == made:
            ContentType.objects.clear_cache()
            return
        make(*arguments, **options)
        made[:] = _rows()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", sql_flush)
        patch.setattr(flush, "emit_post_migrate_signal", emit_post_migrate_signal)
        yield


def _rows() -> list[Any]:
    return [list(model._base_manager.order_by("pk").values_list()) for model in MADE_BY_DJANGO]

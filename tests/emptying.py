"""Tests that commit leave rows, which are gone before the next one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def only_filled_tables_are_emptied(connection: Any) -> Iterator[None]:
    """PostgreSQL truncates a table by making new files for it and its indexes, whatever is in it: of
    all tables that takes half a second after each test."""
    truncate = connection.ops.sql_flush

    def sql_flush(style: Any, tables: list[str], **options: Any) -> list[str]:
        if options.get("reset_sequences"):  # those of empty tables have moved, too
            return truncate(style, tables, **options)
        # In one transaction, at whose end foreign keys are looked at.
        return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in _filled(tables)]

    def _filled(tables: list[str]) -> list[str]:
        asked = [f"(SELECT '{t}' FROM {connection.ops.quote_name(t)} LIMIT 1)" for t in tables]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(asked))
            return [table for (table,) in cursor]

    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            patch.setattr(connection.ops, "sql_flush", sql_flush)
        yield

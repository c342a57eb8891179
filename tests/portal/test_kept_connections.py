"""A connection to SQLite is kept from request to request, but not to a file that is no longer there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import ConnectionHandler

from portal.environment import read_database


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any) -> Iterator[Any]:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings = read_database(tmp_path) | {"NAME": str(tmp_path / "portal.sqlite3")}
    connection = ConnectionHandler({"default": settings})["default"]
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE sample (name text)")
            cursor.execute("INSERT INTO sample VALUES ('before')")
        yield connection
        connection.close()


def next_request(connection: Any) -> list[tuple[str]]:
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sample")
        return list(cursor.fetchall())


def test_the_next_request_has_the_same_connection(kept: Any) -> None:
    first = kept.connection
    assert next_request(kept) == [("before",)]
    assert kept.connection is first


def test_another_file_in_its_place_is_read_at_the_next_request(kept: Any, tmp_path: Path) -> None:
    with kept.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(tmp_path / "portal.sqlite3", tmp_path / "other")
    other = ConnectionHandler({"default": kept.settings_dict | {"NAME": str(tmp_path / "other")}})
    with other["default"].cursor() as cursor:
        cursor.execute("UPDATE sample SET name = 'after'")
    other["default"].close()
    for name in ("other", "other-wal", "other-shm"):
        if (tmp_path / name).exists():
            (tmp_path / name).replace(tmp_path / name.replace("other", "portal.sqlite3"))
    assert next_request(kept) == [("after",)]

"""A portal with a folder, a database and processes of its own, for what must be seen from outside:
files on disk, and what a killed process leaves."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

ROOT = Path(__file__).parents[2]


class Installation:
    def __init__(self, folder: Path, database_url: str = "", **changes: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = kept | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "LANG": "en_US.UTF-8",
            "VAR_DIR": str(folder),
            "ADMIN_PASSWORD": "mat-khau-thu-2026",
            "BACKUP_NIGHTLY": "0",
            **({"DATABASE_URL": database_url} if database_url else {}),
            **changes,
        }

    @property
    def database(self) -> Path:
        return self.folder / "portal.sqlite3"

    @property
    def backups(self) -> list[Path]:
        return sorted((self.folder / "backups").glob("portal-*"))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, fails: bool = False) -> str:
        """What the command says: on standard error if it should fail."""
        process = self.start(*arguments)
        said, complaints = process.communicate(timeout=300)
        assert (process.returncode != 0) == fails, said + complaints
        return complaints if fails else said

    def ask(self, code: str) -> Any:
        """What `print(json.dumps(…))` in that code says."""
        return json.loads(self.run("shell", "--no-imports", "-c", code).splitlines()[-1])

    def counts(self) -> dict[str, int]:
        """Rows of everything that moves with the portal. Asks the database itself: a process of the
        portal would take a second."""
        from portal.keeping.rows import moved_models

        with closing(self._connect()) as connection, closing(connection.cursor()) as cursor:
            found = {}
            for model in moved_models():
                cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
                (found[model._meta.label],) = cursor.fetchone()
        return found

    def _connect(self) -> Any:
        if url := self.environment.get("DATABASE_URL"):
            return psycopg2.connect(url)
        return sqlite3.connect(f"file:{self.database}?mode=rw", uri=True)

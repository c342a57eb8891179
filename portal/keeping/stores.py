"""Where backups are kept: a folder, or storage that speaks S3."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from portal.keeping.archives import KeepingError


class Store(Protocol):
    def names(self) -> list[str]: ...

    def put(self, path: Path, name: str) -> None:
        """Moves a file there; under that name it appears whole or not at all."""

    def fetch(self, name: str, target: Path) -> None: ...

    def remove(self, name: str) -> None: ...


class Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.is_file())

    def put(self, path: Path, name: str) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folder / ".part"
        shutil.move(path, draft)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.chmod(0o600)
        draft.replace(self.folder / name)

    def fetch(self, name: str, target: Path) -> None:
        try:
            shutil.copyfile(self.folder / name, target)
        except FileNotFoundError as error:
            raise KeepingError(_("There is no backup %s.") % name) from error

    def remove(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)


class S3:
    """`s3+https://KEY:SECRET@host/bucket/prefix`; `s3+http://` for storage of the same machine."""

    def __init__(self, url: str) -> None:
        from obstore.store import S3Store

        parts = urlsplit(url)
        bucket, _slash, prefix = parts.path.strip("/").partition("/")
        scheme = parts.scheme.removeprefix("s3+")
        port = f":{parts.port}" if parts.port else ""
        self._store: Any = S3Store(
            bucket,
            prefix=prefix or None,
            endpoint=f"{scheme}://{parts.hostname}{port}",
            access_key_id=unquote(parts.username or ""),
            secret_access_key=unquote(parts.password or ""),
            region="us-east-1",
            virtual_hosted_style_request=False,
            client_options={"allow_http": scheme == "http", "timeout": "1h"},
        )

    def names(self) -> list[str]:
        # The list is fetched page by page while it is read.
        rows = _asked(lambda: [row for page in self._store.list() for row in page])
        return sorted(row["path"] for row in rows)

    def put(self, path: Path, name: str) -> None:
        _asked(self._store.put, name, path)
        path.unlink()

    def fetch(self, name: str, target: Path) -> None:
        answer = _asked(self._store.get, name)
        with target.open("wb") as file:
            for chunk in answer.stream(min_chunk_size=2**20):
                file.write(chunk)

    def remove(self, name: str) -> None:
        _asked(self._store.delete, name)


def _asked(call: Any, *arguments: Any) -> Any:
    from obstore.exceptions import BaseError

    try:
        return call(*arguments)
    except (BaseError, FileNotFoundError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise KeepingError(_("The storage for backups refuses: %s") % reason) from error


def store() -> Store:
    where = settings.BACKUP_TO
    return S3(where) if where.startswith("s3+") else Folder(Path(where))


def is_on_this_disk() -> bool:
    """Whether the backups would be lost together with the portal."""
    folder = Path(settings.BACKUP_TO)
    if settings.BACKUP_TO.startswith("s3+"):
        return False
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return existing.stat().st_dev == Path(settings.VAR_DIR).stat().st_dev

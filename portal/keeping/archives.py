"""One file that holds a copy of the portal: a tar under gzip, which any system can open.

Its last member is a manifest with size and SHA-256 of all others, so that an archive cut short, or
changed by one byte, is known as such.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _

MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 * 2**20  # bytes
_CHUNK = 2**20


class KeepingError(Exception):
    """What could not be kept or brought back; the text is for the operator."""


class Member(NamedTuple):
    size: int
    sha256: str


class Writer:
    def __init__(self, file: IO[bytes]) -> None:
        # What is large is compressed already (photos, documents), so the cheapest level is enough.
        self._gzip = gzip.GzipFile("", fileobj=file, mode="wb", compresslevel=1, mtime=0)
        self._tar = tarfile.open(fileobj=self._gzip, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._members: dict[str, Member] = {}

    def add(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            info = tarfile.TarInfo(name)
            info.size = path.stat().st_size
            counted = _Hashing(file)
            self._tar.addfile(info, counted)
        self._members[name] = Member(info.size, counted.sha256.hexdigest())

    def finish(self, facts: dict[str, Any]) -> None:
        """Writes the manifest: `facts` and what the members are."""
        members = {name: list(member) for name, member in sorted(self._members.items())}
        text = json.dumps(facts | {"members": members}, ensure_ascii=False, indent=1)
        info = tarfile.TarInfo(MANIFEST)
        content = text.encode()
        info.size = len(content)
        self._tar.addfile(info, io.BytesIO(content))
        self._tar.close()
        self._gzip.close()


class _Hashing:
    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.sha256.update(data)
        return data


def read(
    file: IO[bytes],
    place: Callable[[str], Path | None],
    told: Callable[[str], None] = lambda name: None,
) -> dict[str, Any]:
    """Reads an archive to its end and gives its manifest.

    `place` says where a member goes; where it gives None the member is compared and not kept.
    Raises KeepingError for an archive that is not whole, or not as its manifest says.
    """
    found: dict[str, Member] = {}
    manifest: dict[str, Any] | None = None
    try:
        with (
            gzip.GzipFile(fileobj=file, mode="rb") as unpacked,
            tarfile.open(fileobj=unpacked, mode="r|") as tar,
        ):
            for info in tar:
                content = tar.extractfile(info) if info.isreg() else None
                if content is None or not _is_safe(info.name):
                    raise KeepingError(
                        _("The archive holds “%s”, which is no file of a portal.") % info.name
                    )
                if info.name == MANIFEST and info.size <= LARGEST_MANIFEST:
                    manifest = json.loads(content.read())
                else:
                    found[info.name] = _take(content, place(info.name))
                told(info.name)
            while unpacked.read(_CHUNK):  # to the checksum at its end
                pass
    except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError) as error:
        raise KeepingError(_("The archive cannot be read to its end (%s).") % error) from error
    if manifest is None:
        raise KeepingError(_("The archive has no manifest: it was cut short."))
    _compare(manifest, found)
    return manifest


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _take(content: IO[bytes], target: Path | None) -> Member:
    sha256, size = hashlib.sha256(), 0
    sink: IO[bytes] | None = None
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        sink = target.open("wb")
    try:
        while data := content.read(_CHUNK):
            sha256.update(data)
            size += len(data)
            if sink is not None:
                sink.write(data)
    finally:
        if sink is not None:
            sink.close()
    return Member(size, sha256.hexdigest())


def _compare(manifest: dict[str, Any], found: dict[str, Member]) -> None:
    said = {name: Member(*member) for name, member in manifest["members"].items()}
    wrong = sorted(name for name in said.keys() | found.keys() if said.get(name) != found.get(name))
    if wrong:
        raise KeepingError(
            _("%(number)d files are not as the manifest says, the first is %(name)s.")
            % {"number": len(wrong), "name": wrong[0]}
        )


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

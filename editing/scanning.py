"""Asks a virus scanner (clamd) about an upload, where the operator has set one."""

from __future__ import annotations

import socket
import struct
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

PATIENCE = 60  # seconds
_PIECE = 2**16


def scan(file: IO[bytes]) -> None:
    """Raises ValidationError for a file that the scanner names, and when it cannot be asked: an
    operator who has set a scanner wants nothing unseen."""
    if not settings.CLAMD:
        return
    try:
        answer = _ask(settings.CLAMD, file)
    except OSError as error:
        raise ValidationError(
            _("The virus scanner cannot be reached, so the file was not taken. Tell the operator."),
            code="not_scanned",
        ) from error
    finally:
        file.seek(0)
    if answer.endswith("FOUND"):
        raise ValidationError(
            _("The virus scanner refuses this file: %(name)s."),
            code="virus",
            params={"name": answer.removesuffix("FOUND").removeprefix("stream:").strip()},
        )
    if not answer.endswith("OK"):
        raise ValidationError(
            _("The virus scanner could not read this file: %(answer)s."),
            code="not_scanned",
            params={"answer": answer[:200]},
        )


def _ask(address: str, file: IO[bytes]) -> str:
    """clamd's INSTREAM: pieces with their length before each, and an empty one at the end."""
    with _connected(address) as connection:
        connection.sendall(b"zINSTREAM\0")
        file.seek(0)
        while piece := file.read(_PIECE):
            connection.sendall(struct.pack("!L", len(piece)) + piece)
        connection.sendall(struct.pack("!L", 0))
        answer = b""
        while more := connection.recv(4096):
            answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace").strip()


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)

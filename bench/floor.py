"""The floor: a bare WSGI application that answers bytes that were made before.

`FLOOR_FOLDER` holds one file per page of the portal; `/home` answers the one named `home`.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_ANSWERS = {path.name: path.read_bytes() for path in Path(os.environ["FLOOR_FOLDER"]).iterdir()}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = _ANSWERS[environ["PATH_INFO"].removeprefix("/")]
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]

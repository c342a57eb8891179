"""What browsers report as against the content policy: a fault of ours, or an attack that was stopped.

Kept as sums in one small file; who reported is not kept, and a flood fills nothing.
"""

from __future__ import annotations

import fcntl
import json
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from editing.sent_json import read_json

LARGEST_REPORT = 8 * 1024  # bytes
# So many kinds are told apart; further ones are summed up under "…".
MOST_KINDS = 100
LONGEST = 120
REST = "…"


@csrf_exempt  # browsers send these by themselves, without a cookie and without a token
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    with suppress(ValueError, OSError, TypeError, AttributeError, LookupError):
        if int(request.headers.get("Content-Length") or 0) <= LARGEST_REPORT:
            _note(_kind(read_json(request.read(LARGEST_REPORT))))
    return HttpResponse(status=204)


def _kind(sent: Any) -> str:
    """Directive, what was blocked, and the page, without a query: that may be what somebody typed."""
    body = sent["csp-report"]
    directive = body.get("effective-directive") or body.get("violated-directive") or ""
    blocked, page = urlsplit(str(body.get("blocked-uri", ""))), urlsplit(str(body["document-uri"]))
    told = blocked.hostname or blocked.path or blocked.scheme
    parts = (str(directive).partition(" ")[0], told, page.path)
    return " ".join("".join(filter(str.isprintable, part))[:LONGEST] or "-" for part in parts)


def _path() -> Path:
    return Path(settings.VAR_DIR) / "policy-reports.json"


def _note(kind: str) -> None:
    with _path().open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        counts = _parsed(file)
        if kind not in counts and len(counts) >= MOST_KINDS:
            kind = REST
        counts[kind] = counts.get(kind, 0) + 1
        file.seek(0)
        file.truncate()
        json.dump(counts, file, ensure_ascii=False)


def _parsed(file: Any) -> dict[str, int]:
    file.seek(0)
    try:
        counts: dict[str, int] = json.load(file)
    except ValueError:  # new, or cut short by a full disk
        return {}
    return counts


def most_frequent(number: int = 10) -> list[tuple[str, int]]:
    try:
        with _path().open(encoding="utf-8") as file:
            counts = _parsed(file)
    except OSError:
        return []
    return sorted(counts.items(), key=lambda row: -row[1])[:number]

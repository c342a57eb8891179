"""Errors in the code, told to a server that the agency runs itself (Sentry, GlitchTip): off unless
`ERROR_DSN` names one.

The library would send requests, variables, the text of exceptions and the names of hosts along. What
leaves here is what `_without_persons` writes anew: kind and place of the error, and nothing else.
"""

from __future__ import annotations

import logging
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.logging import EventHandler

from portal.logs import without_persons


class ErrorReport(EventHandler):
    """Begins in every process with the log; it sends from a thread, and a server that is gone is no
    fault of the portal."""

    def __init__(self, dsn: str) -> None:
        super().__init__(level=logging.ERROR)
        sentry_sdk.init(
            dsn=dsn,
            before_send=_without_persons,
            default_integrations=False,
            auto_enabling_integrations=False,
            include_local_variables=False,
            include_source_context=False,
            max_breadcrumbs=0,
            max_request_body_size="never",
            send_client_reports=False,
            auto_session_tracking=False,
            server_name="",
        )


_KEPT = ("event_id", "timestamp", "level", "logger", "platform")
_KEPT_OF_FRAMES = ("filename", "function", "lineno", "module")


def _without_persons(event: Any, hint: dict[str, Any]) -> Any:
    told = {name: event[name] for name in _KEPT if name in event}
    errors = (event.get("exception") or {}).get("values") or []
    if errors:
        told["exception"] = {"values": [_error(error) for error in errors]}
    message = (event.get("logentry") or {}).get("message") or ""
    return told | {"logentry": {"message": without_persons(message)}}


def _error(error: dict[str, Any]) -> dict[str, Any]:
    """Without its text, into which a database puts rows."""
    frames = (error.get("stacktrace") or {}).get("frames") or []
    kept = [{name: frame.get(name) for name in _KEPT_OF_FRAMES} for frame in frames]
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "stacktrace": {"frames": kept},
    }

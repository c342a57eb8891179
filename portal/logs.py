"""What is logged, without anything about readers and staff: no address of a client, no mail address,
no value of a form. One line each, as text or as JSON."""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

from django.core.cache import cache
from django.core.mail import mail_admins

# IPv4, IPv6, mail addresses.
_PERSONAL = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])"
    r"|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){2,7}[0-9a-fA-F:]*(?![\w:])"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)
# A query may hold what somebody searched for.
_QUERY = re.compile(r"(?<=\S)\?\S+")


def without_persons(text: str) -> str:
    return _QUERY.sub("?…", _PERSONAL.sub("…", text))


def place_of(record: logging.LogRecord) -> list[str]:
    """Where an error happened, innermost last, without what was in its variables or its text: a
    database puts rows into the text."""
    if not record.exc_info or record.exc_info[0] is None:
        return []
    frames = traceback.extract_tb(record.exc_info[2])
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _error_name(record: logging.LogRecord) -> str:
    kind = record.exc_info[0] if record.exc_info else None
    return kind.__name__ if kind else ""


class LineFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        text = without_persons(record.getMessage())
        lines = [f"{moment} {record.levelname} {record.name}: {text}"]
        lines += [f"    {place}" for place in place_of(record)]
        if name := _error_name(record):
            lines.append(f"    {name}")
        return "\n".join(lines)


class JSONFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        entry: dict[str, Any] = {
            "time": moment,
            "level": record.levelname,
            "logger": record.name,
            "message": without_persons(record.getMessage()),
        }
        if name := _error_name(record):
            entry |= {"error": name, "place": place_of(record)}
        return json.dumps(entry, ensure_ascii=False)


# By the value of LOG_FORMAT.
FORMATTERS: dict[str, type[logging.Formatter]] = {"line": LineFormatter, "json": JSONFormatter}


class ErrorMail(logging.Handler):
    """Mails an error to ADMINS, once an hour for each place in the code, and never fails itself."""

    PAUSE = 3600  # seconds

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.setFormatter(LineFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        try:
            places = place_of(record) or [f"{record.pathname}:{record.lineno}"]
            key = f"error-mail:{abs(hash(places[-1]))}"
            if cache.add(key, True, self.PAUSE):
                subject = f"{_error_name(record) or record.levelname} {record.name}"
                mail_admins(subject, self.format(record), fail_silently=True)
        except Exception:
            self.handleError(record)

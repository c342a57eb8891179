"""Answers a kept page with one write.

gunicorn looks at each header of an answer, joins them, and writes them before the body: for a page
whose bytes are there already that takes as long as all that the portal does for it. Here it is given
head and body as one piece. Its own rules still make the status line and the date, and decide whether
the connection stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.http.wsgi import Response

STATUS = "200 OK"


def lines_of(headers: Iterable[tuple[str, str]]) -> bytes:
    """As they are sent. They are Django's, which lets no line break into one."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("latin-1")


def answer_whole(
    start_response: Callable[..., Any], lines: bytes, body: bytes
) -> list[bytes] | None:
    """What to return for a GET that finds the page; None where another server than gunicorn asks,
    which is to be answered as WSGI says. `lines` are those of the page's own headers."""
    response = getattr(start_response, "__self__", None)
    if type(response) is not Response or response.status is not None:
        return None
    response.status, response.status_code = STATUS, 200
    response.response_length = len(body)  # known, so the connection can stay open
    head = b"%s%s\r\n" % ("".join(response.default_headers()).encode("latin-1"), lines)
    # Written as if it were of the body, of which gunicorn counts the bytes.
    response.headers_sent, response.sent = True, -len(head)
    return [head + body]

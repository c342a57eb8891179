"""What gunicorn sends of a page that is written whole, beside what it sends by its own means."""

import re
import socket
from contextlib import closing

import pytest
from gunicorn.config import Config
from gunicorn.http import get_parser
from gunicorn.http.wsgi import Response, create

from portal.page_cache.whole import STATUS, answer_whole, lines_of

HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'"),
    ("ETag", '"1f"'),
]
PAGES = [b"", b"<p>Khu kinh t\xe1\xba\xbf</p>", b"x" * 300_000]
REQUESTS = [
    b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.0\r\nHost: a.example\r\n\r\n",
    b"GET / HTTP/1.0\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n",
]


class OtherResponse(Response):
    """Of a server that is not known."""


class Sent:
    """A socket that notes each write."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.writes.append(bytes(data))


def answered(request: bytes, body: bytes, response_class: type[Response]):
    """As a worker of gunicorn answers."""
    ours, readers = socket.socketpair()
    with closing(ours), closing(readers):
        readers.sendall(request)
        config, sent = Config(), Sent()
        parsed = next(get_parser(config, ours, ("198.51.100.7", 1)))
        response, _environ = create(
            parsed, sent, ("198.51.100.7", 1), ("127.0.0.1", 8000), config,
            response_class=response_class,
        )  # fmt: skip
        for piece in application(response.start_response, body):
            response.write(piece)
        response.close()
    return sent.writes, response


def application(start_response, body):
    headers = [*HEADERS, ("Content-Length", str(len(body)))]
    if (whole := answer_whole(start_response, lines_of(headers), body)) is not None:
        return whole
    start_response(STATUS, headers)
    return [body]


def without_date(data: bytes) -> bytes:
    return re.sub(rb"(?m)^Date: [^\r]*GMT\r\n", b"", data)


@pytest.mark.parametrize("body", PAGES, ids=len)
@pytest.mark.parametrize("request_bytes", REQUESTS)
def test_the_bytes_are_those_of_the_server_itself(request_bytes, body):
    writes, response = answered(request_bytes, body, Response)
    expected, other = answered(request_bytes, body, OtherResponse)
    (whole,) = writes
    assert whole.count(b"Date: ") == 1
    assert without_date(whole) == without_date(b"".join(expected))
    assert response.should_close() == other.should_close()
    # For an access log: bytes of the body alone.
    assert (response.sent, response.status) == (other.sent, other.status)


def test_an_answer_that_has_begun_is_left_alone():
    response = Response(None, None, Config())
    response.status = "500 Internal Server Error"
    assert answer_whole(response.start_response, b"", b"") is None


def test_a_server_that_is_not_known_is_answered_as_wsgi_says():
    assert answer_whole(lambda _status, _headers: None, b"", b"") is None

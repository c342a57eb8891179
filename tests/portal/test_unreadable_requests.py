"""What is too long for the server, or cannot be read, sent to the portal as it is served, without nginx."""

import socket
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.stats.served import served

pytestmark = pytest.mark.served


def ask(port, count):
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as link:
        link.request("GET", f"/tim-kiem/?q={'a' * count}")
        answer = link.getresponse()
        return answer, answer.read().decode()


def wait_for(page):
    """The runner writes it, some time after the portal has begun to answer."""
    end = time.monotonic() + 30
    while not page.exists():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with served(tmp_path_factory.mktemp("portal"), workers=1) as made:
        yield made


def test_an_address_that_is_too_long_is_refused_in_our_words(portal):
    wait_for(Path(portal.environment["VAR_DIR"]) / "errors" / "400.vi.html")
    for count in (5_000, 10_000, 100_000):
        answer, text = ask(portal.port, count)
        assert answer.status == 414
        assert "Địa chỉ quá dài" in text
        assert "Request Line" not in text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    answer, _text = ask(portal.port, 3_000)
    assert answer.status == 200


UNREADABLE = [
    "GET /tim-kiem/?q=đơn tố cáo HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "an.le@example.vn\r\n\r\n",
    "GET / HTTP/1.1\r\nTrần Thị Bình : x\r\n\r\n",
]


def test_the_log_does_not_learn_who_sent_what_cannot_be_read(portal):
    log = Path(portal.environment["VAR_DIR"]) / "log"
    before = len(log.read_text())
    for text in UNREADABLE:
        with socket.create_connection(("127.0.0.1", portal.port), timeout=10) as link:
            link.sendall(text.encode())
            assert link.recv(100).startswith(b"HTTP/1.1 400 ")
    said = log.read_text()[before:].splitlines()
    assert len(said) == len(UNREADABLE), said
    assert all("A request could not be read: Invalid" in line for line in said)
    assert not [word for word in ("127.0.0.1", "cáo", "example", "Bình") if word in str(said)]

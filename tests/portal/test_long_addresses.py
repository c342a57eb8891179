"""What is too long for the server to read, sent to the portal as it is served, without nginx."""

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


def test_an_address_that_is_too_long_is_refused_in_our_words(tmp_path):
    with served(tmp_path, workers=1) as portal:
        port = int(portal.environment["PORT"])
        wait_for(Path(portal.environment["VAR_DIR"]) / "errors" / "400.vi.html")
        for count in (5_000, 10_000, 100_000):
            answer, text = ask(port, count)
            assert answer.status == 414
            assert "Địa chỉ quá dài" in text
            assert "Request Line" not in text
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        answer, _text = ask(port, 3_000)
        assert answer.status == 200

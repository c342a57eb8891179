"""Pages of one process are built in turn, and nobody waits for what is sent or takes long."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from portal import turns
from portal.turns import InTurn


class Builder:
    """Notes how many are being built at once."""

    def __init__(self, seconds: float = 0.02) -> None:
        self.seconds = seconds
        self.now = self.most = 0
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], _start: Any) -> list[bytes]:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.seconds)
        with self._lock:
            self.now -= 1
        if environ.get("fails"):
            raise RuntimeError("a page that fails")
        return [b"page"]


def ask(application: InTurn, count: int, method: str = "GET", path: str = "/tin-tuc/") -> None:
    with ThreadPoolExecutor(count) as pool:
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path}
        asked = [pool.submit(application, environ, None) for _ in range(count)]
        assert [each.result() for each in asked] == [[b"page"]] * count


def test_pages_are_built_one_after_the_other() -> None:
    builder = Builder()
    ask(InTurn(builder), 6)
    assert builder.most == 1


def test_what_is_sent_takes_no_turn() -> None:
    builder = Builder(seconds=0.3)
    ask(InTurn(builder), 4, method="POST")
    assert builder.most == 4


@pytest.mark.parametrize("path", ["/static/css/base.css", "/healthz", "/readyz"])
def test_what_is_soon_answered_takes_no_turn(path: str) -> None:
    builder = Builder(seconds=0.3)
    ask(InTurn(builder), 4, path=path)
    assert builder.most == 4


def test_a_long_page_holds_the_others_up_for_no_longer_than_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.1)
    builder = Builder(seconds=1.0)
    ask(InTurn(builder), 3)
    assert builder.most == 3


def test_a_page_that_fails_gives_its_turn_back() -> None:
    application = InTurn(Builder())
    with pytest.raises(RuntimeError):
        application({"REQUEST_METHOD": "GET", "PATH_INFO": "/", "fails": True}, None)
    assert not application._turn.locked()

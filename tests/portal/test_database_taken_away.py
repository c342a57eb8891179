"""PostgreSQL is taken away while readers read and a writer writes, and comes back."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from http.cookiejar import CookieJar
from itertools import count
from queue import Queue
from types import SimpleNamespace
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup

from tests.portal.making_forms import sent_by_a_browser
from tests.stats import served

DATABASE_URL = os.environ.get("DATABASE_URL", "")

pytestmark = [
    pytest.mark.served,
    pytest.mark.skipif(not DATABASE_URL, reason="the database of a file is not taken away"),
]


class Line:
    """The way to the database: it can be cut, fall silent, and be mended."""

    def __init__(self, host: str, port: int) -> None:
        self.there = (host, port)
        self.state = "open"
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._take_in, daemon=True).start()

    def _take_in(self) -> None:
        while True:
            near, _address = self.door.accept()
            if self.state == "cut":
                near.close()
                continue
            far = socket.create_connection(self.there)
            self.pairs.append((near, far))
            if self.state == "open":
                threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError, ValueError):
            while True:
                for end in select.select([near, far], [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        raise OSError
                    (far if end is near else near).sendall(data)
        _close(near, far)

    def fail(self, state: str) -> None:
        """From now on; whoever is connected is cut off."""
        self.state = state
        for pair in self.pairs:
            _close(*pair)
        self.pairs.clear()

    def mend(self) -> None:
        self.fail("open")


def _close(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


class Answer(NamedTuple):
    status: int
    text: str
    seconds: float


class Browser:
    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def open(self, path: str, sent: dict[str, object] | None = None) -> Answer:
        body = None if sent is None else urlencode(sent, doseq=True).encode()
        begun = time.monotonic()
        headers = {"Origin": self.base}
        request = urllib.request.Request(f"{self.base}{path}", body, headers)  # noqa: S310
        try:
            with self.opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.read().decode(), time.monotonic() - begun)
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read().decode(), time.monotonic() - begun)


class Readers:
    """Six who never stop; no page is asked for twice, so that none is kept ready."""

    PLACES = ("/tim-kiem/?q=dat", "/en/search/?q=port")
    # One for all readers there ever are: they read the same portal one after another.
    NUMBERS = count()

    def __init__(self, port: int) -> None:
        self.answers: Queue[Answer] = Queue()
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self._read, args=(port,)) for _reader in range(6)]
        for thread in self.threads:
            thread.start()

    def _read(self, port: int) -> None:
        browser = Browser(port)
        while not self.is_over.is_set():
            page = next(self.NUMBERS)
            path = f"{self.PLACES[page % len(self.PLACES)]}{page}"
            self.answers.put(browser.open(path))

    def next(self, number: int) -> list[Answer]:
        return [self.answers.get(timeout=60) for _answer in range(number)]

    def skip_what_was_on_its_way(self) -> None:
        self.next(self.answers.qsize() + len(self.threads))

    def stop(self) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join()


@pytest.fixture(scope="module")
def line() -> Line:
    parts = urlsplit(DATABASE_URL)
    return Line(parts.hostname or "127.0.0.1", parts.port or 5432)


@pytest.fixture(scope="module")
def portal(line: Line, tmp_path_factory: pytest.TempPathFactory) -> Iterator[served.Portal]:
    with served.own_database(DATABASE_URL) as url:
        parts = urlsplit(url)
        behind_the_line = parts._replace(netloc=f"{parts.username}@127.0.0.1:{line.port}").geturl()
        folder = tmp_path_factory.mktemp("taken")
        with served.served(folder, workers=2, DATABASE_URL=behind_the_line) as made:
            yield made
        line.fail("cut")


@pytest.fixture
def readers(portal: served.Portal) -> Iterator[Readers]:
    made = Readers(portal.port)
    yield made
    made.stop()


@pytest.mark.parametrize("state", ["cut", "silent"])
def test_under_load_readers_get_pages_or_the_hotline_and_pages_again(line, portal, readers, state):
    assert {answer.status for answer in readers.next(30)} == {200}
    line.fail(state)
    try:
        readers.skip_what_was_on_its_way()
        refused = readers.next(30)
    finally:
        line.mend()
    # One that was answered in the last instant is no refusal.
    assert {200, 503} >= {answer.status for answer in refused} != {200}
    assert all("tel:" in answer.text for answer in refused)
    assert max(answer.seconds for answer in refused) < 30
    readers.skip_what_was_on_its_way()
    # A connection that fell silent is given up only when it is used again.
    rounds = ({answer.status for answer in readers.next(30)} for _round in range(10))
    assert {200} in rounds


def test_what_a_writer_types_meanwhile_is_neither_lost_nor_saved_twice(line, portal):
    writer = Browser(portal.port)
    form = _form(writer.open("/quan-tri/login/"))
    writer.open("/quan-tri/login/", form | {"login": "quantri", "password": "mat-khau-thu-2026"})
    draft = _form(writer.open("/quan-tri/news/edition/add/"))
    draft |= {
        "title": "Gõ lúc mất cơ sở dữ liệu",
        "body": "<p>Không được mất</p>",
        "_continue": "1",
    }
    line.fail("cut")
    try:
        refused = writer.open("/quan-tri/news/edition/add/", draft)
    finally:
        line.mend()
    assert refused.status == 503
    again = _form(refused, "form")
    assert again["title"] == "Gõ lúc mất cơ sở dữ liệu"
    assert writer.open("/quan-tri/news/edition/add/", again).status == 200
    found = writer.open(f"/quan-tri/news/edition/?{urlencode({'q': 'Gõ lúc mất'})}")
    assert found.text.count('class="field-title"') == 1


def _form(page: Answer, chosen: str = "") -> dict[str, object]:
    if not chosen:
        read = sent_by_a_browser(SimpleNamespace(content=page.text.encode()))  # type: ignore[arg-type]
        chosen = "form[method=post]"
        if "login" not in page.text or read:
            return read
    soup = BeautifulSoup(page.text, "html.parser")
    fields = soup.select(f"{chosen} [name]")
    return {str(field["name"]): field.get("value") or field.text for field in fields}

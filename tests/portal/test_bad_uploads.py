"""Uploads that go wrong, sent to the portal as it is served: one clear line, and nothing is left."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests import prepared
from tests.portal.installation import ROOT, Installation

UPLOAD = "/quan-tri/editing/photo/upload/"
TOKEN = "a" * 32
EDGE = "ranh-gioi"
MAKE_SESSION = """
import json
from django.test import Client
from editing.models import User
client = Client()
client.force_login(User.objects.create(username="canbo", is_staff=True, is_superuser=True))
print(json.dumps(client.session.session_key))
"""


class Served:
    """gunicorn with one worker, whose uploads pass through a folder of its own."""

    def __init__(self, folder: Path, passing: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        changes = {"PORT": str(self.port), "TMPDIR": str(passing), "WEB_CONCURRENCY": "1"}
        self.installation = Installation(folder / "var", **changes)
        self.passing = passing
        prepared.migrated().copy_to(self.installation.folder)
        self.session = self.installation.ask(MAKE_SESSION)
        command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "deploy/gunicorn.py")]
        self.log = (folder / "log").open("w+")
        self.process = subprocess.Popen(
            [*command, "--worker-tmp-dir", str(folder)],
            cwd=ROOT, env=self.installation.environment, stdout=self.log, stderr=self.log,
        )  # fmt: skip
        wait_for(self._answers)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False

    def begin(self, length: int, name: str = "Ảnh hội nghị.jpg") -> HTTPConnection:
        """Sends all of a request but the file itself, of that many bytes."""
        disposition = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        self.head = f"--{EDGE}\r\n{disposition}\r\n\r\n".encode()
        self.tail = f"\r\n--{EDGE}--\r\n".encode()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.putrequest("POST", UPLOAD)
        connection.putheader("Content-Type", f"multipart/form-data; boundary={EDGE}")
        connection.putheader("Content-Length", str(len(self.head) + length + len(self.tail)))
        connection.putheader("Cookie", f"session={self.session}; csrf={TOKEN}")
        connection.putheader("X-CSRFToken", TOKEN)
        connection.endheaders(self.head)
        return connection

    def send(self, megabytes: int) -> tuple[int, str, int]:
        """Status, the line that is told, and the most that lay in the folder meanwhile."""
        connection, most, piece = (
            self.begin(megabytes * 2**20),
            0,
            b"\xff\xd8\xff" + bytes(2**20 - 3),
        )
        for _number in range(megabytes):
            connection.send(piece)
            most = max(most, self.lying())
        connection.send(self.tail)
        answer = connection.getresponse()
        told = json.loads(answer.read()).get("error", "")
        connection.close()
        return answer.status, told, most

    def lying(self) -> int:
        """Bytes of uploads on their way; a file that vanishes meanwhile has none."""
        total = 0
        for entry in os.scandir(self.passing):
            try:
                total += entry.stat().st_size
            except FileNotFoundError:
                continue
        return total

    def stop(self) -> str:
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.seek(0)
        with self.log:
            return self.log.read()

    @property
    def stored(self) -> list[Path]:
        return [path for path in (self.installation.folder / "media").rglob("*") if path.is_file()]


def wait_for(is_so: Callable[[], bool]) -> None:
    for _attempt in range(300):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it never came about")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    passing = tmp_path / "passing"
    passing.mkdir()
    portal = Served(tmp_path, passing)
    yield portal
    assert "Traceback" not in portal.stop()


pytestmark = [pytest.mark.served, pytest.mark.slow, pytest.mark.own_sqlite]


def test_a_file_of_200_megabytes_is_refused_with_one_line_and_leaves_nothing(served):
    status, told, most = served.send(200)
    assert (status, told) == (400, "Tệp lớn hơn 60 MB nên không được nhận.")
    assert most <= 61 * 2**20
    assert (served.lying(), served.stored) == (0, [])


def test_a_connection_that_drops_in_the_middle_leaves_nothing(served):
    connection = served.begin(20 * 2**20)
    connection.send(b"\xff" * 8 * 2**20)
    wait_for(lambda: served.lying() > 0)
    connection.close()
    wait_for(lambda: served.lying() == 0)
    assert served.send(1)[0] == 400
    assert served.stored == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be made here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_fills_up_under_an_upload_is_told_and_freed(tmp_path, small_disk):
    portal = Served(tmp_path, small_disk)
    status, told, _most = portal.send(20)
    assert (status, portal.lying(), portal.stored) == (400, 0, [])
    assert "đĩa đã đầy" in told
    # Once more: the disk was freed, and the portal still answers.
    assert "không phải ảnh" in portal.send(5)[1]
    assert "Traceback" not in portal.stop()

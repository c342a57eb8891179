"""The shipped nginx configuration, as it is: TLS, headers, slow clients, and the portal gone."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.portal.installation import ROOT, Installation

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin")

pytestmark = [
    pytest.mark.served,
    pytest.mark.skipif(NGINX is None, reason="nginx is missing: apt-get install nginx-light"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Front:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.plain, self.behind = free_port(), free_port(), free_port()
        self.portal = Installation(
            folder / "var",
            SITE_URL="https://portal.example",
            TRUSTED_PROXIES="127.0.0.1",
            PORT=str(self.behind),
            PYTHONPATH=str(ROOT),
        )
        self.server: subprocess.Popen[bytes] | None = None

    def configuration(self) -> str:
        text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
        for shipped, here in {
            "127.0.0.1:8000": f"127.0.0.1:{self.behind}",
            "listen [::]:443 ssl http2;": "",
            "listen [::]:80;": "",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2;",
            "listen 80;": f"listen 127.0.0.1:{self.plain};",
            "/etc/letsencrypt/live/portal.example/fullchain.pem": f"{self.folder}/cert.pem",
            "/etc/letsencrypt/live/portal.example/privkey.pem": f"{self.folder}/key.pem",
            "/srv/portal/var": f"{self.folder}/var",
        }.items():
            assert shipped in text
            text = text.replace(shipped, here)
        user = "user root;" if os.geteuid() == 0 else ""
        return f"{user} pid {self.folder}/pid; events {{}} http {{ access_log off; {text} }}"

    def start_portal(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "deploy/gunicorn.py")]
        with (self.folder / "log").open("ab") as log:
            self.server = subprocess.Popen(
                command, cwd=ROOT, env=self.portal.environment, stdout=log, stderr=log
            )
        self.wait_for(self.answers)

    def stop_portal(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait(30)
            self.server = None

    def answers(self) -> bool:
        try:
            return self.ask("/healthz").status == 200
        except OSError:  # nginx is not there yet either
            return False

    def wait_for(self, is_so) -> None:
        end = time.monotonic() + 30
        while not is_so():
            assert time.monotonic() < end
            time.sleep(0.1)

    def ask(self, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        context = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
        link = _Pinned("portal.example", self.port, context=context, timeout=10)
        with closing(link):
            link.request(method, path, headers=headers)
            answer = link.getresponse()
            answer.text = answer.read().decode(errors="replace")  # type: ignore[attr-defined]
            return answer


class _Pinned(http.client.HTTPSConnection):
    """Asks this machine, whatever the name."""

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    made = Front(tmp_path_factory.mktemp("nginx"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-batch",
         "-keyout", made.folder / "key.pem", "-out", made.folder / "cert.pem",
         "-subj", "/CN=portal.example", "-addext", "subjectAltName=DNS:portal.example"],
        check=True, capture_output=True,
    )  # fmt: skip
    made.portal.run("serve", "--prepare-only")
    made.portal.run(
        *("shell", "--no-imports", "-c"),
        "from portal import error_files, hotline_copy; hotline_copy.renew(); error_files.renew()",
    )
    (made.folder / "nginx.conf").write_text(made.configuration(), encoding="utf-8")
    arguments = ["-p", str(made.folder), "-c", str(made.folder / "nginx.conf"), "-e", "stderr"]
    with (made.folder / "log").open("ab") as log:
        nginx = subprocess.Popen(
            [str(NGINX), *arguments, "-g", "daemon off;"], stdout=log, stderr=log
        )
    try:
        made.start_portal()
        yield made
    finally:
        made.stop_portal()
        nginx.terminate()
        nginx.wait(30)


def test_pages_come_with_all_headers_once(front):
    answer = front.ask("/")
    assert answer.status == 200
    for name in (
        "Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options",
        "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy", "X-Frame-Options",
    ):  # fmt: skip
        assert len(answer.headers.get_all(name, [])) == 1, name
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Server"] == "nginx"


def test_without_tls_readers_are_led_to_it(front):
    link = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=10)
    with closing(link):
        link.request("GET", "/tin-tuc/?page=2", headers={"Host": "portal.example"})
        answer = link.getresponse()
        answer.read()
    assert (answer.status, answer.headers["Location"]) == (
        301,
        "https://portal.example/tin-tuc/?page=2",
    )


def test_a_foreign_host_is_answered_with_no_page(front):
    assert front.ask("/", Host="evil.example").status == 400


def test_how_the_portal_is_stays_inside(front):
    assert front.ask("/metrics").status == 404


def test_what_a_client_says_of_itself_is_not_believed(front):
    answer = front.ask("/", **{"X-Forwarded-Proto": "http", "X-Forwarded-For": "127.0.0.1"})
    assert answer.status == 200  # believed, the first would lead to TLS once more


PUBLISH = """
import json
from io import BytesIO
from editing.files import VIDEOS
from editing.models import File
from news.models import Attachment, EditionVideo
from tests.making import make_edition
from tests.video_files import mp4
video = File.store(mp4(frames=bytes(range(256)) * 40), "Lễ.mp4", kinds=VIDEOS)
sound = File.store(BytesIO((b"\\xff\\xfb\\x90\\x00" + bytes(413)) * 9), "Tin.mp3")
edition = make_edition(title="Bài có video")
EditionVideo.objects.create(edition=edition, position=1, title="Lễ", file=video)
Attachment.objects.create(edition=edition, file=sound, title="Đọc")
print(json.dumps([video.get_absolute_url(), sound.get_absolute_url()]))
"""


def test_players_get_the_piece_that_they_ask_for(front):
    """A browser that jumps in a video asks for a range; one that gets the whole plays nothing on
    an iPhone."""
    for address in front.portal.ask(PUBLISH):
        whole = front.ask(address)
        length = int(whole.headers["Content-Length"])
        assert (whole.status, whole.headers["Accept-Ranges"]) == (200, "bytes")
        piece = front.ask(address, Range="bytes=100-199")
        assert piece.status == 206
        assert piece.headers["Content-Range"] == f"bytes 100-199/{length}"
        assert piece.headers["Content-Length"] == "100"
        assert front.ask(address, Range=f"bytes={length}-").status == 416


def test_clients_that_send_slowly_do_not_stop_the_site(front):
    context = ssl.create_default_context(cafile=str(front.folder / "cert.pem"))
    slow = []
    for _number in range(50):
        plain = socket.create_connection(("127.0.0.1", front.port), 10)
        link = context.wrap_socket(plain, server_hostname="portal.example")
        link.sendall(b"GET / HTTP/1.1\r\nHost: portal.example\r\nX-Slow: ")
        slow.append(link)
    begun = time.monotonic()
    assert front.ask("/tin-tuc/").status == 200
    assert time.monotonic() - begun < 5
    for link in slow:
        link.close()


def parts(policy: str) -> set[str]:
    return set(policy.split("; "))


@pytest.mark.parametrize(("path", "method"), [("/", "GET"), ("/en/news/", "GET"), ("/", "POST")])
def test_when_the_portal_is_gone_readers_get_the_hotline_and_the_same_policy(front, path, method):
    policy = parts(front.ask("/").headers["Content-Security-Policy"])
    front.stop_portal()
    try:
        answer = front.ask(path, method)
        assert answer.status == 503
        assert "tel:" in answer.text
        (sent,) = answer.headers.get_all("Content-Security-Policy")
        assert parts(sent) == policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert ('lang="en"' in answer.text) == path.startswith("/en/")
    finally:
        front.start_portal()

"""The portal behind nginx, in its shipped configuration."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests import prepared
from tests.portal.installation import ROOT, Installation

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin")

needs_nginx = [
    pytest.mark.served,
    pytest.mark.own_sqlite,
    pytest.mark.skipif(NGINX is None, reason="nginx is missing: apt-get install nginx-light"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Front:
    def __init__(self, folder: Path, **changes: str) -> None:
        self.folder = folder
        self.port, self.plain, self.behind = free_port(), free_port(), free_port()
        self.portal = Installation(
            folder / "var",
            SITE_URL="https://portal.example",
            TRUSTED_PROXIES="127.0.0.1",
            PORT=str(self.behind),
            PYTHONPATH=str(ROOT),
            MARKS_DIR=str(folder / "marks"),
            **changes,
        )
        self.server: subprocess.Popen[bytes] | None = None
        self.asked = 0

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
            "/srv/portal/var/errors": f"{self.folder}/var/errors",
            "/run/portal": f"{self.folder}/marks",
            "/var/cache/nginx/portal": f"{self.folder}/cache",
        }.items():
            assert shipped in text
            text = text.replace(shipped, here)
        user = "user root;" if os.geteuid() == 0 else ""
        log = f"log_format kept $upstream_cache_status; access_log {self.folder}/answers kept;"
        return f"{user} pid {self.folder}/pid; events {{}} http {{ {log} {text} }}"

    @property
    def was_kept(self) -> bool:
        """Whether the latest answer came from nginx's cache; it is logged after it is sent."""
        end = time.monotonic() + 5
        while len(answers := self._answers()) < self.asked and time.monotonic() < end:
            time.sleep(0.01)
        return answers[-1] == "HIT"

    def _answers(self) -> list[str]:
        path = self.folder / "answers"
        return path.read_text().splitlines() if path.exists() else []

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
            self.asked += 1
            answer.content = answer.read()  # type: ignore[attr-defined]
            answer.text = answer.content.decode(errors="replace")  # type: ignore[attr-defined]
            return answer


class _Pinned(http.client.HTTPSConnection):
    """Asks this machine, whatever the name."""

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


@contextmanager
def served(folder: Path, **changes: str) -> Iterator[Front]:
    made = Front(folder, **changes)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-batch",
         "-keyout", made.folder / "key.pem", "-out", made.folder / "cert.pem",
         "-subj", "/CN=portal.example", "-addext", "subjectAltName=DNS:portal.example"],
        check=True, capture_output=True,
    )  # fmt: skip
    prepared.filled().copy_to(made.portal.folder)
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

"""The shipped nginx configuration, as it is: TLS, headers, slow clients, and the portal gone."""

import http.client
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.portal.front import Front, needs_nginx, served

pytestmark = needs_nginx

PROTECTING = (
    "Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options",
    "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy", "X-Frame-Options",
)  # fmt: skip


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with served(tmp_path_factory.mktemp("nginx")) as made:
        yield made


def test_pages_come_with_all_headers_once(front):
    answer = front.ask("/")
    assert answer.status == 200
    for name in PROTECTING:
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


def headers_of(answer) -> dict[str, set[str]]:
    """Those that protect readers, with their parts in no order."""
    return {
        name: set(answer.headers.get_all(name, ["missing"])[0].split("; ")) for name in PROTECTING
    }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_nginx_refuses_itself_is_said_in_our_words_and_with_our_headers(front, language):
    home = "/" if language == "vi" else "/en/"
    answer = front.ask(home, "POST", **{"Content-Length": "99999999"})
    assert answer.status == 413
    assert f'lang="{language}"' in answer.text
    assert "tel:" in answer.text
    assert headers_of(answer) == headers_of(front.ask("/"))


def test_an_address_that_nginx_cannot_read_is_refused_in_our_words(front):
    answer = front.ask(f"/?q={'a' * 9_000}")
    assert answer.status == 414
    assert "tel:" in answer.text
    assert headers_of(answer) == headers_of(front.ask("/"))


def test_too_many_tries_to_sign_in_are_told_to_wait(front):
    answers = [front.ask("/quan-tri/login/") for _try in range(30)]
    refused = [answer for answer in answers if answer.status == 429]
    assert "tel:" in refused[0].text
    assert refused[0].headers["Retry-After"] == "60"
    assert headers_of(refused[0]) == headers_of(front.ask("/"))


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


@pytest.mark.parametrize(("path", "method"), [("/", "GET"), ("/en/news/", "GET"), ("/", "POST")])
def test_when_the_portal_is_gone_readers_get_the_hotline_and_the_same_policy(front, path, method):
    expected = headers_of(front.ask("/"))
    front.stop_portal()
    try:
        answer = front.ask(path, method)
        assert answer.status == 503
        assert "tel:" in answer.text
        assert headers_of(answer) == expected
        assert len(answer.headers.get_all("Content-Security-Policy")) == 1
        assert answer.headers["Retry-After"] == "60"
        assert answer.headers["Cache-Control"] == "no-store"
        assert ('lang="en"' in answer.text) == path.startswith("/en/")
    finally:
        front.start_portal()

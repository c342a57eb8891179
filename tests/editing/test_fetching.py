"""The guarded client, against a server of this machine that stands in for the internet."""

import socket
import threading
import time

import pytest

from editing import fetching
from editing.fetching import Refused, Unreachable, check_address, fetch, is_public


class Server:
    """Answers raw bytes by path on loopback; counts what it was asked."""

    def __init__(self, answers):
        self.answers, self.asked, self.hosts = answers, [], []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            with connection:
                request = connection.recv(65536).decode("latin-1")
                path = request.split(" ")[1]
                self.asked.append(path)
                self.hosts.append(request.lower().partition("host: ")[2].split("\r\n")[0])
                answer = self.answers.get(path, b"HTTP/1.1 404 Not Found\r\n\r\n")
                for piece in answer if isinstance(answer, list) else [answer]:
                    try:
                        connection.sendall(piece)
                    except OSError:
                        break
                    if isinstance(answer, list):
                        time.sleep(0.05)

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


def redirect(target, status=301):
    return f"HTTP/1.1 {status} Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()


def answer(content=b"ok"):
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content


@pytest.fixture
def serve(monkeypatch):
    """Makes servers that the client takes for public ones, by the name cong.example."""
    servers = []

    def start(**answers):
        server = Server({f"/{path}": content for path, content in answers.items()})
        servers.append(server)
        ports = (*fetching.PORTS, server.port)
        monkeypatch.setattr(fetching, "PORTS", ports)
        monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")
        return server

    yield start
    for server in servers:
        server.stop()


def resolve_to(*addresses):
    return lambda host, port: list(addresses)


HERE = resolve_to("127.0.0.1")


def test_an_answer_comes_from_the_address_that_was_checked(serve):
    server = serve(tin=answer(b"noi dung"))
    got = fetch(f"http://cong.example:{server.port}/tin", resolve=HERE)
    assert (got.status, got.content) == (200, b"noi dung")
    assert server.hosts == [f"cong.example:{server.port}"]


def test_a_name_is_looked_up_once_a_step_so_that_a_second_answer_cannot_lead_inside(serve):
    server, looked_up = serve(tin=answer()), []

    def resolve(host, port):
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["10.0.0.1"]

    fetch(f"http://cong.example:{server.port}/tin", resolve=resolve)
    assert looked_up == ["cong.example"]


@pytest.mark.parametrize(
    "target", ["http://trong.example/", "http://10.0.0.1/", "file:///etc/passwd", "gopher://x/"]
)
def test_a_redirect_into_the_inside_is_refused(serve, target):
    server = serve(di=redirect(target))

    def resolve(host, port):
        return ["127.0.0.1"] if host == "cong.example" else ["10.0.0.1"]

    with pytest.raises(Refused):
        fetch(f"http://cong.example:{server.port}/di", resolve=resolve)


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    with pytest.raises(Refused):
        fetch("http://cong.example/", resolve=resolve_to("8.8.8.8", "127.0.0.1"))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.1"),
        *("100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0"),
        *("fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
        *("ff02::1", "khong-phai"),
    ],
)
def test_addresses_of_the_inside_are_known(address):
    assert not is_public(address)


def test_addresses_of_the_internet_are_public():
    assert is_public("8.8.8.8")
    assert is_public("2606:4700:4700::1111")


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://x.vn/", "file:///etc/passwd", "javascript:alert(1)", "http://", "x", "//x.vn"),
        *(
            "http://a:b@x.vn/",
            "http://x.vn:22/",
            "http://x.vn:99999/",
            "http://[bad/",
            "http://x.vn/\r\nA: b",
        ),
    ],
)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(Refused):
        check_address(url)


def test_redirects_end_and_say_whether_they_are_for_good(serve):
    server = serve(
        cu=redirect("/moi"), moi=answer(), tam=redirect("/moi", 302), vong=redirect("/vong")
    )
    base = f"http://cong.example:{server.port}"
    assert fetch(f"{base}/cu", resolve=HERE).is_permanent
    assert fetch(f"{base}/cu", resolve=HERE).url == f"{base}/moi"
    assert not fetch(f"{base}/tam", resolve=HERE).is_permanent
    with pytest.raises(Unreachable, match="redirects"):
        fetch(f"{base}/vong", resolve=HERE)


def test_no_more_is_read_than_the_limit(serve):
    server = serve(to=answer(b"x" * 100_000))
    got = fetch(f"http://cong.example:{server.port}/to", resolve=HERE, largest=1000)
    assert len(got.content) == 1000


def test_a_host_that_drips_is_cut(serve):
    server = serve(cham=[b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 200])
    with pytest.raises(Unreachable):
        fetch(f"http://cong.example:{server.port}/cham", resolve=HERE, patience=0.3)
    assert server.asked == ["/cham"]


def test_nobody_there_is_unreachable(monkeypatch):
    monkeypatch.setattr(fetching, "is_public", lambda address: True)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setattr(fetching, "PORTS", (port,))
    with pytest.raises(Unreachable, match="connection"):
        fetch(f"http://cong.example:{port}/", resolve=HERE)

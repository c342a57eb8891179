"""The one way in which the portal asks other hosts for anything.

Whoever can write a link can make the server ask for it, so: only http and https, only public
addresses at every redirect, the address that was checked is the one that is connected to (a second
look-up could answer otherwise), certificates are verified, and size and time have an end.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

LARGEST_ANSWER = 2 * 2**20  # bytes
PATIENCE = 15.0  # seconds for all of it, redirects included
MOST_REDIRECTS = 5
PORTS = (80, 443, 8080, 8443)
USER_AGENT = "Mozilla/5.0 (compatible; PortalLinkCheck/1.0)"
_REDIRECTS = (301, 302, 303, 307, 308)


class Refused(Exception):  # noqa: N818
    """We do not ask for it: the address leads where a server must not go, or is none."""


class Unreachable(Exception):  # noqa: N818
    """Asked for, without an answer; the text is the kind of failure: a stable word."""


@dataclass(frozen=True)
class Answer:
    status: int
    url: str  # where the answer came from, after all redirects
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    is_permanent: bool = False  # every redirect on the way said that it is for good


Resolve = Callable[[str, int], Iterable[str]]


def resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("name") from error
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def fetch(
    url: str,
    *,
    method: str = "GET",
    resolve: Resolve = resolve,
    patience: float = PATIENCE,
    largest: int = LARGEST_ANSWER,
) -> Answer:
    """The answer to GET or HEAD. Raises Refused or Unreachable."""
    end = time.monotonic() + patience
    is_permanent = True
    for step in range(MOST_REDIRECTS + 1):
        answer = _ask(url, method, resolve, end, largest)
        target = answer.headers.get("location", "")
        if answer.status not in _REDIRECTS or not target:
            permanent = is_permanent and step > 0
            return Answer(answer.status, url, answer.content, answer.headers, permanent)
        is_permanent &= answer.status in (301, 308)
        url = urljoin(url, target)
    raise Unreachable("redirects")


def check_address(url: str) -> SplitResult:
    """The parts of an address that may be asked for. Raises Refused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("scheme")
    if parts.username or parts.password:
        raise Refused("credentials")
    if port is not None and port not in PORTS:
        raise Refused("port")
    if any(ord(each) < 33 for each in url):
        raise Refused("address")
    return parts


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also inside another one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def _ask(url: str, method: str, resolve: Resolve, end: float, largest: int) -> Answer:
    parts = check_address(url)
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = list(resolve(host, port))
    if not addresses or not all(map(is_public, addresses)):
        raise Refused("private")
    left = end - time.monotonic()
    if left <= 0:
        raise Unreachable("slow")
    connection = _connection(parts.scheme, addresses[0], host, port, left)
    # A host that sends a byte now and then would pass every time limit of a socket.
    watchdog = threading.Timer(left, _cut, [connection])
    watchdog.start()
    try:
        answer = _exchange(connection, method, parts, host, largest)
    except ssl.SSLError as error:
        raise Unreachable("certificate") from error
    except TimeoutError as error:
        raise Unreachable("slow") from error
    except (HTTPError, OSError, ValueError) as error:
        is_certificate = "certificate" in str(error).lower()
        is_slow = "timed out" in str(error) or time.monotonic() >= end
        raise Unreachable(
            "certificate" if is_certificate else "slow" if is_slow else "connection"
        ) from error
    finally:
        watchdog.cancel()
        connection.close()
    # What was cut in the middle looks like an answer that ended early.
    if time.monotonic() >= end:
        raise Unreachable("slow")
    return answer


def _connection(scheme: str, address: str, host: str, port: int, left: float) -> Any:
    """Connects to the address that was checked, and asks it for the name."""
    timeout = min(left, 10)
    if scheme == "http":
        return HTTPConnection(address, port, timeout=timeout)
    return HTTPSConnection(
        address,
        port,
        timeout=timeout,
        server_hostname=host,
        assert_hostname=host,
        ssl_context=ssl.create_default_context(),
    )


def _exchange(connection: Any, method: str, parts: SplitResult, host: str, largest: int) -> Answer:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    shown = f"[{host}]" if ":" in host else host
    headers = {
        "Host": f"{shown}:{parts.port}" if parts.port else shown,
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }
    connection.request(
        method,
        _quoted(path),
        headers=headers,
        preload_content=False,
        decode_content=False,
    )
    response = connection.getresponse()
    content = b"" if method == "HEAD" else response.read(largest, decode_content=False)
    plain = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status, "", content, plain)


def _quoted(path: str) -> str:
    return quote(path, safe="/?&=%:;,@!$'()*+~-._#[]")


def _cut(connection: Any) -> None:
    sock = getattr(connection, "sock", None)
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

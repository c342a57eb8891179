"""Links in our texts: those into the portal are looked up at once, the others by the runner."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone, translation

from editing import fetching
from editing.models import CheckedLink

AT_A_TIME = 40
BATCH = 500
OF_ONE_HOST = 5

# Who else knows addresses that lead somewhere: redirects, for one. Filled when the portal starts.
also_alive: list[Callable[[str], bool]] = []


def addresses_in(bodies: Iterable[str]) -> Iterator[str]:
    for body in bodies:
        for tag in BeautifulSoup(body, "html.parser").find_all("a"):
            if address := str(tag.get("href") or "").strip():
                yield address


def internal_path(address: str) -> str:
    """The path of an address of this portal; empty for any other."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    own = urlsplit(settings.SITE_URL)
    is_own = not parts.netloc and not parts.scheme or parts.netloc == own.netloc
    return parts.path if is_own and parts.path.startswith("/") else ""


def is_dead(path: str) -> bool:
    """Whether a reader who follows it finds nothing: asked of the very view that would answer."""
    if path.startswith(settings.STATIC_URL) or any(knows(path) for knows in also_alive):
        return False
    language = translation.get_language_from_path(path) or settings.LANGUAGE_CODE
    with translation.override(language):
        try:
            match = _match(path)
            response = match.func(_request(path), *match.args, **match.kwargs)
        except (Resolver404, Http404, PermissionDenied):
            return True
        except Exception:  # noqa: BLE001 - a view that wants more than this is no dead link
            return False
    close = getattr(response, "close", None)
    if close:
        close()
    return response.status_code in (404, 410)


def _match(path: str) -> ResolverMatch:
    """A reader who leaves out the last slash is led on."""
    try:
        return resolve(path)
    except Resolver404:
        if path.endswith("/"):
            raise
        return resolve(f"{path}/")


def _request(path: str) -> HttpRequest:
    request: Any = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    host = urlsplit(settings.SITE_URL)
    request.META = {
        "SERVER_NAME": host.hostname or "localhost",
        "SERVER_PORT": str(host.port or 80),
        "REMOTE_ADDR": "127.0.0.1",
    }
    request.user = AnonymousUser()
    return request  # type: ignore[no-any-return]


# Other sites


def note_addresses(addresses: Iterable[str]) -> None:
    """Makes a row for each address of another site that has none yet."""
    outward = (
        address
        for address in addresses
        if address.startswith(("http://", "https://")) and not internal_path(address)
    )
    # A database takes only so many values in one question.
    while batch := list(islice(outward, BATCH)):
        _note_batch({_hash(address): address for address in batch})


def _note_batch(wanted: dict[str, str]) -> None:
    known = set(CheckedLink.objects.filter(url_hash__in=wanted).values_list("url_hash", flat=True))
    CheckedLink.objects.bulk_create(
        [
            CheckedLink(url=address[:2000], url_hash=key)
            for key, address in wanted.items()
            if key not in known
        ],
        ignore_conflicts=True,
    )


def with_suggestion(body: str, row: CheckedLink) -> str:
    """The text with the address that a link has moved to."""
    soup = BeautifulSoup(body, "html.parser")
    for tag in soup.find_all("a", href=row.url):
        tag["href"] = row.suggestion
    return str(soup)


def rows_of(addresses: Iterable[str]) -> list[CheckedLink]:
    return list(CheckedLink.objects.filter(url_hash__in={_hash(each) for each in addresses}))


def _hash(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def check_due() -> int:
    """Asks what is due, few of one host at a time; says how many were asked."""
    hosts: Counter[str] = Counter()
    asked = 0
    for row in CheckedLink.objects.due(timezone.now()).order_by("checked_at", "pk")[
        : 5 * AT_A_TIME
    ]:
        host = urlsplit(row.url).netloc
        if hosts[host] >= OF_ONE_HOST or asked >= AT_A_TIME:
            continue
        hosts[host] += 1
        asked += 1
        check(row)
    return asked


def check(row: CheckedLink) -> None:
    """Asks for one address, and where nothing answers for what its writer may have meant."""
    problem, row.suggestion = "", ""
    try:
        answer = _asked(row.url)
        row.status = answer.status
        problem = _problem(answer.status)
        if not problem and answer.is_permanent:
            row.suggestion = answer.url[:2000]
    except fetching.Refused:
        row.status, problem = None, "refused"
    except fetching.Unreachable as failure:
        row.status, problem = None, str(failure)
    if problem in ("gone", "connection", "certificate"):
        row.suggestion = next(filter(_answers, _neighbours(row.url)), "")[:2000]
    _count(row, problem)
    row.save()


def _asked(url: str) -> fetching.Answer:
    """With GET where HEAD is not understood."""
    answer = fetching.fetch(url, method="HEAD")
    return answer if answer.status < 400 else fetching.fetch(url, largest=4096)


def _answers(url: str) -> bool:
    try:
        return _asked(url).status < 400
    except (fetching.Refused, fetching.Unreachable):
        return False


def _neighbours(url: str) -> Iterator[str]:
    """The same page with TLS, and with or without its last slash."""
    parts = urlsplit(url)
    if parts.scheme == "http":
        yield parts._replace(scheme="https").geturl()
    if not parts.query and len(parts.path) > 1:
        path = parts.path[:-1] if parts.path.endswith("/") else f"{parts.path}/"
        yield parts._replace(path=path).geturl()


def _problem(status: int) -> str:
    if status in (404, 410):
        return "gone"
    if status in (401, 403, 405, 429, 451):
        # It is there, and does not talk to programs.
        return ""
    return "error" if status >= 400 else ""


def _count(row: CheckedLink, problem: str) -> None:
    now = timezone.now()
    is_new_day = row.checked_at is None or now - row.checked_at >= timedelta(hours=20)
    if not problem:
        row.failures = 0
    elif is_new_day or not row.problem:
        row.failures += 1
    row.problem, row.checked_at = problem, now

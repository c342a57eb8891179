"""What every request passes on its way in."""

import ipaddress
import logging
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import translation

from portal import errors
from portal.missing import note_missing
from portal.models import Redirect

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]


class ClientAddressMiddleware:
    """Sets REMOTE_ADDR and the scheme to what a trusted proxy says of the client.

    Everybody else's forwarded headers are dropped, so no view can believe them by mistake.
    `request.is_from_trusted_proxy` tells whether the peer itself is trusted.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        names = [name for name in settings.TRUSTED_PROXIES if name != "unix"]
        self.networks = [ipaddress.ip_network(name) for name in names]
        self.trusts_sockets = "unix" in settings.TRUSTED_PROXIES
        self._is_trusted = lru_cache(maxsize=1024)(self._belongs_to_a_proxy)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded_for = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        forwarded_scheme = request.META.pop("HTTP_X_FORWARDED_PROTO", "")
        trusted = self._is_trusted(request.META.get("REMOTE_ADDR", ""))
        request.is_from_trusted_proxy = trusted  # type: ignore[attr-defined]
        if trusted:
            request.META["REMOTE_ADDR"] = self._client(request, forwarded_for)
            if forwarded_scheme in ("http", "https"):
                request.environ["wsgi.url_scheme"] = forwarded_scheme  # type: ignore[attr-defined]
        return self.get_response(request)

    def _belongs_to_a_proxy(self, address: str) -> bool:
        if not address:  # a socket peer has no address
            return self.trusts_sockets
        try:
            peer = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(peer in network for network in self.networks)

    def _client(self, request: HttpRequest, forwarded_for: str) -> str:
        """The nearest address that no trusted proxy of ours has; what stands before it, anybody
        may have written."""
        client: str = request.META.get("REMOTE_ADDR", "")
        for address in reversed([part.strip() for part in forwarded_for.split(",")]):
            if not _is_address(address):
                break
            client = address
            if not self._is_trusted(address):
                break
        return client


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class HeadWithoutBodyMiddleware:
    """Answers HEAD with the headers alone; the server would drop the body and complain."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "HEAD" and not response.streaming:
            length = response.headers.get("Content-Length") or str(len(response.content))
            response.content = b""
            response.headers["Content-Length"] = length
        return response


class OwnOriginMiddleware:
    """What no view has offered to other sites stays with this one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class DatabaseGoneMiddleware:
    """Answers 503, with the hotline from disk, when the database cannot be reached."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        logger.error("Database unreachable: %s", str(error).partition("\n")[0])
        return errors.unavailable(request)


class CleanAddressMiddleware:
    """Answers 400 to addresses with a NUL or with bytes that are no UTF-8, in path or query.

    PostgreSQL's driver raises on NUL wherever it meets one; here it is met once.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "\ufffd" in request.path:
            return errors.bad_request(request)
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.META.get(
            "QUERY_STRING", ""
        ):
            request.GET = _without_nul(request)
        return self.get_response(request)


def _without_nul(request: HttpRequest):  # type: ignore[no-untyped-def]
    query = request.GET.copy()
    for name, values in list(query.lists()):
        query.setlist(name, [value.replace("\x00", "") for value in values])
    query._mutable = False
    return query


class LanguageFromAddressMiddleware:
    """The path alone decides the language of a public page, so that caches need not ask."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or language)
            return response


class StaffLanguageMiddleware:
    """Staff pages speak the language of the staff member's profile."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(reverse("admin:index")):
            return self.get_response(request)
        language = self._chosen(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        return self.get_response(request)

    def _chosen(self, request: HttpRequest) -> str:
        return getattr(request.user, "language", settings.LANGUAGE_CODE)


# What is asked for there and missing is no page that has moved.
_NOT_PAGES = ("/static/", "/media/", "/quan-tri/", "/xem-truoc/", "/.well-known/", "/api/")


class RedirectMiddleware:
    """Looks a missing address up among the redirects."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        address = request.get_full_path()[:500]
        redirect = Redirect.objects.filter(old_path__in=[address, request.path[:500]]).first()
        if redirect is not None:
            return HttpResponsePermanentRedirect(redirect.new_path)
        if not request.path.startswith(_NOT_PAGES):
            note_missing(request.path)
        return response

"""What the web server in front answers by itself, when the portal does not run or never gets to see a
request: pages with the hotline, and the headers that go with them, from the settings of the portal."""

from __future__ import annotations

from pathlib import Path

from csp.utils import build_policy
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django_permissions_policy import PermissionsPolicyMiddleware

from portal import hotline_copy
from portal.files import replace_text

# Template and words, by the status they are sent with.
_PAGES = {
    "400": ("400.html", {}),
    "404": (
        "front.html",
        {
            "title": _("This page could not be found"),
            "lead": _("The address may be mistyped, or the page has moved."),
        },
    ),
    "413": (
        "front.html",
        {
            "title": _("This is too large to be sent"),
            "lead": _(
                "A photo may have up to 30 MB and a file up to 50 MB. "
                "Go back in the browser: what you typed is still there."
            ),
        },
    ),
    "429": (
        "front.html",
        {
            "title": _("Too many requests at once"),
            "lead": _("Please wait a minute and try again; if it is urgent, call."),
        },
    ),
    "503": ("503.html", {}),
}


def folder() -> Path:
    return Path(settings.VAR_DIR) / "errors"


def renew() -> None:
    """Writes what has changed; to be called again and again."""
    folder().mkdir(exist_ok=True)
    for language, _name in settings.LANGUAGES:
        for status in _PAGES:
            replace_text(folder() / f"{status}.{language}.html", _page(status, language))
    replace_text(folder() / "headers.conf", _in_the_words_of_nginx(_headers()))


def _page(status: str, language: str) -> str:
    template, words = _PAGES[status]
    with translation.override(language):
        context = {"copy": hotline_copy.read(language), "language": language, **words}
        return render_to_string(template, context)


def too_long() -> bytes:
    """The whole answer to a request whose address is too long for the server to read on; nothing is
    known of the reader's language. Raises OSError before the runner has written its page."""
    page = (folder() / f"400.{settings.LANGUAGE_CODE}.html").read_bytes()
    headers = _headers() | {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(page)),
        "Connection": "close",
    }
    lines = ["HTTP/1.1 414 URI Too Long", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + page


def _headers() -> dict[str, str]:
    headers = {
        # Its parts come in another order in every process.
        "Content-Security-Policy": "; ".join(sorted(build_policy().split("; "))),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Permissions-Policy": PermissionsPolicyMiddleware.compute_header_value(
            {**settings.PERMISSIONS_POLICY}, name="PERMISSIONS_POLICY"
        ),
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    if settings.SECURE_HSTS_SECONDS:
        headers["Strict-Transport-Security"] = (
            f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
        )
    return headers


def _in_the_words_of_nginx(headers: dict[str, str]) -> str:
    return "".join(f'add_header {name} "{value}" always;\n' for name, value in headers.items())

"""What the web server in front answers by itself when the portal does not run: a page with the
hotline, and the headers that go with it, written from the same settings as those of the portal."""

from __future__ import annotations

import os
from pathlib import Path

from csp.utils import build_policy
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from portal import hotline_copy


def folder() -> Path:
    return Path(settings.VAR_DIR) / "errors"


def renew() -> None:
    """Writes what has changed; to be called again and again."""
    folder().mkdir(exist_ok=True)
    for code, _name in settings.LANGUAGES:
        _write(folder() / f"503.{code}.html", _page(code))
    _write(folder() / "headers.conf", _headers())


def _page(language: str) -> str:
    with translation.override(language):
        context = {"copy": hotline_copy.read(language), "language": language}
        return render_to_string("503.html", context)


def _headers() -> str:
    """In the words of nginx."""
    headers = {
        # Its parts come in another order in every process.
        "Content-Security-Policy": "; ".join(sorted(build_policy().split("; "))),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Retry-After": "60",
    }
    if settings.SECURE_HSTS_SECONDS:
        headers["Strict-Transport-Security"] = (
            f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
        )
    return "".join(f'add_header {name} "{value}" always;\n' for name, value in headers.items())


def _write(path: Path, text: str) -> None:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    draft = path.with_name(f".{path.name}")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)

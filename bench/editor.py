"""An editor who publishes while others read: prints, as JSON, when readers saw each article.

`BASE` is the address of the portal whose settings the environment has. The drafts are all written
before the readers come, who may come when a first line is printed. Each is published from the list
of articles of the staff, and looked for in the list of news as soon as the editor is told that it is
done. All are taken away when the readers have gone: at the end of the input.
"""

import json
import os
import ssl
import sys
import time
import urllib.parse
import urllib.request
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from editing.models import User  # noqa: E402
from news.models import Article, Category, Edition  # noqa: E402

PAUSE = 2  # seconds between two articles
PATIENCE = 5  # seconds until an article that nobody sees counts as missed
ORIGIN = "bench:"

_CONTEXT = ssl.create_default_context()
_CONTEXT.check_hostname, _CONTEXT.verify_mode = False, ssl.CERT_NONE


def written(number: int) -> Edition:
    article = Article.objects.create(origin=f"{ORIGIN}{time.time_ns()}")
    category = Category.objects.filter(is_notice_board=False).first()
    assert category is not None
    return Edition.objects.create(
        article=article,
        category=category,
        title=f"Bài thử tải số {number}, lúc {timezone.localtime():%H:%M:%S.%f}",
        lead="Bài này chỉ có trong khi đo tốc độ.",
        body="<p>Bài này chỉ có trong khi đo tốc độ.</p>",
    )


class Editor:
    """Signed in, as a browser is."""

    def __init__(self, base: str) -> None:
        self._base = base
        client = Client()
        client.force_login(User.objects.filter(is_superuser=True).earliest("pk"))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        token = "b" * 32
        self._form = {"csrfmiddlewaretoken": token, "action": "approve_chosen"}
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: token}
        self._cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def publish(self, edition: Edition) -> None:
        place = f"{self._base}/quan-tri/news/edition/"
        form = urllib.parse.urlencode({**self._form, "_selected_action": edition.pk}).encode()
        _fetch(place, form, Cookie=self._cookies, Referer=f"{settings.SITE_URL}/quan-tri/")
        edition.refresh_from_db()
        if edition.live_from is None:
            raise SystemExit(f"{place} has not published: {edition}")


def seen_after(base: str, edition: Edition) -> float | None:
    """Milliseconds from now to the answer that has it."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        asked = time.monotonic()
        with suppress(OSError):
            if edition.title in _fetch(f"{base}/tin-tuc/"):
                return (asked - begun) * 1000
        time.sleep(0.01)
    return None


def _fetch(url: str, form: bytes | None = None, **headers: str) -> str:
    headers = {"User-Agent": "Mozilla/5.0 Firefox/140.0", **headers}
    request = urllib.request.Request(url, form, headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=30, context=_CONTEXT) as answer:  # noqa: S310
        return str(answer.read().decode())


def main() -> None:
    base, seconds = os.environ["BASE"], float(os.environ["SECONDS"])
    delays: list[float | None] = []
    editor = Editor(base)
    try:
        drafts = [written(number + 1) for number in range(int(seconds / PAUSE))]
        print("ready", flush=True)
        end = time.monotonic() + seconds
        while drafts and time.monotonic() < end:
            editor.publish(draft := drafts.pop(0))
            delays.append(seen_after(base, draft))
            time.sleep(PAUSE)
        sys.stdin.read()
    finally:
        Article.objects.filter(origin__startswith=ORIGIN).delete()
    print(json.dumps(delays))


if __name__ == "__main__":
    main()

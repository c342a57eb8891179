"""An editor who publishes while others read: prints, as JSON, when readers saw each article.

`BASE` is the address of the portal whose settings the environment has. The drafts are all written
before the first is published. Every article is looked for right after its transaction, in the list
of news. All are taken away at the end.
"""

import json
import os
import ssl
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django  # noqa: E402

django.setup()

from django.utils import timezone  # noqa: E402

from news.models import Article, Category, Edition  # noqa: E402
from news.workflow import approve  # noqa: E402

PAUSE = 2  # seconds between two articles
PATIENCE = 5  # seconds until an article that nobody sees counts as missed
ORIGIN = "bench:"

_CONTEXT = ssl.create_default_context()
_CONTEXT.check_hostname, _CONTEXT.verify_mode = False, ssl.CERT_NONE


def draft(number: int) -> Edition:
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


def seen_after(base: str, edition: Edition) -> float | None:
    """Milliseconds from the end of the transaction to the answer that has it."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        asked = time.monotonic()
        with suppress(OSError):
            if edition.title in _get(f"{base}/tin-tuc/"):
                return (asked - begun) * 1000
        time.sleep(0.01)
    return None


def _get(url: str) -> str:
    request = urllib.request.Request(url, headers={"User-Agent": "Mozilla/5.0 Firefox/140.0"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30, context=_CONTEXT) as answer:  # noqa: S310
        return str(answer.read().decode())


def main() -> None:
    base, seconds = os.environ["BASE"], float(os.environ["SECONDS"])
    delays: list[float | None] = []
    try:
        drafts = [draft(number + 1) for number in range(int(seconds / PAUSE))]
        end = time.monotonic() + seconds
        while drafts and time.monotonic() < end:
            delays.append(seen_after(base, approve(drafts.pop(0), by=None)))
            time.sleep(PAUSE)
    finally:
        Article.objects.filter(origin__startswith=ORIGIN).delete()
    print(json.dumps(delays))


if __name__ == "__main__":
    main()

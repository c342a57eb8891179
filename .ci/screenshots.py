"""Serves the portal from a folder of its own and photographs it: phone and desktop, light and dark."""

import io
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
PASSWORD = "anh-chup-man-hinh"  # noqa: S105

# Name, number of samples, address, and the pictures to take.
ALL = [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]
STAFF = [(1280, "light")]
PICTURES = (
    ("home", 0, "/", ALL),
    ("article", 0, "/tin-tuc/hoi-nghi-1/", [(360, "light"), (1280, "dark")]),
    ("hotline", 0, "/duong-day-nong/", [(360, "dark"), (1280, "light")]),
    ("home-full", 60, "/", [(360, "light"), (1280, "light")]),
    ("desk", 0, "/quan-tri/", [(1280, "light"), (1280, "dark")]),
    ("staff-list", 0, "/quan-tri/news/edition/", STAFF),
    ("staff-form", 0, "/quan-tri/news/edition/add/", STAFF),
    ("staff-article", 0, "/quan-tri/news/edition/1/change/", STAFF),
    ("staff-publish", 0, "/quan-tri/news/edition/2/step/publish/", STAFF),
    ("staff-step", 0, "/quan-tri/news/edition/1/step/withdraw/", STAFF),
    ("staff-drop", 0, "/quan-tri/news/edition/drop/", STAFF),
    ("search", 0, "/tim-kiem/?q=truong+ban", [(360, "light"), (1280, "light")]),
    ("staff-history", 0, "/quan-tri/news/edition/1/history/", STAFF),
    ("staff-official", 0, "/quan-tri/contacts/appointment/1/change/", STAFF),
    ("staff-visits", 0, "/quan-tri/thong-ke/", STAFF),
    ("staff-account", 0, "/quan-tri/tai-khoan/", [(360, "dark"), (1280, "light")]),
    ("staff-invite", 0, "/quan-tri/editing/user/2/access/", STAFF),
    ("staff-trail", 0, "/quan-tri/editing/auditentry/", STAFF),
)


# A colleague's text that waits for approval: edition 2.
STORY = """
from editing.models import User
from news.models import Article, Category, Edition
from news.workflow import submit
names = {"last_name": "Nguyễn Thị", "first_name": "Mẫu"}
colleague = User.objects.create(username="mau", is_staff=True, is_superuser=True, **names)
category = Category.objects.filter(is_notice_board=False).first()
draft = Edition.objects.create(
    article=Article.objects.create(created_by=colleague),
    category=category,
    title="Bài mẫu: đối thoại với doanh nghiệp",
    lead="Nội dung mẫu để chụp màn hình, không phải sự việc có thật.",
    body="<p>Doanh nghiệp nêu kiến nghị; xem tại đây.</p>",
    edited_by=colleague,
)
draft.editors.add(colleague)
submit(draft, by=colleague)
"""


@contextmanager
def portal(samples: int) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="portal-pictures-") as folder:
        variables = {"VAR_DIR": folder, "PORT": str(port), "ADMIN_PASSWORD": PASSWORD}
        command = [sys.executable, "manage.py", "serve", "--samples", str(samples)]
        environment = {**os.environ, **variables}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            if not samples:
                shell = [sys.executable, "manage.py", "shell", "--no-imports", "-c", STORY]
                subprocess.run(shell, cwd=ROOT, env=environment, check=True)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(url: str) -> None:
    for _attempt in range(240):
        try:
            urllib.request.urlopen(url)  # noqa: S310
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("The portal did not start.")


def photograph(
    browser: Browser, base: str, name: str, address: str, shots: list[tuple[int, str]]
) -> None:
    for width, scheme in shots:
        context = browser.new_context(
            base_url=base,
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        page = context.new_page()
        page.goto(address)
        if page.locator("[name=login]").count():
            page.fill("[name=login]", "quantri")
            page.fill("[name=password]", PASSWORD)
            page.click("[type=submit]")
        _keep(page.screenshot(full_page=width > 400), FOLDER / f"{name}-{width}-{scheme}.png")
        context.close()


def _keep(picture: bytes, path: Path) -> None:
    # A few colours are enough, and a repository remembers every picture for ever.
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(128).save(path, optimize=True)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for samples in sorted({picture[1] for picture in PICTURES}):
            with portal(samples) as base:
                for name, wanted, address, shots in PICTURES:
                    if wanted == samples:
                        photograph(browser, base, name, address, shots)
        browser.close()


if __name__ == "__main__":
    main()

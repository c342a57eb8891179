"""Chromium for tests. Whatever a test does, no page may raise an error, break the content policy or
ask another host for anything."""

import os
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
PASSWORD = "mat-khau-thu-2026"

# Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


# A page that is closed leaves requests behind, whose threads find their database gone.
LATE_REQUESTS = "ignore::pytest.PytestUnhandledThreadExceptionWarning"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.filterwarnings(LATE_REQUESTS))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def first_content(django_db_reset_sequences: None) -> None:
    """The seed's content; its article is number 1."""
    call_command("first_content", stdout=StringIO())


@pytest.fixture
def staff_groups(first_content: None) -> None:
    """The groups that migrations have made; a test with transactions of its own empties every
    table."""
    with connection.schema_editor() as editor:
        for name, function in (
            ("0004_staff_groups", "make_groups"),
            ("0005_rights_over_the_front_page", "grant_rights"),
            ("0010_writers_fill_the_photo_library", "grant_rights"),
        ):
            getattr(import_module(f"portal.migrations.{name}"), function)(apps, editor)


OpenContext = Callable[..., BrowserContext]


@pytest.fixture
def open_context(chromium: Browser, live_server: Any) -> Iterator[OpenContext]:
    """Makes a reader's or a member of staff's browser: `open_context(width=360, scheme="dark")`."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: _note_console(faults, page, message))
        page.on("request", lambda request: _note_request(faults, live_server.url, request.url))

    def make(*, width: int = 1280, scheme: str = "light", **options: Any) -> BrowserContext:
        # What one fetches behind the page's back would still run when the test is over.
        options.setdefault("service_workers", "block")
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            **options,
        )
        context.set_default_timeout(10_000)
        context.on("page", watch)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    _await_requests()
    assert faults == []


def _await_requests() -> None:
    """On SQLite the server's threads share the test's connection: a request that is still in its
    transaction when the tables are emptied takes the emptying back with its own rollback."""
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)


# A missing page is also an error in the console; the editor's blocked handlers are why there is
# `static/staff/editor.js`.
EXPECTED = (
    "Failed to load resource",
    "Executing inline event handler violates",
    "Executing inline script violates",
    "Running the JavaScript URL violates",
    # The preview of an article stands in a frame that runs nothing.
    "Blocked script execution in",
)


def _note_console(faults: list[str], page: Page, message: Any) -> None:
    is_public = "/quan-tri/" not in page.url
    expected = EXPECTED[:1] if is_public else EXPECTED
    if message.type == "error" and not message.text.startswith(expected):
        faults.append(f"{page.url}: {message.text}")


def _note_request(faults: list[str], own: str, url: str) -> None:
    if not url.startswith((own, "data:", "blob:", "about:")):
        faults.append(f"asks {url}")


@pytest.fixture
def page(open_context: OpenContext) -> Page:
    return open_context().new_page()


@pytest.fixture
def phone(open_context: OpenContext) -> Page:
    return open_context(width=360, has_touch=True, is_mobile=True).new_page()


def sign_in(page: Page, username: str) -> None:
    page.goto("/quan-tri/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url("**/quan-tri/")


AXE = Axe()


def violations(page: Page) -> list[str]:
    """What axe finds, WCAG 2.2 AA and its best practices: “rule: where”."""
    # Half a megabyte, which a page that is looked at in another width has already read.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]

import gc
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.signals import template_rendered
from PIL import Image

from editing.public_forms import Throttle
from portal.templating import Page
from tests import prepared
from tests.emptying import only_filled_tables_are_emptied
from tests.encoded_once import encoded_once


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        prepared.begin_run()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish() -> None:
    """Modules, models and templates stay until the end: whoever looks for garbage need not walk
    through them again and again, which was a sixth of the whole time."""
    gc.collect()
    gc.freeze()


_ASKING = {"db", "transactional_db", "live_server"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First those that start portals of their own, half a minute each: at the end one worker would
    wait for the other. pytest-django has put them last, as they leave the database of tests alone."""
    items.sort(key=lambda item: not _starts_a_portal(item))


def _starts_a_portal(item: pytest.Item) -> bool:
    asks = item.get_closest_marker("django_db") or _ASKING & {*item.fixturenames}
    takes_long = item.get_closest_marker("slow") or item.get_closest_marker("served")
    return bool(takes_long and not asks)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any
) -> Iterator[None]:
    with django_db_blocker.unblock(), prepared.beginning_as_a_copy(connection):
        yield


@pytest.fixture(scope="module")
def rows_of_the_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For rows that every test of a file wants: made once, in a transaction around those of its tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True, scope="session")
def _context_of_pages() -> Iterator[None]:
    """`response.context`, which Django's test client has of Django's own templates alone."""
    render = Page.render

    def render_and_tell(page: Page, context: Any = None, request: Any = None) -> str:
        context = {} if context is None else context
        html = render(page, context, request)
        template_rendered.send(sender=page, template=page, context=context)
        return html

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Page, "render", render_and_tell)
        yield


@pytest.fixture(autouse=True, scope="session")
def _only_filled_tables_are_emptied() -> Iterator[None]:
    with only_filled_tables_are_emptied(connection):
        yield


@pytest.fixture(autouse=True, scope="session")
def _photos_are_encoded_once() -> Iterator[None]:
    with encoded_once():
        yield


@pytest.fixture(autouse=True)
def _clean_folders() -> Iterator[None]:
    """Each test begins without files and without what another one cached."""
    yield
    cache.clear()
    Throttle.forget_all()
    for name in ("hotline.json", "missing-addresses", "searches-in-vain", "searches-in-vain.taken"):
        (Path(settings.VAR_DIR) / name).unlink(missing_ok=True)
    for folder in (Path(settings.MEDIA_ROOT), Path(settings.VAR_DIR) / "spool"):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def drawn_photo() -> Callable[..., BytesIO]:
    """Makes picture files: `drawn_photo(1200, 800, "PNG")`."""

    def draw(width: int = 1200, height: int = 800, kind: str = "PNG", **options: object) -> BytesIO:
        file = BytesIO()
        Image.new("RGB", (width, height), "#0a4b6b").save(file, kind, **options)
        file.seek(0)
        return file

    return draw


@pytest.fixture(autouse=True, scope="session")
def json_is_known(django_db_setup: None, django_db_blocker: Any) -> None:
    """Django asks SQLite once in a process whether it knows JSON; no page shall pay for it."""
    with django_db_blocker.unblock():
        assert connection.features.supports_json_field


@pytest.fixture
def clock(time_machine: Any) -> Any:
    """Stands at this moment until a test moves it: `clock.shift(timedelta(hours=1))`."""
    time_machine.move_to(datetime.now(UTC), tick=False)
    return time_machine


@pytest.fixture
def citizen(db: None) -> Client:
    return Client()


@pytest.fixture
def staff(db: None) -> Client:
    from tests.making import make_user

    client = Client()
    client.force_login(make_user())
    return client


@pytest.fixture
def time_machine_at() -> Iterator[Callable[[datetime], None]]:
    """Sets the clock: `time_machine_at(datetime(…))`; it stands still until it is set again."""
    travels: list[time_machine.travel] = []

    def set_clock(moment: datetime) -> None:
        for travel in travels:
            travel.stop()
        travels[:] = [time_machine.travel(moment, tick=False)]
        travels[0].start()

    yield set_clock
    for travel in travels:
        travel.stop()

"""What a process builds at its start, so that its first readers need not wait for it."""

import pytest

from portal.page_cache import warm_up
from tests.portal.test_page_cache import Front, pages  # noqa: F401

pytestmark = pytest.mark.usefixtures("pages", "db")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(warm_up, "_PAUSE", 0.0)


def noting(paths, status="200 OK"):
    def answer(environ, start):
        paths.append(environ["PATH_INFO"])
        start(status, [("Content-Type", "text/html")])
        return [b"page"]

    return answer


def test_the_home_pages_are_built_and_then_what_is_asked_for_most():
    paths = []
    front = Front(noting(paths))
    for address in ("/lien-he/", "/tin-tuc/"):
        front.get(address)
    front.cache.often.note("/tin-tuc/?")
    paths.clear()
    warm_up.begin(front.cache).join()
    assert paths == ["/", "/en/", "/tin-tuc/", "/lien-he/"]


def test_it_ends_soon_however_much_there_is(monkeypatch):
    monkeypatch.setattr(warm_up, "_LONGEST", 0.0)
    paths = []
    warm_up.begin(Front(noting(paths)).cache).join()
    assert paths == []


@pytest.mark.parametrize("status", ["503 Service Unavailable", None])
def test_a_portal_that_cannot_build_yet_starts_all_the_same(status, caplog):
    front = Front(noting([], status) if status else None)
    warm_up.begin(front.cache).join()
    assert ("could not be built" in caplog.text) is (status is None)


def test_readers_are_answered_by_the_cache_as_before():
    """What was built at the start was not kept: nobody had asked for it."""
    front = Front(noting([]))
    warm_up.begin(front.cache).join()
    front.built = 0
    front.get("/")
    front.get("/")
    assert front.built == 1

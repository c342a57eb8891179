"""Whatever is typed gets a page, soon."""

import time

import pytest

from portal.search import candidates
from portal.search.engines import TookTooLong
from tests.making import make_board, make_edition, make_official
from tests.portal.nasty_strings import nasty_strings

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_anything_whatever_is_answered_soon(citizen):
    make_official("0913 705 521", name="Đặng Thị Ưu")
    make_edition(title="Giá đất đai năm nay")
    make_edition(title="Đất a b c 1 2 3", category=make_board())
    strings = nasty_strings()
    assert len(strings) >= 500
    for address in ("/tim-kiem/", "/en/search/"):
        for text in strings[:: 1 if address == "/tim-kiem/" else 5]:
            start = time.process_time()  # a busy machine is no fault of ours
            encoded = text.encode("utf-8", "surrogatepass")
            response = citizen.get(address, {"q": encoded})
            assert response.status_code == 200, ascii(text[:50])
            assert not response.context["answer"].took_too_long, ascii(text[:50])
            assert time.process_time() - start < 2, ascii(text[:50])


@pytest.mark.slow
def test_the_parameters_beside_the_words_may_be_anything_too(citizen):
    make_edition(title="Giá đất đai năm nay")
    for text in nasty_strings()[::9]:
        encoded = text[:3000].encode("utf-8", "surrogatepass")
        for name in ("page", "kind", "category", "year"):
            assert citizen.get("/tim-kiem/", {"q": "đất", name: encoded}).status_code == 200


def test_a_search_that_the_database_ends_is_answered_politely(citizen, monkeypatch):
    class Slow:
        def ask(self, *_question):
            raise TookTooLong

    make_edition(title="Giá đất đai năm nay")
    monkeypatch.setattr(candidates, "engine", Slow)
    response = citizen.get("/tim-kiem/?q=đất")
    assert response.status_code == 200
    assert "mất quá nhiều thời gian" in response.content.decode()

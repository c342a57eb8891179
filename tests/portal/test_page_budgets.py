"""Every public page of a portal with many texts: it works, and asks the database little."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Model

from editing.models import Photo
from news.models import Edition
from portal.samples import SampleMaker, start_of_today
from tests.portal.test_pages import ADDRESSES, MOST_QUERIES, queries_of


@pytest.fixture(scope="module", autouse=True)
def content(rows_of_the_module: None) -> None:
    call_command("first_content", stdout=StringIO())
    next(SampleMaker(start_of_today(), photos=1).make(30))
    Edition.objects.update(lead_photo=Photo.objects.get())


def _refuse(row: Model, **which: Any) -> None:
    raise AssertionError(f"{row!r} is asked for once more: {which}")


@pytest.mark.django_db
@pytest.mark.parametrize("address", [address for address in ADDRESSES if "2021" not in address])
def test_every_address_answers_within_its_budget(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a row was read without is asked for by a question of its own, for each row.
    monkeypatch.setattr(Model, "refresh_from_db", _refuse)
    response, queries = queries_of(address)
    assert response.status_code == (404 if "khong-co" in address else 200)
    assert queries <= MOST_QUERIES

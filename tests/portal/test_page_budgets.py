"""Every public page of a portal with many texts: it works, and asks the database little."""

from io import StringIO

import pytest
from django.core.management import call_command

from editing.models import Photo
from news.models import Edition
from portal.samples import SampleMaker, start_of_today
from tests.portal.test_pages import ADDRESSES, MOST_QUERIES, queries_of


@pytest.fixture(scope="module", autouse=True)
def content(rows_of_the_module: None) -> None:
    call_command("first_content", stdout=StringIO())
    next(SampleMaker(start_of_today(), photos=1).make(30))
    Edition.objects.update(lead_photo=Photo.objects.get())


@pytest.mark.django_db
@pytest.mark.parametrize("address", [address for address in ADDRESSES if "2021" not in address])
def test_every_address_answers_within_its_budget(address: str) -> None:
    response, queries = queries_of(address)
    assert response.status_code == (404 if "khong-co" in address else 200)
    assert queries <= MOST_QUERIES

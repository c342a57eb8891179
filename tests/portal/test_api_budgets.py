"""The interface for programs asks the database little, however much there is."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from editing.models import Photo
from news.models import Tag
from portal.api.entrances import ENTRANCES, Entrance
from tests.making import make_edition, make_official, make_unit
from tests.portal.test_api import filled, one_of_everything


@pytest.fixture(scope="module")
def rows(rows_of_the_module: None, drawn_photo: Callable[..., BytesIO]) -> dict[str, int]:
    rows = one_of_everything()
    photo = Photo.store(drawn_photo())
    for number in range(25):
        edition = make_edition(title=f"Tin số {number}", lead_photo=photo)
        edition.tags.add(Tag.objects.create(name_vi=f"Từ {number}"))
        make_official(name=f"Đỗ Thị {number}", post=None)
        make_unit(name_vi=f"Phòng {number}")
    return rows


@pytest.mark.parametrize("entrance", ENTRANCES, ids=lambda each: each.name)
def test_no_address_asks_more_than_nine_questions(
    rows: dict[str, int],
    citizen: Client,
    entrance: Entrance,
    django_assert_max_num_queries: Any,
) -> None:
    with django_assert_max_num_queries(9):
        citizen.get(filled(entrance, rows))

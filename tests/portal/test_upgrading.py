"""From the first release to this one, with data in it."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import prepared
from tests.portal.installation import Installation
from tests.stats.served import own_database

pytestmark = pytest.mark.slow

# What the first release had, made by its own migrations and filled through its own models.
FIRST_RELEASE = """
from datetime import date, timedelta
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

first = [
    ("auth", "0012_alter_user_first_name_max_length"), ("contacts", "0002_initial"),
    ("editing", "0001_initial"), ("news", "0001_initial"), ("portal", "0001_initial"),
    ("sessions", "0001_initial"), ("stats", "0001_visit_counter"),
]
state = MigrationExecutor(connection).migrate(first)
def model(name):
    return state.apps.get_model(name)
model("portal.Agency").objects.create(
    pk=1, name="Ban Quản lý Khu kinh tế", name_vi="Ban Quản lý Khu kinh tế",
    first_content_at=timezone.now(),
)
user = model("editing.User").objects.create(username="canbo", is_staff=True, is_superuser=True)
category = model("news.Category").objects.create(
    name="Tin đầu tư", name_vi="Tin đầu tư", slug="tin-dau-tu", slug_vi="tin-dau-tu"
)
article = model("news.Article").objects.create(language="vi", created_by=user)
hour_ago = timezone.now() - timedelta(hours=1)
model("news.Edition").objects.create(
    article=article, category=category, title="Đường trục Khu kinh tế đã thông xe",
    slug="duong-truc-khu-kinh-te-da-thong-xe", lead="Sáng nay.", body="<p>Dài bốn ki-lô-mét.</p>",
    state="approved", live_from=hour_ago, listed_at=hour_ago, language="vi",
)
unit = model("contacts.Unit").objects.create(name="Văn phòng", name_vi="Văn phòng")
post = model("contacts.Post").objects.create(
    title="Chánh Văn phòng", title_vi="Chánh Văn phòng", unit=unit
)
person = model("contacts.Person").objects.create(name="Đặng Thị Ngọc Ưu", honorific="ms")
official = model("contacts.Appointment").objects.create(
    person=person, post=post, is_on_hotline=True, started_on=date(2020, 1, 1)
)
model("contacts.PhoneNumber").objects.create(
    appointment=official, raw="0257 3500 001", kind="landline", e164="+842573500001",
    dial="+842573500001",
)
model("portal.Page").objects.create(
    title="Chức năng", title_vi="Chức năng", path="chuc-nang", path_vi="chuc-nang",
    body="<p>Giúp ủy ban tỉnh.</p>", body_vi="<p>Giúp ủy ban tỉnh.</p>",
)
model("stats.DayTotal").objects.create(
    day=date(2026, 11, 1), rule="", pageviews=7, visitors=3, visits=4
)
"""

SEEN = """
import json
from django.test import Client
from stats.models import DayTotal
def page(path):
    answer = Client().get(path, follow=True, headers={"host": "127.0.0.1"})
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)
day = DayTotal.objects.get(day="2026-11-01", rule="")
print(json.dumps({
    "news": page("/tin-tuc/"), "hotline": page("/duong-day-nong/"), "page": page("/chuc-nang/"),
    "category": page("/chuyen-muc/tin-dau-tu/"), "visits": [day.pageviews, day.visitors, day.visits],
}))
"""


@pytest.fixture
def upgraded(tmp_path: Path) -> Iterator[Installation]:
    url, steps = os.environ.get("DATABASE_URL", ""), ["shell", "--no-imports", "-c", FIRST_RELEASE]
    ready = prepared.made_once("upgraded", url, None, [steps, ["serve", "--prepare-only"]])
    ready.copy_to(tmp_path / "var")
    with ExitStack() as stack:
        yield Installation(
            tmp_path / "var", stack.enter_context(own_database(url, ready)) if url else ""
        )


def test_everything_of_the_first_release_is_there_after_the_upgrade(upgraded):
    seen = upgraded.ask(SEEN)
    assert "Đường trục Khu kinh tế đã thông xe" in seen["news"]
    assert "Đường trục Khu kinh tế đã thông xe" in seen["category"]
    assert "Đặng Thị Ngọc Ưu" in seen["hotline"]
    assert "tel:+842573500001" in seen["hotline"].replace("-", "")
    assert "Giúp ủy ban tỉnh." in seen["page"]
    assert seen["visits"] == [7, 3, 4]


def test_a_second_start_changes_nothing_and_what_was_upgraded_can_be_backed_up(upgraded):
    before = upgraded.counts()
    upgraded.run("serve", "--prepare-only")
    upgraded.run("backup")
    assert upgraded.counts() == before

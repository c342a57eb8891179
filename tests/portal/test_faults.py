"""Whatever breaks: readers get the hotline, staff a clear word, and all is done or not done."""

import errno
import os
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from editing.models import Photo
from news import sharing
from news.models import Edition, ShareLink
from portal import hotline_copy, maintenance
from tests.making import make_agency, make_draft, make_edition, make_official, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def editor() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_user())
    return client


@contextmanager
def database_gone(message="connection refused"):
    """Every question to the database fails from now on."""
    with patch.object(BaseDatabaseWrapper, "cursor", side_effect=OperationalError(message)):
        yield


# The database is taken away


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("/", "Gọi"), ("/tin-tuc/", "Gọi"), ("/duong-day-nong/", "Gọi"), ("/khong-co/", "Gọi"),
        ("/tim-kiem/?q=dat", "Gọi"), ("/en/", "Call"), ("/thong-ke-truy-cap/", "Gọi"),
    ],
)  # fmt: skip
def test_readers_get_the_hotline(reader, path, call):
    make_official("0257 3500 001")
    make_edition()
    hotline_copy.renew()
    with database_gone():
        answer = reader.get(path)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert answer["Cache-Control"] == "no-store"
    text = answer.content.decode()
    assert 'href="tel:' in text
    assert call in text
    assert "connection refused" not in text


def test_readers_are_served_again_as_soon_as_it_is_back(reader):
    make_edition()
    with database_gone():
        assert reader.get("/").status_code == 503
    assert reader.get("/").status_code == 200


def test_the_health_checks_tell_it(reader):
    with database_gone():
        assert reader.get("/healthz").status_code == 200
        answer = reader.get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, ["database"])


def test_staff_are_told_that_nothing_is_saved_and_send_it_once_more(editor):
    address = reverse("admin:portal_linkgroup_add")
    sent = {"title": "Đường dẫn “hữu ích” <1>", "position": "7", "old_password": "bi-mat"}
    with database_gone():
        answer = editor.post(address, sent)
    assert answer.status_code == 503
    page = BeautifulSoup(answer.content, "html.parser")
    assert "Chưa lưu" in page.h1.text
    kept = {field["name"]: field["value"] for field in page.select("input[type=hidden]")}
    assert kept == {"title": sent["title"], "position": "7"}
    assert page.form["method"] == "post"
    assert not page.form.get("action")


def test_staff_speak_no_word_of_the_inside(editor):
    with database_gone("FATAL: password authentication failed for user cong_thong_tin"):
        text = editor.get("/quan-tri/").content.decode()
    assert "cơ sở dữ liệu" in text
    assert "FATAL" not in text
    assert "cong_thong_tin" not in text


def test_a_full_disk_under_the_database_loses_nothing_typed(editor):
    with database_gone("database or disk is full"):
        answer = editor.post(reverse("admin:portal_linkgroup_add"), {"title": "Bộ, ngành"})
    assert answer.status_code == 503
    assert "Bộ, ngành" in answer.content.decode()


# The disk is full, files are missing


def full(*args, **kwargs):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_photo_that_finds_no_room_is_not_half_there(editor, drawn_photo, monkeypatch):
    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(ValidationError, match="đĩa đã đầy"):
        Photo.store(drawn_photo(), description="Hội nghị")
    assert not Photo.objects.exists()


def test_a_photo_killed_between_file_and_row_is_stored_by_the_next_try(drawn_photo):
    with (
        patch.object(Photo, "save", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        Photo.store(drawn_photo())
    assert not Photo.objects.exists()
    photo = Photo.store(drawn_photo())
    assert Photo.objects.get() == photo


def test_a_page_whose_photo_file_is_gone_still_opens(citizen, drawn_photo):
    photo = Photo.store(drawn_photo(), description="Hội nghị")
    edition = make_edition()
    edition.photos.create(photo=photo, caption="Toàn cảnh hội nghị")
    for path in Photo.path_of(photo.sha256, 480, "jpg"), Photo.path_of(photo.sha256, 960, "jpg"):
        FileSystemStorage().delete(path)
    assert "Toàn cảnh hội nghị" in citizen.get(edition.get_absolute_url()).content.decode()
    assert citizen.get(photo.url(480)).status_code == 404


# The cache is dead, the clock is wrong


def test_a_dead_cache_takes_no_page_away(settings, reader):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": "/proc/khong-ghi-duoc",
        }
    }
    make_edition()
    for path in "/", "/tin-tuc/", "/duong-day-nong/", "/quan-tri/login/":
        assert reader.get(path).status_code == 200, path


def test_a_clock_set_back_shows_nothing_twice_and_takes_no_page_down(citizen, clock):
    edition = make_edition()
    clock.shift(timedelta(days=-400))
    assert citizen.get("/").status_code == 200
    assert citizen.get(edition.get_absolute_url()).status_code in (404, 410)
    clock.shift(timedelta(days=400))
    assert citizen.get(edition.get_absolute_url()).status_code == 200
    assert Edition.objects.live().count() == 1


# Planned maintenance

TET = datetime(2026, 2, 25, 15, tzinfo=UTC)  # the Wednesday evening after Tết


def test_seven_working_days_are_counted_over_holidays():
    assert maintenance.announced_on(datetime(2026, 11, 24, 15, tzinfo=UTC)) == date(2026, 11, 13)
    assert maintenance.announced_on(TET) < date(2026, 2, 12)


def plan(start, hours=2):
    return make_agency(maintenance_from=start, maintenance_until=start + timedelta(hours=hours))


def test_readers_are_told_seven_working_days_ahead_and_not_afterwards(citizen, clock):
    clock.move_to(datetime(2026, 11, 12, 5, tzinfo=UTC))
    plan(datetime(2026, 11, 24, 15, tzinfo=UTC))
    assert "Bảo trì" not in citizen.get("/").content.decode()
    clock.move_to(datetime(2026, 11, 13, 5, tzinfo=UTC))
    assert "Bảo trì" in citizen.get("/").content.decode()
    assert "Maintenance" in citizen.get("/en/").content.decode()
    clock.move_to(datetime(2026, 11, 24, 18, tzinfo=UTC))
    assert "Bảo trì" not in citizen.get("/").content.decode()


def test_during_maintenance_readers_read_and_staff_save_nothing(staff, citizen):
    plan(timezone.now() - timedelta(hours=1))
    make_official("0257 3500 001")
    assert citizen.get("/duong-day-nong/").status_code == 200
    assert staff.get("/quan-tri/").status_code == 200
    answer = staff.post(reverse("admin:portal_linkgroup_add"), {"title": "Bộ, ngành"})
    assert answer.status_code == 503
    assert "Đang bảo trì" in answer.content.decode()
    assert "Bộ, ngành" in answer.content.decode()


def test_during_maintenance_a_leader_leaves_no_remark_and_loses_none(citizen):
    draft, tomorrow = make_draft(), timezone.now() + timedelta(days=1)
    link = ShareLink.objects.create(created_by=make_user(), expires_at=tomorrow)
    link.editions.add(draft)
    plan(timezone.now() - timedelta(hours=1))
    address = reverse("preview_edition", args=[sharing.token_of(link), draft.pk])
    assert citizen.get(address).status_code == 200
    for step in ("remark", "code", "approve"):
        typed = {"step": step, "name": "Ông Lê Văn Bình", "text": "Nên thêm số liệu"}
        answer = citizen.post(address, typed, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 503
        assert "Đang bảo trì" in answer.content.decode()
        assert "Nên thêm số liệu" in answer.content.decode()
    assert not draft.remarks.exists()


def test_who_may_change_the_agency_can_end_maintenance(staff):
    agency = plan(timezone.now() - timedelta(hours=1))
    address = reverse("admin:portal_agency_change", args=[agency.pk])
    assert staff.post(address, {}).status_code == 200


@pytest.mark.parametrize(("start", "end"), [(0, None), (None, 0), (5, 4)])
def test_a_maintenance_without_a_sensible_end_is_refused(start, end):
    now = timezone.now()
    moments = [None if hour is None else now + timedelta(hours=hour) for hour in (start, end)]
    agency = make_agency(maintenance_from=moments[0], maintenance_until=moments[1])
    with pytest.raises(Exception, match="maintenance_"):
        agency.clean()

"""Emergency information: over every page at its second, by its own role."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from editing.models import AuditEntry
from portal import error_files, hotline_copy
from portal.models import Emergency
from tests.making import make_agency, make_edition, make_user

HEADLINE = "Bão số 5: đóng cảng từ 18 giờ"


def make_emergency(**changes):
    return Emergency.objects.create(**{"headline_vi": HEADLINE} | changes)


@pytest.fixture
def duty_officer(db):
    user = make_user(is_superuser=False)
    user.groups.add(Group.objects.get(name="Phụ trách thông báo khẩn"))
    client = Client()
    client.force_login(user)
    return client


def body(client, address):
    return client.get(address).content.decode()


@pytest.mark.parametrize(
    "address", ["/", "/tin-tuc/", "/duong-day-nong/", "/tim-kiem/", "/khong-co/", "/en/"]
)
def test_it_stands_over_every_page(client, db, address):
    make_agency()
    make_emergency()
    assert HEADLINE in body(client, address)


def test_it_begins_and_goes_at_its_second(client, db, clock):
    make_agency()
    now = timezone.now()
    make_emergency(starts_at=now + timedelta(seconds=10), ends_at=now + timedelta(seconds=20))
    assert HEADLINE not in body(client, "/")
    clock.move_to(now + timedelta(seconds=10))
    assert HEADLINE in body(client, "/")
    clock.move_to(now + timedelta(seconds=20))
    assert HEADLINE not in body(client, "/")


def test_what_is_not_translated_says_that_it_is_vietnamese(client, db):
    make_agency()
    make_emergency(text_vi="Tàu thuyền về nơi trú ẩn.", url="/thong-bao/")
    make_emergency(headline_vi="Cháy rừng", headline_en="Forest fire", url_en="/en/notices/")
    page = body(client, "/en/")
    assert f'<p class="emergency__headline" lang="vi">{HEADLINE}</p>' in page
    assert '<p class="emergency__headline" lang="en">Forest fire</p>' in page
    assert "Cháy rừng" not in page


def test_it_costs_no_query(client, db, django_assert_num_queries):
    make_agency()
    make_edition()
    with CaptureQueriesContext(connection) as before:
        client.get("/tin-tuc/")
    make_emergency()
    with django_assert_num_queries(len(before)):
        client.get("/tin-tuc/")


def test_the_pages_without_a_database_show_it(db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    make_agency()
    row = make_emergency()
    hotline_copy.renew()
    error_files.renew()
    assert HEADLINE in (tmp_path / "errors" / "503.vi.html").read_text(encoding="utf-8")
    row.take_down()
    hotline_copy.renew()
    error_files.renew()
    assert HEADLINE not in (tmp_path / "errors" / "503.vi.html").read_text(encoding="utf-8")


def test_a_copy_that_is_left_over_does_not_warn_for_ever(db, settings, tmp_path, clock):
    settings.VAR_DIR = tmp_path
    make_agency()
    row = make_emergency()
    hotline_copy.renew()
    assert hotline_copy.read("vi")["emergencies"]
    clock.move_to(row.ends_at)
    assert hotline_copy.read("vi")["emergencies"] == []


def test_the_duty_officer_puts_it_up_and_takes_it_down_at_once(duty_officer, client):
    make_agency()
    form = duty_officer.get("/quan-tri/portal/emergency/add/").context["adminform"].form
    typed = {
        "headline_vi": HEADLINE,
        "starts_at_0": form["starts_at"].value().strftime("%d/%m/%Y"),
        "starts_at_1": "00:00",
        "ends_at_0": form["ends_at"].value().strftime("%d/%m/%Y"),
        "ends_at_1": "23:59",
    }
    assert duty_officer.post("/quan-tri/portal/emergency/add/", typed).status_code == 302
    assert HEADLINE in body(client, "/")
    row = Emergency.objects.get()
    answer = duty_officer.post(f"/quan-tri/portal/emergency/{row.pk}/take-down/", follow=True)
    assert "không còn" in answer.content.decode()
    assert HEADLINE not in body(client, "/")
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["added", "changed"]


def test_taking_it_down_twice_changes_nothing_more(duty_officer):
    row = make_emergency()
    for _time in range(2):
        duty_officer.post(f"/quan-tri/portal/emergency/{row.pk}/take-down/")
    assert AuditEntry.objects.count() == 1


def test_what_was_still_to_come_never_comes(duty_officer, client, clock):
    make_agency()
    later = timezone.now() + timedelta(hours=1)
    row = make_emergency(starts_at=later, ends_at=later + timedelta(hours=1))
    duty_officer.post(f"/quan-tri/portal/emergency/{row.pk}/take-down/")
    clock.move_to(later + timedelta(minutes=1))
    assert HEADLINE not in body(client, "/")


@pytest.mark.parametrize("group", ["Người duyệt đăng", "Phụ trách danh bạ"])
def test_another_role_may_not(client, db, group):
    row = make_emergency()
    user = make_user(is_superuser=False)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    address = f"/quan-tri/portal/emergency/{row.pk}/take-down/"
    assert client.post(address).status_code == 403
    assert client.get("/quan-tri/portal/emergency/add/").status_code == 403
    assert Emergency.objects.current().exists()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "http://evil.example"])
def test_it_leads_nowhere_dangerous(duty_officer, url):
    typed = {"headline_vi": HEADLINE, "url_vi": url}
    answer = duty_officer.post("/quan-tri/portal/emergency/add/", typed)
    assert "url_vi" in answer.context["adminform"].form.errors
    assert not Emergency.objects.exists()

"""How the portal tells its operator that all is well, or what to do."""

import json
import logging
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from editing.models import Action, CheckedLink, Notification
from editing.trail import record
from portal import checkup, logs, morning_mail, status
from portal.models import Backup, Task
from tests.making import make_agency, make_user

pytestmark = pytest.mark.django_db


def line(name):
    return next(line for line in checkup.look() if line.name == name)


def make_backup_row(age=timedelta(hours=3), **changes):
    made = timezone.now() - age
    values = {"name": "portal-x.tar.gz", "made_at": made, "proven_at": made}
    return Backup.objects.create(**values | changes)


# Each line turns amber, and says its command


def test_a_backup_that_is_young_and_proven_is_well():
    assert not line("backup").is_well
    make_backup_row()
    assert line("backup").is_well


def test_a_backup_that_is_too_old_is_named_everywhere(staff, citizen):
    make_backup_row(timedelta(hours=51))
    assert line("backup").command.endswith("manage.py backup")
    assert "backup" in status.problems()
    assert "backup" in citizen.get("/readyz").json()["problems"]
    assert "khôi phục thử" in staff.get("/quan-tri/").content.decode()


def test_a_failed_backup_says_why():
    make_backup_row()
    Backup.objects.create(name="", made_at=timezone.now(), problem="Kho từ chối")
    assert "Kho từ chối" in line("backup").text


def test_broken_links_are_counted_and_the_list_is_named():
    assert line("links").is_well
    CheckedLink.objects.create(url="https://example.vn/cu", url_hash="a", failures=3)
    CheckedLink.objects.create(url="https://example.vn/tam", url_hash="b", failures=1)
    assert not line("links").is_well
    assert "1 liên kết" in line("links").text
    assert "/quan-tri/news/edition/checks/" in line("links").text


def test_a_full_disk_is_amber(monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    assert not line("disk").is_well
    assert line("disk").command.startswith("du ")


def test_a_runner_that_is_silent_is_amber():
    assert not line("runner").is_well
    status.sign_of_life().touch()
    assert line("runner").is_well
    status.sign_of_life().unlink()


def test_a_failed_task_is_named():
    Task.objects.create(name="mail_what_is_due", due_at=timezone.now(), error="OSError: hỏng")
    assert "OSError: hỏng" in line("tasks").text


def test_mail_that_waits_is_amber(settings):
    settings.HAS_MAIL_SERVER = True
    user = make_user(email="canbo@example.vn")
    row = {"user": user, "text": "Mời duyệt", "path": "/quan-tri/", "subject": "x"}
    Notification.objects.create(**row, due_at=timezone.now() - timedelta(minutes=5))
    assert line("mail").is_well
    Notification.objects.create(**row, due_at=timezone.now() - timedelta(hours=3))
    assert not line("mail").is_well


def test_a_clock_that_was_set_back_is_amber(clock):
    record(Action.CHANGED, make_agency(), by=None)
    assert line("clock").is_well
    clock.shift(timedelta(days=-1))
    assert "đồng hồ" in line("clock").text.lower()


@pytest.mark.parametrize(("days", "is_well"), [(60, True), (13, False), (-1, False)])
def test_a_certificate_that_ends_soon_is_amber(settings, monkeypatch, days, is_well):
    settings.IS_HTTPS = True
    ends = timezone.now() + timedelta(days=days)
    monkeypatch.setattr(checkup, "_certificate_ends", lambda: ends)
    assert line("certificate").is_well == is_well


def test_a_cache_that_keeps_nothing_is_amber(settings):
    assert line("cache").is_well
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert not line("cache").is_well


def test_what_cannot_be_looked_at_is_amber_and_hides_nothing_else(monkeypatch):
    def broken():
        raise OSError("hỏng")

    monkeypatch.setitem(checkup.CHECKS, "disk", ("Ổ đĩa", broken))
    lines = {each.name: each for each in checkup.look()}
    assert "OSError" in lines["disk"].text
    assert len(lines) == len(checkup.CHECKS)


# Where the lines are read


def test_the_command_ends_with_a_status_that_a_watcher_can_use(capsys, monkeypatch):
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    monkeypatch.setattr(checkup, "CHECKS", {"disk": ("Ổ đĩa", lambda: (True, "còn trống", ""))})
    call_command("status")
    monkeypatch.setattr(checkup, "CHECKS", {"disk": ("Ổ đĩa", lambda: (False, "đầy", "df -h"))})
    with pytest.raises(SystemExit):
        call_command("status")
    said = capsys.readouterr().out
    assert "Ổ đĩa: đầy" in said
    assert "df -h" in said


def test_the_screen_shows_what_to_do(staff):
    page = staff.get("/quan-tri/he-thong/").content.decode()
    assert "Cần chú ý" in page
    assert "manage.py backup" in page


def test_the_screen_is_for_those_who_look_after_the_portal(citizen):
    citizen.force_login(make_user(is_superuser=False))
    assert citizen.get("/quan-tri/he-thong/").status_code == 403
    assert "/quan-tri/he-thong/" not in citizen.get("/quan-tri/").content.decode()


@pytest.fixture
def morning(settings, clock):
    settings.HAS_MAIL_SERVER = True
    clock.move_to(datetime(2026, 11, 24, 7, 30, tzinfo=timezone.get_default_timezone()))
    return clock


def test_the_morning_mail_says_what_needs_attention_once_a_day(morning, mailoutbox):
    make_user(email="quantri@example.vn")
    make_user(email="vietbai@example.vn", is_superuser=False)
    assert morning_mail.mail_checkup() == 1
    assert morning_mail.mail_checkup() == 0
    (mail,) = mailoutbox
    assert mail.to == ["quantri@example.vn"]
    assert "manage.py backup" in mail.body
    assert mail.body.startswith("!")


def test_when_all_is_well_the_mail_comes_on_mondays_alone(morning, mailoutbox, monkeypatch):
    make_user(email="quantri@example.vn")
    monkeypatch.setattr(checkup, "CHECKS", {"disk": ("Ổ đĩa", lambda: (True, "còn trống", ""))})
    assert morning_mail.mail_checkup() == 0
    morning.shift(timedelta(days=6))
    assert morning_mail.mail_checkup() == 1


def test_a_dead_mail_server_is_tried_again(morning, mailoutbox, monkeypatch):
    make_user(email="quantri@example.vn")

    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(morning_mail, "send_mail", refuse)
        with pytest.raises(OSError):
            morning_mail.mail_checkup()
    assert morning_mail.mail_checkup() == 1


# For programs


def test_metrics_are_for_the_machine_itself_and_its_proxies(citizen, settings):
    assert citizen.get("/metrics").status_code == 200
    assert citizen.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    citizen = Client()  # the middleware reads the setting when it is made
    assert citizen.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    through_proxy = {"REMOTE_ADDR": "10.1.2.3", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    assert citizen.get("/metrics", **through_proxy).status_code == 404


def test_metrics_name_the_problems(citizen):
    text = citizen.get("/metrics").content.decode()
    assert 'portal_problem{name="backup"} 1' in text
    assert "portal_backup_age_seconds" not in text
    make_backup_row(timedelta(hours=1))
    assert "portal_backup_age_seconds 3600" in citizen.get("/metrics").content.decode()


# The log


def logged(formatter, message, *args, error=None):
    info = (type(error), error, error.__traceback__) if error else None
    row = logging.LogRecord("portal", logging.ERROR, __file__, 1, message, args, info)
    return formatter.format(row)


@pytest.mark.parametrize("formatter", [logs.LineFormatter(), logs.JSONFormatter()])
@pytest.mark.parametrize(
    "personal", ["203.0.113.9", "2001:db8::7", "an.le@example.vn", "/tim-kiem/?q=Lê+Thị+An"]
)
def test_the_log_holds_nobody(formatter, personal):
    text = logged(formatter, "Not Found: %s at 2026-11-24 07:30", personal)
    assert personal not in text
    assert "Lê" not in text
    assert "07:30" in text


def test_an_error_is_logged_with_its_place_and_without_its_data():
    try:
        raise ValueError("Key (email)=(an.le@example.vn) already exists, số 0913705521")
    except ValueError as error:
        entry = json.loads(logged(logs.JSONFormatter(), "Internal Server Error", error=error))
    assert entry["error"] == "ValueError"
    assert Path(__file__).name in entry["place"][-1]
    assert "0913705521" not in json.dumps(entry)


def test_an_error_is_mailed_once_an_hour(settings, mailoutbox):
    settings.ADMINS = [("", "ky-thuat@example.vn")]
    handler = logs.ErrorMail()
    for _time in range(3):
        handler.handle(logging.LogRecord("portal", logging.ERROR, "a.py", 7, "hỏng", (), None))
    handler.handle(logging.LogRecord("portal", logging.ERROR, "a.py", 8, "hỏng", (), None))
    assert len(mailoutbox) == 2

"""The report of what should be looked at, and the letters that ask for it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client

from contacts.models import CONFIRMATION_LASTS, Appointment, Duty, PhoneNumber, Unit
from contacts.phonebook import write_numbers
from contacts.reminders import PAUSE, remind
from contacts.report import make_report
from portal.tasks import TASKS
from tests.making import make_official, make_post, make_unit, make_user, today

pytestmark = pytest.mark.django_db
LONG_AGO = CONFIRMATION_LASTS + timedelta(days=1)
REPORT = "/quan-tri/contacts/appointment/report/"


@pytest.fixture(autouse=True)
def _mail_server(settings):
    settings.HAS_MAIL_SERVER = True


# The report


def test_a_directory_that_is_true_has_an_empty_report(staff):
    make_official(confirmed_on=today())
    assert make_report().is_clean
    assert "Mọi mục đều đã xác nhận" in staff.get(REPORT).content.decode()


def test_what_nobody_confirmed_and_what_is_stale_are_listed():
    open_one = make_official()
    stale = make_official(post=make_post(), confirmed_on=today() - LONG_AGO)
    make_official(post=make_post(), confirmed_on=today(), name="Đã Xác Nhận")
    make_official(post=make_post(), ended_on=today(), name="Đã Thôi")
    report = make_report()
    assert report.unconfirmed == [open_one]
    assert report.stale == [stale]


def test_an_entry_is_stale_from_the_180th_day_on():
    official = make_official(confirmed_on=today() - CONFIRMATION_LASTS)
    assert official.is_stale
    official.confirmed_on += timedelta(days=1)
    assert not official.is_stale


def test_a_unit_with_numbers_that_nobody_confirmed_is_listed():
    unit = make_unit()
    assert make_report().units == []
    write_numbers(unit, "0257 3500 100")
    assert make_report().units == [unit]


def test_numbers_that_would_not_be_taken_today_are_listed_with_the_reason(staff):
    official = make_official("0257 3500 001")
    PhoneNumber.objects.create(appointment=official, raw="057 3828 250")
    PhoneNumber.objects.filter(e164="+842573500001").update(raw="0257 35")
    assert len(make_report().unreadable) == 2
    page = staff.get(REPORT).content.decode()
    assert "0257 3828 250" in page
    assert "0257 35" in page


def test_one_number_in_two_entries_is_listed_with_both(staff):
    one, other = make_official(name="Lê Một"), make_official(name="Lê Hai", post=make_post())
    [(number, owners)] = make_report().shared
    assert number.e164 == "+842573500001"
    assert set(owners) == {one, other}


def test_the_number_of_who_left_is_nobodys_double():
    make_official(ended_on=today())
    make_official(post=make_post())
    assert make_report().shared == []


def test_namesakes_in_two_posts_are_perhaps_one_person():
    make_official(name="Lê Văn An")
    make_official(name="Lê  văn an", post=make_post())
    assert len(make_report().namesakes) == 1


def test_an_official_without_a_public_number_is_missing_on_the_hotline():
    official = make_official()
    official.phonenumbers.all().delete()
    assert make_report().unreachable == [official]


def test_vacant_posts_and_matters_without_answer_are_listed():
    post = make_post()
    duty = Duty.objects.create(name_vi="Đầu tư", post=post)
    report = make_report()
    assert report.vacant == [post]
    assert report.unanswered == [duty]


def test_holders_of_before_the_rule_are_listed():
    one = make_official()
    other = make_official(post=make_post())
    Appointment.objects.filter(pk=other.pk).update(post=one.post, seat=None)
    assert [post for post, _rows in make_report().crowded] == [one.post]


# Letters


def test_the_keeper_of_the_unit_gets_one_letter_with_all_entries():
    keeper = make_user(email="giu@vidu.gov.vn")
    root = make_unit(keeper=keeper)
    unit = make_unit(name_vi="Văn phòng", parent=root)
    make_official(name="Lê Một", post=make_post(unit=unit))
    make_official(name="Lê Hai", post=make_post(unit=root), confirmed_on=today() - LONG_AGO)
    assert remind() == 1
    [letter] = mail.outbox
    assert letter.to == ["giu@vidu.gov.vn"]
    assert letter.subject == "Danh bạ: 2 mục cần xác nhận"
    for words in ("Lê Một", "Lê Hai", "/quan-tri/contacts/appointment/report/"):
        assert words in letter.body


def test_units_that_readers_reach_are_asked_about_too():
    keeper = make_user(email="giu@vidu.gov.vn")
    unit = make_unit(name_vi="Văn phòng", keeper=keeper)
    make_unit(name_vi="Phòng chưa có số", parent=unit)
    PhoneNumber.objects.create(unit=unit, raw="0257 3500 100")
    assert remind() == 1
    assert "- Văn phòng" in mail.outbox[0].body
    assert "Phòng chưa có số" not in mail.outbox[0].body
    assert remind() == 0
    unit.refresh_from_db()
    unit.confirm(by=keeper)
    Unit.objects.update(reminded_on=None)
    assert remind() == 0


def test_without_a_keeper_all_who_may_change_the_directory_are_asked():
    make_user(email="mot@vidu.gov.vn")
    make_user(email="khong@vidu.gov.vn", is_superuser=False)
    make_user(email="nghi@vidu.gov.vn", is_active=False)
    make_official()
    remind()
    assert [letter.to for letter in mail.outbox] == [["mot@vidu.gov.vn"]]


def test_nobody_is_asked_again_before_the_pause_is_over():
    make_user(email="mot@vidu.gov.vn")
    official = make_official()
    remind()
    assert remind() == 0
    Appointment.objects.filter(pk=official.pk).update(reminded_on=today() - PAUSE)
    assert remind() == 1


def test_nobody_is_asked_about_what_is_true_or_over():
    make_user(email="mot@vidu.gov.vn")
    make_official(confirmed_on=today())
    make_official(post=make_post(), ended_on=today())
    assert remind() == 0


def test_without_a_mail_server_nothing_counts_as_asked(settings):
    settings.HAS_MAIL_SERVER = False
    make_user(email="mot@vidu.gov.vn")
    official = make_official()
    assert remind() == 0
    official.refresh_from_db()
    assert official.reminded_on is None


def test_a_letter_that_could_not_be_sent_is_tried_again(monkeypatch):
    make_user(email="mot@vidu.gov.vn")
    make_official()

    def fail(*_args, **_options):
        raise OSError("no mail server")

    with monkeypatch.context() as broken:
        broken.setattr("contacts.reminders.send_mail", fail)
        with pytest.raises(OSError, match="no mail server"):
            remind()
    assert remind() == 1


def test_a_letter_speaks_the_language_of_its_reader():
    make_user(email="mot@vidu.gov.vn", language="en")
    make_official()
    remind()
    assert mail.outbox[0].subject == "Directory: 1 entry to confirm"


def test_the_runner_sends_the_letters():
    assert TASKS["remind_of_directory"].run is remind


def test_whoever_keeps_the_directory_chooses_who_keeps_a_unit_true():
    """Without the right to look accounts up."""
    editor = make_user(is_superuser=False)
    editor.groups.add(Group.objects.get(name="Phụ trách danh bạ"))
    keeper, unit = make_user(username="giu.danh.ba"), make_unit()
    client = Client()
    client.force_login(editor)
    page = client.get(f"/quan-tri/contacts/unit/{unit.pk}/change/").content.decode()
    assert f'<option value="{keeper.pk}">giu.danh.ba</option>' in page

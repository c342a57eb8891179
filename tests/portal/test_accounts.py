"""Accounts of staff: invited by a link, let back in by a second administrator, switched off when
nobody uses them."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from editing.models import (
    Action,
    AuditEntry,
    Notification,
    OneTimeLink,
    TrustedComputer,
    User,
)
from portal.access import links
from portal.access.idle import is_last_administrator, look_after_idle_accounts
from portal.tasks import forget_old_sessions
from tests.making import make_user
from tests.portal.test_second_factor import PASSWORD, code_now, first_step, give_app, second_step

pytestmark = pytest.mark.django_db

NEW = "ba-con-trau-den-2026"


def make_administrator(**changes):
    user = make_user(is_superuser=False, **changes)
    user.groups.add(Group.objects.get(name="Quản trị viên"))
    return user


@pytest.fixture
def administrator():
    return make_administrator()


@pytest.fixture
def at_desk(administrator):
    client = Client()
    client.force_login(administrator)
    return client


def access(user):
    return reverse("admin:editing_user_access", args=[user.pk])


def link_for(client, user, purpose="password", **more):
    page = client.post(access(user), {"purpose": purpose, **more})
    return page.context["address"].removeprefix("http://127.0.0.1:8000")


def set_password(client, address, password=NEW):
    return client.post(address, {"new_password1": password, "new_password2": password})


# Invitations


def test_whoever_is_invited_sets_his_own_password_and_is_in(at_desk, citizen):
    values = {"username": "an.lt", "last_name": "Lê Thị", "first_name": "An", "language": "vi"}
    answer = at_desk.post(reverse("admin:editing_user_add"), values)
    user = User.objects.get(username="an.lt")
    assert answer["Location"] == access(user)
    assert not user.has_usable_password()
    address = link_for(at_desk, user)
    assert "Lê Thị An" in citizen.get(address).content.decode()
    assert set_password(citizen, address)["Location"] == reverse("account")
    assert citizen.get("/quan-tri/").status_code == 200


def test_the_trail_says_who_invited_whom_and_that_it_was_used(at_desk, administrator, citizen):
    user = make_user(is_superuser=False)
    set_password(citizen, link_for(at_desk, user))
    made, used, password_set = AuditEntry.objects.about(user).order_by("pk")[:3]
    assert (made.action, made.actor) == (Action.INVITED, administrator)
    assert (used.action, used.actor) == (Action.LINK_USED, user)
    assert password_set.action == Action.PASSWORD_SET


def test_a_link_works_once(at_desk, citizen):
    address = link_for(at_desk, make_user(is_superuser=False))
    set_password(citizen, address)
    answer = set_password(Client(), address, "mot-mat-khau-khac-han")
    assert answer.status_code == 410
    assert Client().get(address).status_code == 410


def test_two_who_use_a_link_at_once_do_not_both_win(at_desk):
    user = make_user(is_superuser=False)
    link_for(at_desk, user)
    link = OneTimeLink.objects.get()
    links.use(link, password=NEW)
    with pytest.raises(links.Used):
        links.use(link, password="mot-mat-khau-khac-han")
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_looking_at_a_link_uses_nothing_up(at_desk, citizen):
    address = link_for(at_desk, make_user(is_superuser=False))
    for _time in range(3):
        assert citizen.get(address).status_code == 200
        assert citizen.head(address).status_code == 200
    assert OneTimeLink.objects.open().exists()


def test_a_link_ends_after_three_days(at_desk, citizen, clock):
    address = link_for(at_desk, make_user(is_superuser=False))
    clock.shift(links.LINK_LIVES + timedelta(minutes=1))
    assert set_password(citizen, address).status_code == 410


def test_a_newer_link_ends_the_one_before(at_desk, citizen):
    user = make_user(is_superuser=False)
    old, new = link_for(at_desk, user), link_for(at_desk, user)
    assert citizen.get(old).status_code == 410
    assert citizen.get(new).status_code == 200


def test_a_link_of_an_account_that_was_switched_off_opens_nothing(at_desk, citizen):
    user = make_user(is_superuser=False)
    address = link_for(at_desk, user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert citizen.get(address).status_code == 410


@pytest.mark.parametrize("secret", ["x", "a" * 5000, "đường-dây", "%00"])
def test_a_forged_one_time_link_opens_nothing(citizen, secret):
    assert citizen.get(f"/quan-tri/login/lien-ket/{secret}/").status_code in (400, 404, 410)


def test_the_secret_of_a_link_is_nowhere_kept(at_desk):
    address = link_for(at_desk, make_user(is_superuser=False))
    secret = address.rstrip("/").rpartition("/")[2]
    kept = str(list(OneTimeLink.objects.values())) + str(list(AuditEntry.objects.values()))
    assert secret not in kept


def test_a_link_is_told_to_no_other_site(at_desk, citizen):
    answer = citizen.get(link_for(at_desk, make_user(is_superuser=False)))
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


def test_a_link_is_mailed_where_mails_leave(at_desk, settings):
    settings.HAS_MAIL_SERVER = True
    user = make_user(is_superuser=False, email="an@example.vn")
    page = at_desk.post(access(user), {"purpose": "password", "mail": "on"})
    assert page.context["address"] in mail.outbox[0].body
    assert mail.outbox[0].to == ["an@example.vn"]


def test_a_mail_that_does_not_leave_is_said_and_the_link_is_shown(at_desk, settings, monkeypatch):
    settings.HAS_MAIL_SERVER = True
    monkeypatch.setattr(links, "send_mail", _broken)
    user = make_user(is_superuser=False, email="an@example.vn")
    page = at_desk.post(access(user), {"purpose": "password", "mail": "on"})
    assert "Không gửi được thư" in page.content.decode()
    assert page.context["address"] in page.content.decode()


def _broken(*args, **kwargs):
    raise OSError


# Back in


def test_a_lost_second_factor_is_begun_anew_with_password_and_link(at_desk, citizen, settings):
    settings.REQUIRE_TWO_FACTOR = True
    user = make_administrator()
    give_app(user)
    settings.REQUIRE_TWO_FACTOR = False
    address = link_for(at_desk, user, "factor")
    settings.REQUIRE_TWO_FACTOR = True
    assert citizen.post(address, {"password": "khong-dung"}).status_code == 200
    assert Authenticator.objects.filter(user=user).exists()
    assert citizen.post(address, {"password": PASSWORD})["Location"] == reverse("account")
    assert not Authenticator.objects.filter(user=user).exists()
    assert citizen.get("/quan-tri/")["Location"] == reverse("account")
    assert AuditEntry.objects.filter(action=Action.FACTOR_REMOVED).exists()


def test_a_new_password_by_link_leaves_the_second_factor_asked_for(at_desk, citizen):
    user = make_user(is_superuser=False)
    give_app(user)
    answer = set_password(citizen, link_for(at_desk, user))
    assert answer["Location"] == reverse("mfa_authenticate")
    assert second_step(citizen, code=code_now()).status_code == 302


def test_a_new_password_ends_the_sessions_with_the_old_one(at_desk, citizen):
    user = make_user(is_superuser=False)
    first_step(citizen, user)
    set_password(Client(), link_for(at_desk, user))
    assert citizen.get("/quan-tri/").status_code == 302


def test_nobody_makes_a_link_for_himself(at_desk, administrator):
    answer = at_desk.post(access(administrator), {"purpose": "both"})
    assert answer["Location"] == reverse("account")
    assert not OneTimeLink.objects.exists()


def test_who_is_above_gets_no_link_from_below(at_desk):
    above = make_user(is_superuser=True)
    assert at_desk.post(access(above), {"purpose": "both"}).status_code == 403
    assert not OneTimeLink.objects.exists()


@pytest.mark.parametrize("purpose", ["", "x", "\x00", "a" * 10_000])
def test_a_purpose_that_is_none_is_refused_with_a_sentence(at_desk, purpose):
    page = at_desk.post(access(make_user(is_superuser=False)), {"purpose": purpose})
    assert "Chọn" in page.content.decode()
    assert not OneTimeLink.objects.exists()


def test_nobody_sets_a_password_for_somebody_else():
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_user_password_change", args=[1])


def test_an_administrator_ends_a_session_of_another(at_desk, citizen):
    user = make_user(is_superuser=False)
    first_step(citizen, user)
    session = user.usersession_set.get()
    at_desk.post(access(user), {"session": str(session.pk)})
    assert citizen.get("/quan-tri/").status_code == 302
    assert AuditEntry.objects.filter(action=Action.SESSION_ENDED).exists()


def test_one_ends_ones_own_session_elsewhere(citizen):
    user = make_user(is_superuser=False)
    elsewhere = Client()
    first_step(elsewhere, user)
    session = user.usersession_set.get()
    first_step(citizen, user)
    citizen.post(reverse("account_end_session", args=[session.pk]))
    assert elsewhere.get("/quan-tri/").status_code == 302
    assert citizen.get("/quan-tri/").status_code == 200


# The only administrator


def recover(*arguments):
    out = StringIO()
    call_command("recover_access", *arguments, stdout=out)
    return out.getvalue()


def test_one_command_lets_the_only_administrator_back_in(citizen):
    user = make_user(username="quantri")
    give_app(user)
    address = re.search(r"/quan-tri/\S+", recover("quantri", "--password", "--second-factor"))[0]
    assert set_password(citizen, address)["Location"] == reverse("account")
    assert citizen.get("/quan-tri/").status_code == 200
    assert AuditEntry.objects.get(action=Action.INVITED).who == "hệ thống"


def test_the_command_can_be_tried_and_run_twice(citizen):
    make_user(username="quantri")
    recover("quantri", "--password", "--dry-run")
    assert not OneTimeLink.objects.exists()
    recover("quantri", "--password")
    recover("quantri", "--password")
    assert OneTimeLink.objects.open().count() == 1


@pytest.mark.parametrize(
    "arguments", [["ai-do", "--password"], ["quantri"], ["\x00", "--password"]]
)
def test_the_command_says_what_is_missing(arguments):
    make_user(username="quantri")
    with pytest.raises(CommandError):
        recover(*arguments)


# What is done on the server


@pytest.fixture
def on_the_server(monkeypatch):
    """As `manage.py NAME` runs there, by somebody who has typed `NEW` wherever a password is asked."""

    def run(name, *arguments, **options):
        with monkeypatch.context() as patch:
            patch.setattr("sys.argv", ["manage.py", name, *arguments])
            patch.setattr("getpass.getpass", lambda *args, **kwargs: NEW)
            patch.setattr("getpass.getuser", lambda: "vanhanh")
            patch.setattr(HistoricalRecords.context, "request", None, raising=False)
            call_command(name, *arguments, stdout=StringIO(), **options)

    return run


def trail_of(user):
    return [(row.action, row.who, row.note) for row in AuditEntry.objects.about(user)]


def test_a_password_changed_on_the_server_is_in_the_trail_and_ends_trust(on_the_server):
    user = make_user()
    TrustedComputer.objects.create(
        user=user, key="a" * 64, name="Firefox", expires_at=timezone.now() + timedelta(days=3)
    )
    on_the_server("changepassword", user.username)
    assert trail_of(user) == [
        (Action.PASSWORD_SET, "hệ thống", "manage.py changepassword (vanhanh)")
    ]
    assert not TrustedComputer.objects.exists()


def test_an_account_made_on_the_server_is_in_the_trail(on_the_server, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", NEW)
    on_the_server("createsuperuser", "--noinput", username="moi", email="moi@example.vn")
    entry = AuditEntry.objects.about(User.objects.get(username="moi")).get()
    assert (entry.action, entry.note) == (Action.ADDED, "manage.py createsuperuser (vanhanh)")
    assert entry.changes["is_superuser"] == [None, True]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("u.is_superuser = True; u.save()", {"is_superuser": [False, True]}),
        ("u.email = 'ke.gian@example.vn'; u.save()", {"email": ["", "ke.gian@example.vn"]}),
        ("u.groups.add(g)", {"groups": [None, "Quản trị viên"]}),
        ("g.user_set.add(u)", {"groups": [None, "Quản trị viên"]}),
        ("u.delete()", {}),
    ],
)
def test_whatever_a_shell_does_to_an_account_is_in_the_trail(on_the_server, code, changes):
    user = make_user(is_superuser=False)
    begin = f"from editing.models import User; u = User.objects.get(pk={user.pk})\n"
    begin += "from django.contrib.auth.models import Group; g = Group.objects.get(name='Quản trị viên')\n"
    on_the_server("shell", command=begin + code, no_imports=True)
    (entry,) = AuditEntry.objects.about(user)
    assert (entry.changes, entry.note) == (changes, "manage.py shell (vanhanh)")


def test_what_a_shell_leaves_as_it_is_leaves_no_trace(on_the_server):
    user = make_user()
    on_the_server(
        "shell",
        command=f"from editing.models import User; User.objects.get(pk={user.pk}).save()",
        no_imports=True,
    )
    assert trail_of(user) == []


def test_what_staff_pages_do_is_noted_once(at_desk, administrator, monkeypatch):
    monkeypatch.setattr("sys.argv", ["manage.py", "runserver"])
    values = {"username": "an.lt", "last_name": "Lê Thị", "first_name": "An", "language": "vi"}
    at_desk.post(reverse("admin:editing_user_add"), values)
    (entry,) = AuditEntry.objects.about(User.objects.get(username="an.lt"))
    assert entry.actor == administrator


def test_switching_an_account_on_by_command_is_in_the_trail(on_the_server):
    user = make_user(username="quantri", is_active=False)
    on_the_server("recover_access", "quantri", "--password", "--switch-on")
    assert [row[0] for row in trail_of(user)] == [Action.INVITED, Action.CHANGED]


# Idle accounts


def make_idle(days, **changes):
    user = make_user(**{"is_superuser": False} | changes)
    user.last_login = timezone.now() - timedelta(days=days)
    user.save()
    return user


def is_on(user):
    user.refresh_from_db()
    return user.is_active


def test_who_is_long_away_is_warned_and_then_switched_off(administrator, clock):
    user = make_idle(170)
    assert look_after_idle_accounts() == 0
    assert "mười bốn ngày" in Notification.objects.get(user=user).text
    clock.shift(timedelta(days=13))
    look_after_idle_accounts()
    assert is_on(user)
    clock.shift(timedelta(days=2))
    assert look_after_idle_accounts() == 1
    assert not is_on(user)
    assert AuditEntry.objects.filter(action=Action.SWITCHED_OFF).count() == 1
    assert Notification.objects.filter(user=administrator).exists()


def test_who_is_found_away_for_very_long_is_warned_first(administrator):
    user = make_idle(900)
    look_after_idle_accounts()
    look_after_idle_accounts()
    assert is_on(user)
    assert Notification.objects.filter(user=user).count() == 1


def test_who_signs_in_after_the_warning_stays(administrator, clock):
    user = make_idle(170)
    look_after_idle_accounts()
    clock.shift(timedelta(days=10))
    first_step(Client(), user)
    clock.shift(timedelta(days=30))
    look_after_idle_accounts()
    assert is_on(user)


def test_the_last_administrator_is_never_switched_off(clock):
    users = [make_idle(400, is_superuser=True), make_idle(500, is_superuser=True)]
    look_after_idle_accounts()
    clock.shift(timedelta(days=15))
    assert look_after_idle_accounts() == 1
    assert [is_on(user) for user in users] == [True, False]
    assert is_last_administrator(users[0])


# Passwords


@pytest.mark.parametrize(
    "password",
    ["ngan", "1234567890123", "password123", "matkhau2026", "Mật-khẩu-2026", "quantri@123",
     "AnhYeuEm1402", "lethian2026", "An.LT-19900101", "thianle123456", "qwertyuiop",
     "basketball"],
)  # fmt: skip
def test_a_password_that_everybody_would_try_is_refused(password):
    user = User(username="an.lt", last_name="Lê Thị", first_name="An")
    with pytest.raises(ValidationError):
        validate_password(password, user)


@pytest.mark.parametrize(
    "password", [NEW, PASSWORD, "trâu ăn cỏ ngoài đồng", "X7#pq-lm2vRt", "a" * 500]
)
def test_long_and_odd_ones_are_taken_whatever_their_letters(password):
    validate_password(password, User(username="an.lt", last_name="Lê Thị", first_name="An"))


def test_a_bad_password_keeps_the_link_open_and_says_why(at_desk, citizen):
    address = link_for(at_desk, make_user(is_superuser=False))
    answer = set_password(citizen, address, "matkhau2026")
    assert "ai cũng thử trước" in answer.content.decode()
    assert OneTimeLink.objects.open().exists()


# What is left over


def test_what_is_over_is_forgotten(at_desk, citizen, clock):
    user = make_user(is_superuser=False)
    give_app(user)
    first_step(citizen, user)
    second_step(citizen, code=code_now(), trust="on")
    link_for(at_desk, make_user(is_superuser=False))
    forget_old_sessions()
    assert user.usersession_set.exists()
    assert user.trusted_computers.exists()
    clock.shift(timedelta(days=31))
    forget_old_sessions()
    assert not user.usersession_set.exists()
    assert not user.trusted_computers.exists()
    assert not OneTimeLink.objects.exists()


def test_whoever_gets_a_link_made_is_told(at_desk):
    user = make_user(is_superuser=False)
    link_for(at_desk, user)
    assert "liên kết" in Notification.objects.get(user=user).text


@pytest.mark.parametrize(
    ("where", "field"),
    [("editing/auditentry", "actor__password"), ("editing/user", "password"),
     ("news/edition", "edited_by__password"), ("editing/photo", "uploaded_by__password"),
     ("auth/group", "user__password"), ("editing/user", "authenticator__data"),
     ("editing/user", "usersession__session_key"), ("editing/user", "one_time_links__key")],
)  # fmt: skip
def test_no_list_tells_a_secret_letter_by_letter(at_desk, where, field):
    answer = at_desk.get(f"/quan-tri/{where}/", {f"{field}__startswith": "md5"})
    assert answer.status_code == 400

"""The second factor: who needs it, how it is proven, and that there is no way past it."""

import json
import time
from datetime import timedelta
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from editing.models import Action, AuditEntry, Notification, OneTimeLink, TrustedComputer
from portal import checkup, signing_in
from portal.access import duty, links, sealed
from tests.making import make_user

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"
PASSWORD = "mat-khau-thu-2026"
SECOND_STEP = "/quan-tri/login/lop-hai/"


@pytest.fixture(autouse=True)
def required(settings):
    settings.REQUIRE_TWO_FACTOR = True


@pytest.fixture
def approver():
    return make_approver()


def make_approver(**changes):
    user = make_user(is_superuser=False, **changes)
    user.groups.add(Group.objects.get(name="Người duyệt đăng"))
    return user


def code_now(step=0, secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def wrong_code():
    right = {code_now(step) for step in range(-2, 3)}
    return next(code for code in ("000000", "111111", "222222") if code not in right)


def give_app(user):
    RecoveryCodes.activate(user)
    return TOTP.activate(user, SECRET).instance


def first_step(client, user, address="203.0.113.9", **changes):
    values = {"login": user.username, "password": PASSWORD} | changes
    return client.post("/quan-tri/login/", values, REMOTE_ADDR=address)


def second_step(client, address="203.0.113.9", **values):
    return client.post(SECOND_STEP, values, REMOTE_ADDR=address)


def is_in(client):
    return client.get("/quan-tri/").status_code == 200


def actions():
    return [row.action for row in AuditEntry.objects.order_by("pk")]


# Signing in


def test_the_password_alone_opens_nothing(citizen, approver):
    give_app(approver)
    answer = first_step(citizen, approver)
    assert answer["Location"] == SECOND_STEP
    assert not is_in(citizen)
    assert Action.SIGNED_IN not in actions()


def test_password_and_code_open_the_desk_and_are_in_the_trail(citizen, approver):
    give_app(approver)
    first_step(citizen, approver)
    answer = second_step(citizen, code=code_now())
    assert answer["Location"] == "/quan-tri/"
    assert is_in(citizen)
    entry = AuditEntry.objects.get(action=Action.SIGNED_IN)
    assert entry.actor == approver
    assert entry.note == "ứng dụng tạo mã"


def test_one_is_led_to_where_one_wanted_to_go(citizen, approver):
    give_app(approver)
    first_step(citizen, approver, next="/quan-tri/news/edition/")
    assert second_step(citizen, code=code_now())["Location"] == "/quan-tri/news/edition/"


@pytest.mark.parametrize(
    "goal", ["https://example.com/", "//example.com", "http://localhost/x", "\\\\a"]
)
def test_signing_in_in_two_steps_leads_to_no_other_site(citizen, approver, goal):
    give_app(approver)
    first_step(citizen, approver, next=goal)
    answer = citizen.post(f"{SECOND_STEP}?next={goal}", {"code": code_now(), "next": goal})
    assert answer["Location"] == "/quan-tri/"


def test_a_wrong_code_is_refused_and_noted(citizen, approver):
    give_app(approver)
    first_step(citizen, approver)
    answer = second_step(citizen, code=wrong_code())
    assert "Chưa đúng" in answer.content.decode()
    assert not is_in(citizen)
    assert Action.SECOND_STEP_FAILED in actions()


def test_a_code_opens_once(citizen, approver):
    give_app(approver)
    code = code_now()
    for client, expected in ((citizen, 302), (Client(), 200)):
        first_step(client, approver)
        assert second_step(client, code=code).status_code == expected


def test_a_code_opens_once_while_it_still_counts_as_right(citizen, approver, clock):
    give_app(approver)
    code = code_now()
    first_step(citizen, approver)
    second_step(citizen, code=code)
    clock.shift(timedelta(seconds=31))
    other = Client()
    first_step(other, approver)
    assert second_step(other, code=code).status_code == 200


def test_a_clock_half_a_minute_off_is_forgiven_and_two_minutes_are_not(citizen, approver):
    give_app(approver)
    first_step(citizen, approver)
    assert second_step(citizen, code=code_now(4)).status_code == 200
    assert second_step(citizen, code=code_now(-1)).status_code == 302


def test_a_recovery_code_opens_once(citizen, approver):
    give_app(approver)
    codes = Authenticator.objects.get(user=approver, type="recovery_codes").wrap()
    code = codes.get_unused_codes()[0]
    for client, expected in ((citizen, 302), (Client(), 200)):
        first_step(client, approver)
        assert second_step(client, code=code).status_code == expected
    assert AuditEntry.objects.get(action=Action.SIGNED_IN).note == "mã dự phòng"


def test_wrong_codes_lock_the_step_even_for_the_right_one(citizen, approver):
    give_app(approver)
    first_step(citizen, approver)
    for _time in range(signing_in.FAILURES_OF_PAIR):
        second_step(citizen, code=wrong_code())
    answer = second_step(citizen, code=code_now())
    assert answer.status_code == 200
    assert "15 phút" in answer.content.decode()


def test_codes_guessed_from_many_networks_close_the_step_and_the_owner_is_told(approver):
    give_app(approver)
    for number in range(signing_in.FAILURES_OF_SECOND_STEP):
        client, address = Client(), f"198.51.100.{number}"
        first_step(client, approver, address)
        second_step(client, address, code=wrong_code())
    client = Client()
    first_step(client, approver)
    assert second_step(client, code=code_now()).status_code == 200
    assert "mật khẩu" in Notification.objects.get(user=approver).text


def test_without_the_first_step_there_is_no_second(citizen, approver):
    give_app(approver)
    assert second_step(citizen, code=code_now())["Location"] == "/quan-tri/login/"
    assert citizen.get(SECOND_STEP)["Location"] == "/quan-tri/login/"


def test_the_second_step_of_one_proves_nothing_for_another(citizen, approver):
    other = make_approver()
    give_app(approver)
    TOTP.activate(other, "KRSXG5CTMVRXEZLU")
    first_step(citizen, approver)
    code = code_now(secret="KRSXG5CTMVRXEZLU")
    assert second_step(citizen, code=code).status_code == 200


def test_an_account_that_is_switched_off_between_the_steps_stays_out(citizen, approver):
    give_app(approver)
    first_step(citizen, approver)
    approver.is_active = False
    approver.save()
    second_step(citizen, code=code_now())
    assert not is_in(citizen)


@pytest.mark.parametrize(
    "junk", ["", "\x00", "a" * 10_000, "{}", "[1]", '{"id": "\\u0000"}', "null", "[" * 9000]
)
@pytest.mark.parametrize("field", ["code", "credential"])
def test_nonsense_in_the_second_step_is_refused_calmly(citizen, approver, field, junk):
    give_app(approver)
    first_step(citizen, approver)
    assert second_step(citizen, **{field: junk}).status_code == 200
    assert not is_in(citizen)


def test_the_second_step_is_never_kept_and_never_framed(citizen, approver):
    give_app(approver)
    first_step(citizen, approver)
    answer = citizen.get(SECOND_STEP)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "DENY"
    assert "unsafe-inline" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_reset_password", "account_email", "account_set_password",
     "account_confirm_login_code", "account_request_login_code", "mfa_login_webauthn",
     "mfa_signup_webauthn", "account_logout", "mfa_trust", "usersessions_list",
     "mfa_download_recovery_codes"],
)  # fmt: skip
def test_what_else_the_library_offers_does_not_exist(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "model", ["mfa/authenticator", "account/emailaddress", "usersessions/usersession"]
)
def test_secrets_of_second_factors_stand_on_no_list(staff, model, settings):
    settings.REQUIRE_TWO_FACTOR = False
    assert staff.get(f"/quan-tri/{model}/").status_code == 404


# How it is kept


def test_whoever_reads_the_database_has_no_codes(approver):
    give_app(approver)
    kept = json.dumps([row.data for row in Authenticator.objects.filter(user=approver)])
    assert SECRET not in kept
    assert kept.count("sealed:") == 2
    seed = Authenticator.objects.get(user=approver, type="recovery_codes").data["seed"]
    assert seed not in RecoveryCodes.generate_seed() + sealed.unseal(seed)


def test_a_former_key_of_the_server_still_opens_them(citizen, approver, settings):
    give_app(approver)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "một khóa khác hẳn, cũng đủ dài để không ai đoán được"
    first_step(citizen, approver)
    second_step(citizen, code=code_now())
    assert is_in(citizen)


@pytest.fixture
def key_was_lost(approver, settings):
    give_app(approver)
    settings.SECRET_KEY = "một khóa khác hẳn, cũng đủ dài để không ai đoán được"


def test_with_another_key_no_code_opens_and_the_page_says_why(citizen, approver, key_was_lost):
    first_step(citizen, approver)
    page = second_step(citizen, code=code_now()).content.decode()
    assert "không đọc được trên máy chủ này" in page
    assert not is_in(citizen)
    # With an empty secret anybody could work out the codes.
    second_step(citizen, code=code_now(secret=""))
    assert not is_in(citizen)


def test_with_another_key_the_account_opens_and_shows_no_codes(client, approver, key_was_lost):
    client.force_login(approver)
    assert client.get(reverse("account")).context["codes_left"] == 0
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    answer = client.get(reverse("mfa_view_recovery_codes"), follow=True)
    assert "không đọc được trên máy chủ này" in answer.content.decode()


def test_the_status_says_that_the_key_was_lost_and_what_helps(key_was_lost):
    (line,) = [line for line in checkup.look() if line.name == "second_factors"]
    assert not line.is_well
    assert "recover_access" in line.command


def test_what_was_kept_readable_is_sealed_by_the_upgrade_and_back(approver):
    row = Authenticator.objects.create(user=approver, type="totp", data={"secret": SECRET})
    migration = import_module("portal.migrations.0019_seal_second_factors")
    migration.seal_all(apps, None)
    row.refresh_from_db()
    assert row.data["secret"].startswith("sealed:")
    assert row.wrap().validate_code(code_now())
    migration.unseal_all(apps, None)
    row.refresh_from_db()
    assert row.data["secret"] == SECRET


# Who needs it


@pytest.mark.parametrize(
    ("group", "is_due"),
    [("Người viết bài", False), ("Biên tập viên", False), ("Phụ trách danh bạ", False),
     ("Người duyệt đăng", True), ("Quản trị viên", True)],
)  # fmt: skip
def test_approvers_and_administrators_need_it(group, is_due):
    user = make_user(is_superuser=False)
    user.groups.add(Group.objects.get(name=group))
    assert duty.is_due_from(user) is is_due


@pytest.mark.parametrize("right", ["publish_edition", "change_user"])
def test_either_right_by_itself_asks_for_it(right):
    user = make_user(is_superuser=False)
    user.user_permissions.add(Permission.objects.get(codename=right))
    assert duty.is_due_from(user)


def test_nobody_needs_it_where_it_is_not_required(citizen, approver, settings):
    settings.REQUIRE_TWO_FACTOR = False
    first_step(citizen, approver)
    assert "lớp thứ hai" not in citizen.get("/quan-tri/").content.decode()


def test_the_desk_counts_the_days_down(citizen, approver, clock):
    first_step(citizen, approver)
    assert "còn 7 ngày" in citizen.get("/quan-tri/").content.decode()
    clock.shift(timedelta(days=5))
    assert "còn 2 ngày" in citizen.get("/quan-tri/").content.decode()


def test_when_the_days_are_over_the_staff_pages_lead_to_the_set_up(citizen, approver, clock):
    first_step(citizen, approver)
    citizen.get("/quan-tri/")
    clock.shift(timedelta(days=7, minutes=1))
    for address in ("/quan-tri/", "/quan-tri/news/edition/", "/quan-tri/news/edition/add/"):
        assert citizen.get(address)["Location"] == "/quan-tri/tai-khoan/"
        answer = citizen.post(address, {})
        assert answer["Location"] == "/quan-tri/tai-khoan/"
        assert "no-store" in answer["Cache-Control"]
    assert citizen.get("/quan-tri/tai-khoan/").status_code == 200


def test_the_days_begin_without_a_sign_in_so_that_no_guesser_gets_them(approver, clock):
    assert duty.begin_for_all() == 1
    assert "trong bảy ngày" in Notification.objects.get(user=approver).text
    assert duty.begin_for_all() == 0
    clock.shift(timedelta(days=7, minutes=1))
    approver.refresh_from_db()
    assert duty.is_overdue(approver)


def test_the_days_of_who_is_invited_begin_when_he_comes(approver, clock):
    approver.set_unusable_password()
    approver.save()
    assert duty.begin_for_all() == 0
    links.make(approver, links.PURPOSES["password"], by=None)
    clock.shift(timedelta(days=2))
    links.use(OneTimeLink.objects.get(), password=PASSWORD)
    approver.refresh_from_db()
    assert duty.days_left(approver) == 7


def test_whoever_has_it_is_left_alone(citizen, approver, clock):
    give_app(approver)
    duty.set_deadline(approver, timezone.now() - timedelta(days=1))
    first_step(citizen, approver)
    second_step(citizen, code=code_now())
    assert "lớp thứ hai" not in citizen.get("/quan-tri/").content.decode()


# Setting up, and taking away


def set_up_app(client):
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    return client.post(reverse("mfa_activate_totp"), {"code": code_now(secret=secret)})


def test_setting_up_leads_to_the_sheet_of_recovery_codes(
    citizen, approver, django_capture_on_commit_callbacks
):
    first_step(citizen, approver)
    with django_capture_on_commit_callbacks(execute=True):
        answer = set_up_app(citizen)
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    sheet = citizen.get(answer["Location"])
    codes = sheet.context["unused_codes"]
    assert len(codes) == 10
    assert all(code in sheet.content.decode() for code in codes)
    assert "no-store" in sheet["Cache-Control"]
    assert actions().count(Action.FACTOR_ADDED) == 2


def test_a_wrong_first_code_sets_nothing_up(citizen, approver):
    first_step(citizen, approver)
    citizen.get(reverse("mfa_activate_totp"))
    citizen.post(reverse("mfa_activate_totp"), {"code": wrong_code()})
    assert not duty.has_second_factor(approver)


def test_after_a_while_the_password_is_asked_for_before_anything_changes(citizen, approver, clock):
    give_app(approver)
    first_step(citizen, approver)
    second_step(citizen, code=code_now())
    clock.shift(timedelta(minutes=20))
    for name in ("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"):
        answer = citizen.post(reverse(name))
        if answer.status_code == 405:
            answer = citizen.get(reverse(name))
        assert answer["Location"].startswith(reverse("account_reauthenticate")), name
    assert duty.has_second_factor(approver)


def test_whoever_takes_his_only_factor_away_sets_up_another_at_once(citizen, approver):
    give_app(approver)
    first_step(citizen, approver)
    second_step(citizen, code=code_now())
    citizen.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=approver).exists()
    assert Action.FACTOR_REMOVED in actions()
    assert citizen.get("/quan-tri/")["Location"] == "/quan-tri/tai-khoan/"


def test_the_password_that_is_asked_again_is_guarded_too(citizen, approver, clock):
    first_step(citizen, approver)
    clock.shift(timedelta(minutes=20))
    for _time in range(signing_in.FAILURES_OF_PAIR):
        citizen.post(reverse("account_reauthenticate"), {"password": "doan-bua"})
    answer = citizen.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert "15 phút" in answer.content.decode()


@pytest.mark.parametrize("goal", ["https://example.com/", "//example.com", "http://localhost/x"])
def test_proving_it_again_leads_to_no_other_site(citizen, approver, goal):
    first_step(citizen, approver)
    answer = citizen.post(
        f"{reverse('account_reauthenticate')}?next={goal}", {"password": PASSWORD, "next": goal}
    )
    assert answer["Location"] == "/quan-tri/"


def test_passkeys_are_offered_where_the_portal_has_a_name(citizen, approver):
    citizen.force_login(approver)
    assert citizen.get(reverse("mfa_add_webauthn"), headers={"host": "127.0.0.1:8000"})["Location"] == "/quan-tri/tai-khoan/"  # fmt: skip
    page = citizen.get(reverse("account"), headers={"host": "localhost"}).content.decode()
    assert reverse("mfa_add_webauthn") in page


# Trusted computers


def trusting(client, user):
    first_step(client, user)
    return second_step(client, code=code_now(), trust="on")


def test_a_trusted_computer_is_not_asked_for_thirty_days(citizen, approver, clock):
    give_app(approver)
    cookie = trusting(citizen, approver).cookies["trusted"]
    assert cookie["httponly"]
    citizen.post("/quan-tri/logout/")
    clock.shift(timedelta(days=29))
    assert first_step(citizen, approver)["Location"] == "/quan-tri/"
    citizen.post("/quan-tri/logout/")
    clock.shift(timedelta(days=2))
    assert first_step(citizen, approver)["Location"] == SECOND_STEP


def test_no_computer_is_trusted_unasked(citizen, approver):
    give_app(approver)
    first_step(citizen, approver)
    assert not second_step(citizen, code=code_now()).cookies.get("trusted")
    assert not TrustedComputer.objects.exists()


def test_what_trusts_a_computer_is_not_in_the_database(citizen, approver):
    give_app(approver)
    secret = trusting(citizen, approver).cookies["trusted"].value
    assert secret not in str(TrustedComputer.objects.values())


def test_trust_is_revoked_on_the_page_of_the_account(citizen, approver):
    give_app(approver)
    trusting(citizen, approver)
    computer = TrustedComputer.objects.get()
    citizen.post(reverse("account_revoke_computer", args=[computer.pk]))
    citizen.post("/quan-tri/logout/")
    assert first_step(citizen, approver)["Location"] == SECOND_STEP
    assert Action.COMPUTER_REVOKED in actions()


def test_trust_of_one_is_none_of_another(citizen, approver):
    give_app(approver)
    trusting(citizen, approver)
    citizen.post("/quan-tri/logout/")
    other = make_approver()
    TOTP.activate(other, "KRSXG5CTMVRXEZLU")
    assert first_step(citizen, other)["Location"] == SECOND_STEP


def test_nobody_revokes_trust_or_ends_sessions_of_another(citizen, approver):
    give_app(approver)
    trusting(Client(), approver)
    other = make_user(is_superuser=False)
    citizen.force_login(other)
    computer, session = TrustedComputer.objects.get(), approver.usersession_set.get()
    for name, row in (("account_revoke_computer", computer), ("account_end_session", session)):
        assert citizen.post(reverse(name, args=[row.pk])).status_code == 404


def test_a_new_password_ends_trust(citizen, approver):
    give_app(approver)
    trusting(citizen, approver)
    new = "ba-con-trau-den-2026"
    citizen.post(
        "/quan-tri/password_change/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )
    assert Action.PASSWORD_SET in actions()
    assert is_in(citizen)
    citizen.post("/quan-tri/logout/")
    assert first_step(citizen, approver, password=new)["Location"] == SECOND_STEP


# What it costs readers


def test_readers_pay_nothing_for_it(citizen, approver, django_assert_max_num_queries):
    citizen.get("/")
    with django_assert_max_num_queries(9):
        answer = citizen.get("/")
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_no_mail_is_sent_by_the_library(citizen, approver):
    first_step(citizen, approver)
    set_up_app(citizen)
    assert mail.outbox == []

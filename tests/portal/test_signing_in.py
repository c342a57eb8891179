"""Signing in: noted, slowed down for who guesses, and open to who does not."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from editing.models import Action, AuditEntry
from portal import signing_in
from tests.making import make_user

pytestmark = pytest.mark.django_db

RIGHT, WRONG = "mat-khau-thu-2026", "doan-bua-2026"


def sign_in(name, password=RIGHT, address="203.0.113.9"):
    answer = Client().post(
        "/quan-tri/login/", {"login": name, "password": password}, REMOTE_ADDR=address
    )
    return answer.status_code == 302


def guess(name, times, address="203.0.113.9"):
    for _time in range(times):
        assert not sign_in(name, WRONG, address)


@pytest.fixture
def user():
    return make_user(username="Lê-An")


def test_every_sign_in_is_in_the_trail(user):
    assert sign_in("Lê-An")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor) == (Action.SIGNED_IN, user)


def test_failures_are_in_the_trail_without_filling_it(user):
    guess("Lê-An", 4)
    guess("không-có-ai", 4)
    assert [row.action for row in AuditEntry.objects.all()] == [Action.SIGN_IN_FAILED]


def test_five_wrong_passwords_lock_even_the_right_one(user):
    guess("Lê-An", 5)
    assert not sign_in("Lê-An")
    answer = Client().post(
        "/quan-tri/login/", {"login": "Lê-An", "password": RIGHT}, REMOTE_ADDR="203.0.113.9"
    )
    assert "15 phút" in answer.content.decode()
    assert 'value="Lê-An"' in answer.content.decode()


def test_who_is_guessed_at_from_elsewhere_signs_in_from_his_own_network(user):
    guess("Lê-An", 20, address="198.51.100.7")
    assert sign_in("Lê-An", address="203.0.113.9")


def test_the_lock_ends_by_itself(user, time_machine_at):
    from django.utils import timezone

    start = timezone.now()
    time_machine_at(start)
    guess("Lê-An", signing_in.FAILURES_OF_PAIR)
    time_machine_at(start + signing_in.LOCKED_FOR + timedelta(seconds=1))
    assert sign_in("Lê-An")


def test_a_success_forgets_the_failures_before_it(user):
    for _round in range(3):
        guess("Lê-An", signing_in.FAILURES_OF_PAIR - 1)
        assert sign_in("Lê-An")


def test_a_network_that_guesses_at_many_accounts_is_locked_for_all(user):
    for number in range(signing_in.FAILURES_OF_NETWORK):
        guess(f"nguoi-{number}", 1)
    assert not sign_in("Lê-An")
    assert sign_in("Lê-An", address="198.51.100.7")


def test_an_account_guessed_at_from_many_networks_gives_each_one_try(user):
    for number in range(signing_in.FAILURES_OF_ACCOUNT):
        guess("Lê-An", 1, address=f"198.51.100.{number}")
    assert not sign_in("Lê-An", address="198.51.100.1")
    assert sign_in("Lê-An", address="203.0.113.9")


def test_one_network_of_the_new_protocol_counts_as_one():
    same = {signing_in.network_of(f"2001:db8:1:2::{number}") for number in range(9)}
    assert len(same) == 1
    assert signing_in.network_of("2001:db8:1:3::1") not in same


def test_neither_names_nor_addresses_are_kept(user, settings, tmp_path):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(tmp_path),
        }
    }
    guess("Lê-An", 2)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert kept
    assert b"203.0.113" not in kept
    assert "Lê".encode() not in kept


@pytest.mark.parametrize("name", ["", "\x00", "a" * 10_000, "Lê-An\x00"])
def test_a_name_that_is_none_is_refused_and_nothing_breaks(name, user):
    assert not sign_in(name)
    cache.clear()

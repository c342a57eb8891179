"""What the runner does again and again. Each task is a function without arguments that may be run
twice, and late: nothing of what readers see waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from contacts.reminders import remind
from editing.mailing import mail_what_is_due
from editing.models import OneTimeLink, TrustedComputer
from editing.rendering import render_what_is_missing
from news.months import recount_everything, recount_what_the_clock_changed
from news.rating import forget_old_remarks
from portal.access import duty
from portal.access.idle import look_after_idle_accounts
from portal.alerts.sending import mail_alerts
from portal.keeping.nightly import back_up_if_due
from portal.link_checks import check_links, note_every_link
from portal.missing import gather_missing_addresses
from portal.morning_mail import mail_checkup
from portal.planning import renew_statistics
from portal.search.in_vain import gather_searches_in_vain
from portal.search.index import tidy, tidy_thoroughly
from portal.search.reading import read_files


@dataclass(frozen=True)
class Recurring:
    run: Callable[[], object]
    every: timedelta


def forget_old_sessions() -> None:
    """And what was kept of them; trusted computers and one-time links whose time is up."""
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    TrustedComputer.objects.exclude(pk__in=TrustedComputer.objects.valid()).delete()
    OneTimeLink.objects.exclude(pk__in=OneTimeLink.objects.open()).delete()


TASKS: dict[str, Recurring] = {
    "look_after_idle_accounts": Recurring(look_after_idle_accounts, timedelta(days=1)),
    "begin_grace_of_second_factors": Recurring(duty.begin_for_all, timedelta(hours=1)),
    "forget_old_sessions": Recurring(forget_old_sessions, timedelta(days=1)),
    "mail_what_is_due": Recurring(mail_what_is_due, timedelta(minutes=1)),
    "mail_alerts": Recurring(mail_alerts, timedelta(minutes=1)),
    "gather_missing_addresses": Recurring(gather_missing_addresses, timedelta(minutes=1)),
    "gather_searches_in_vain": Recurring(gather_searches_in_vain, timedelta(minutes=1)),
    "check_links": Recurring(check_links, timedelta(minutes=15)),
    "note_every_link": Recurring(note_every_link, timedelta(days=1)),
    "count_months": Recurring(recount_what_the_clock_changed, timedelta(minutes=1)),
    "count_months_anew": Recurring(recount_everything, timedelta(days=1)),
    "forget_old_remarks": Recurring(forget_old_remarks, timedelta(days=1)),
    "render_what_is_missing": Recurring(render_what_is_missing, timedelta(minutes=1)),
    "read_files": Recurring(read_files, timedelta(minutes=1)),
    "tidy_search": Recurring(tidy, timedelta(minutes=1)),
    "forget_words_of_search": Recurring(tidy_thoroughly, timedelta(days=1)),
    "remind_of_directory": Recurring(remind, timedelta(days=1)),
    "mail_checkup": Recurring(mail_checkup, timedelta(minutes=30)),
    "renew_statistics": Recurring(renew_statistics, timedelta(days=1)),
    "back_up_if_due": Recurring(back_up_if_due, timedelta(minutes=20)),
}

"""Mails to staff what waits for them. Nothing is lost: what could not be sent is tried again, and a
failure shows on the desk as that of a recurring task."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import ngettext

from editing.models import MailRhythm, Notification, User

# From this hour of Viet Nam on a daily mail leaves.
MORNING = 7
# What could not be mailed in this time is old news; it stays in the staff pages.
GIVE_UP = timedelta(days=3)


def mail_what_is_due() -> int:
    """Sends at most one mail to each member of staff; gives how many. Without a mail server nothing
    is sent and nothing is marked as sent. Raises what the mail server raises, after the others have
    got theirs."""
    if not settings.HAS_MAIL_SERVER:
        return 0
    since = timezone.now() - GIVE_UP
    waiting = Notification.objects.to_mail().filter(due_at__gt=since, user__is_active=True)
    sent, failure = 0, None
    for user in User.objects.filter(pk__in=waiting.values("user")):
        rows = list(waiting.filter(user=user).order_by("due_at"))
        try:
            sent += _mail(user, rows)
        except OSError as error:  # SMTPException is one
            failure = error
    if failure is not None:
        raise failure
    return sent


def _mail(user: User, rows: list[Notification]) -> int:
    if user.mail_rhythm == MailRhythm.DAILY and not _is_time_for_daily(user):
        return 0
    is_wanted = user.mail_rhythm != MailRhythm.NEVER and bool(user.email)
    if is_wanted:
        with translation.override(user.language):
            send_mail(_subject(rows), _body(rows), None, [user.email])
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=timezone.now())
    return int(is_wanted)


def _is_time_for_daily(user: User) -> bool:
    now = timezone.localtime()
    morning = now.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    lately = Notification.objects.filter(user=user, mailed_at__gte=morning)
    return now >= morning and not lately.exists()


def _subject(rows: list[Notification]) -> str:
    if len(rows) == 1:
        return " ".join(rows[0].text.split())[:150]
    return ngettext("%d message from the portal", "%d messages from the portal", len(rows)) % len(
        rows
    )


def _body(rows: Iterable[Notification]) -> str:
    lines = [f"{row.text}\n{settings.SITE_URL}{row.path}" for row in rows]
    return "\n\n".join(lines) + "\n"

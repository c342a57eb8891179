"""Tells those who look after the portal how it is: each morning on which something needs attention,
and on Mondays in any case, so that silence is never taken for health."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from editing.mailing import MORNING
from editing.models import MailRhythm, User
from editing.notifying import holders_of
from portal import checkup

LOOKS_AFTER_IT = "portal.view_task"
MONDAY = 0


def mail_checkup() -> int:
    """Gives the number of mails sent; at most one a day to each. Raises what the mail server
    raises."""
    now = timezone.localtime()
    if not settings.HAS_MAIL_SERVER or now.hour < MORNING:
        return 0
    if not cache.add(key := f"checkup-mail:{now.date()}", True, 24 * 3600):
        return 0
    try:
        users = [user for user in holders_of(LOOKS_AFTER_IT) if _wants(user)]
        return sum(_mail(user, is_monday=now.weekday() == MONDAY) for user in users)
    except OSError:
        cache.delete(key)
        raise


def _wants(user: User) -> bool:
    return bool(user.email) and user.mail_rhythm != MailRhythm.NEVER


def _mail(user: User, *, is_monday: bool) -> bool:
    with translation.override(user.language):
        lines = checkup.look()
        amber = [line for line in lines if not line.is_well]
        if not amber and not is_monday:
            return False
        subject = _("The portal needs attention: %d") % len(amber) if amber else _("All is well")
        send_mail(subject, _body(lines), None, [user.email])
    return True


def _body(lines: list[checkup.Line]) -> str:
    """What needs attention first."""
    written = []
    for line in sorted(lines, key=lambda line: line.is_well):
        written.append(f"{'✓' if line.is_well else '!'} {line.label}: {line.text}")
        if line.command:
            written.append(f"    {line.command}")
    return "\n".join([*written, "", f"{settings.SITE_URL}/quan-tri/he-thong/", ""])

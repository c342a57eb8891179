"""The queue of mails to subscribers. A mail is begun in the database before it is handed over: a process
that is killed between the two leaves one mail in doubt, and sends none twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from news.models import Edition
from portal.alerts import links
from portal.alerts.gathering import gather
from portal.alerts.models import Alert, Rhythm, Subscription, SubscriptionQuerySet
from portal.models import Agency

MOST_A_MINUTE = 60
MORNING = 7  # o'clock in Viet Nam
MONDAY = 0
KEPT_AFTER_SENDING = timedelta(days=30)
MOST_IN_ONE_MAIL = 30


class MailsFailed(Exception):
    """Says how many and why, and no address: the text goes into the log and the staff pages."""


def mail_alerts() -> int:
    """One round of the runner: gathers, sends at most so many, forgets; gives how many were sent."""
    now = timezone.now()
    gather(now)
    tidy(now)
    return send(now) if settings.HAS_MAIL_SERVER else 0


def tidy(now: datetime) -> None:
    Subscription.objects.forgotten(now).delete()
    Alert.objects.filter(sent_at__lt=now - KEPT_AFTER_SENDING).delete()
    Alert.objects.filter(pk__in=Alert.objects.stale(now).values("pk")).update(is_given_up=True)


def send(now: datetime) -> int:
    if not (Subscription.objects.to_ask(now).exists() or subscribers(now).exists()):
        return 0  # without asking the mail server for anything
    with get_connection() as connection:
        round_ = Round(connection, now)
        round_.questions()
        round_.alerts()
    if round_.failed:
        raise MailsFailed(f"{round_.failed} mails: {round_.reason}")
    return round_.sent


def subscribers(now: datetime) -> SubscriptionQuerySet:
    """To whom something is to be sent now, by the rhythm that each has chosen."""
    today = timezone.localtime(now)
    morning = today.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    wanted = Q(rhythm=Rhythm.AT_ONCE)
    if today >= morning:
        not_yet = Q(digest_at=None) | Q(digest_at__lt=morning)
        rhythms = [Rhythm.DAILY, *([Rhythm.WEEKLY] if today.weekday() == MONDAY else [])]
        wanted |= Q(not_yet, rhythm__in=rhythms)
    waiting = Alert.objects.due(now).values("subscription")
    return Subscription.objects.confirmed().filter(wanted, pk__in=waiting).order_by("pk")


class Round:
    def __init__(self, connection: BaseEmailBackend, now: datetime) -> None:
        self.connection, self.now = connection, now
        self.sent = self.failed = 0
        self.reason = ""
        self.agency = Agency.load()

    @property
    def _is_over(self) -> bool:
        # One refusal may be the receiver's; several in a row are the server's.
        return self.sent + self.failed >= MOST_A_MINUTE or self.failed > self.sent + 2

    def questions(self) -> None:
        for row in Subscription.objects.to_ask(self.now).order_by("pk")[:MOST_A_MINUTE]:
            if self._is_over:
                return
            tries = row.question_tries + 1
            begun = Subscription.objects.filter(pk=row.pk, question_mailed_at=None)
            if begun.update(question_mailed_at=timezone.now(), question_tries=tries):
                later = self.now + _pause(tries)
                self._try(
                    lambda row=row: question(row, self.agency),  # type: ignore[misc]
                    refused=lambda row=row, later=later: Subscription.objects.filter(  # type: ignore[misc]
                        pk=row.pk
                    ).update(question_mailed_at=None, question_due_at=later),
                )

    def alerts(self) -> None:
        for row in subscribers(self.now)[:MOST_A_MINUTE]:
            if self._is_over:
                return
            self._send_to(row)

    def _send_to(self, row: Subscription) -> None:
        waiting = row.alerts.due(self.now).order_by("pk")[:MOST_IN_ONE_MAIL]
        keys = [alert.pk for alert in waiting]
        # The condition once more: another process may have begun them meanwhile.
        rows = row.alerts.filter(pk__in=keys)
        if not rows.waiting().update(begun_at=timezone.now()):
            return
        chosen = list(rows.select_related("page"))
        entries = _entries(row, chosen)
        if not entries:  # withdrawn meanwhile
            rows.delete()
            return
        tries = max(alert.tries for alert in chosen) + 1
        self._try(
            lambda: message(row, entries, self.agency),
            done=lambda: self._note_sent(row, keys),
            refused=lambda: row.alerts.filter(pk__in=keys).update(
                begun_at=None, tries=tries, due_at=self.now + _pause(tries)
            ),
        )

    def _note_sent(self, row: Subscription, keys: list[int]) -> None:
        row.alerts.filter(pk__in=keys).update(sent_at=timezone.now())
        if row.rhythm != Rhythm.AT_ONCE:
            Subscription.objects.filter(pk=row.pk).update(digest_at=self.now)

    def _try(
        self,
        make: Callable[[], EmailMultiAlternatives],
        *,
        refused: Callable[[], object],
        done: Callable[[], object] = lambda: None,
    ) -> None:
        try:
            mail = make()
            mail.connection = self.connection
            mail.send()
        except (OSError, ValueError) as error:  # what SMTP says is an OSError
            # The text of the error may hold the address.
            self.failed, self.reason = self.failed + 1, type(error).__name__
            refused()
        else:
            self.sent += 1
            done()


def _pause(tries: int) -> timedelta:
    """Longer each time: five minutes, ten, twenty, at most half a day."""
    return min(timedelta(minutes=5 * 2 ** min(tries - 1, 8)), timedelta(hours=12))


# What stands in the mails


def question(row: Subscription, agency: Agency) -> EmailMultiAlternatives:
    with translation.override(row.language):
        url = links.url_of("confirm", row, links.confirming_token_of(row))
        subject = _("Confirm: news by e-mail from %s") % agency.name
        return _mail(row, subject, "question", {"agency": agency, "url": url})


def message(
    row: Subscription, entries: list[dict[str, str]], agency: Agency
) -> EmailMultiAlternatives:
    with translation.override(row.language):
        many = ngettext(
            "%(number)d item from %(agency)s", "%(number)d items from %(agency)s", len(entries)
        )
        subject = many % {"number": len(entries), "agency": agency.name}
        if len(entries) == 1:
            subject = entries[0]["title"]
        token = links.token_of(row)
        leave = links.url_of("unsubscribe", row, token)
        manage = links.url_of("manage", row, token)
        context = {"agency": agency, "entries": entries, "leave": leave, "manage": manage}
        mail = _mail(row, subject, "news", context)
    mail.extra_headers["List-Unsubscribe"] = f"<{leave}>"
    mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return mail


def _mail(
    row: Subscription, subject: str, template: str, context: dict[str, object]
) -> EmailMultiAlternatives:
    context |= {"language": row.language, "site_url": settings.SITE_URL}
    text = render_to_string(f"alerts/{template}.txt", context)
    mail = EmailMultiAlternatives(" ".join(subject.split())[:200], text, None, [row.email])
    mail.attach_alternative(render_to_string(f"alerts/{template}.html", context), "text/html")
    mail.extra_headers["Auto-Submitted"] = "auto-generated"
    return mail


def _entries(row: Subscription, alerts: list[Alert]) -> list[dict[str, str]]:
    """What is still public of it; the rest is told to nobody."""
    articles = [alert.article_id for alert in alerts if alert.article_id]
    live = Edition.objects.live().filter(article__in=articles).newest_first()
    with translation.override(row.language):
        found = [_entry(each.title, each.lead, each.get_absolute_url()) for each in live]
        for alert in alerts:
            if alert.page is not None and alert.page.is_public:
                title = _("Changed: %s") % alert.page.title
                found.append(_entry(title, alert.page.summary, alert.page.get_absolute_url()))
            elif alert.subject.startswith("hotline:"):
                found.append(_entry(_("The hotline has changed"), "", reverse("contacts:hotline")))
    return found


def _entry(title: str, lead: str, path: str) -> dict[str, str]:
    return {"title": title, "lead": lead, "url": settings.SITE_URL + path}

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from news.models import Article, Category

# How long a link for confirming holds; what is not confirmed by then is deleted.
CONFIRM_WITHIN = timedelta(days=2)
# After this time what is unsent is old news; what comes once a week may wait for a week.
GIVE_UP = timedelta(days=3)
GIVE_UP_COLLECTED = timedelta(days=10)
# A mail that was begun and neither sent nor refused in this time: the process was killed meanwhile.
DOUBTFUL_AFTER = timedelta(minutes=20)


def _secret() -> str:
    return secrets.token_urlsafe(18)


class Rhythm(models.TextChoices):
    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day, in the morning")
    WEEKLY = "weekly", _("Once a week, on Monday morning")


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def confirmed(self) -> Self:
        return self.exclude(confirmed_at=None)

    def to_ask(self, at: datetime | None = None) -> Self:
        """Whose mail with the link for confirming has not left yet."""
        now = at or timezone.now()
        return self.filter(
            confirmed_at=None, question_mailed_at=None, question_due_at__lte=now
        ).filter(asked_at__gt=now - CONFIRM_WITHIN)

    def forgotten(self, at: datetime | None = None) -> Self:
        """Never confirmed, and too late now."""
        return self.filter(confirmed_at=None, asked_at__lte=(at or timezone.now()) - CONFIRM_WITHIN)


class Subscription(models.Model):
    """An address, and what is to be mailed to it. It is personal data: kept for this alone, gone when
    it is unsubscribed, and named neither in the log nor in the audit trail."""

    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    rhythm = models.CharField(
        _("rhythm of the mails"), max_length=8, choices=Rhythm, default=Rhythm.AT_ONCE
    )
    # Signed, it is the address of the pages that only the receiver of the mails knows.
    secret = models.CharField(max_length=32, unique=True, default=_secret, editable=False)
    asked_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    question_due_at = models.DateTimeField(default=timezone.now, editable=False)
    question_mailed_at = models.DateTimeField(null=True, editable=False)
    question_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    digest_at = models.DateTimeField(null=True, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription by e-mail")
        verbose_name_plural = _("subscriptions by e-mail")
        ordering = ["-asked_at", "-pk"]
        permissions = [("see_addresses", _("Can see the addresses of subscribers"))]
        constraints = [
            models.UniqueConstraint(
                "email",
                condition=Q(confirmed_at__isnull=False),
                name="portal_one_confirmed_subscription_of_an_address",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Subscription %s") % self.pk)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)


class TopicKind(models.TextChoices):
    NEWS = "news", _("All news")
    NOTICES = "notices", _("Notices")
    HOTLINE = "hotline", _("Changes of the hotline")
    CATEGORY = "category", _("category")
    PAGE = "page", _("page")


class Topic(models.Model):
    """One of the things that a subscription is about."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="topics")
    kind = models.CharField(_("topic"), max_length=8, choices=TopicKind)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, related_name="+")
    page = models.ForeignKey("portal.Page", on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="category", category__isnull=False, page__isnull=True)
                | Q(kind="page", page__isnull=False, category__isnull=True)
                | Q(
                    kind__in=["news", "notices", "hotline"],
                    category__isnull=True,
                    page__isnull=True,
                ),
                name="portal_topic_has_what_it_names",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """As the form names it: “news”, “category:3”."""
        target = self.category_id or self.page_id
        return f"{self.kind}:{target}" if target else self.kind


class Announced(models.Model):
    """An article that subscribers have been told of, or never will be: each is decided once."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="announced")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.article_id)


class AlertState(models.Model):
    """What the last look at hotline and pages has seen: one row."""

    hotline = models.CharField(max_length=64, blank=True)
    pages_until = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="portal_one_state_of_alerts"),
        ]

    def __str__(self) -> str:
        return str(self.pages_until)


class AlertQuerySet(models.QuerySet["Alert"]):
    def waiting(self) -> Self:
        return self.filter(sent_at=None, begun_at=None, is_given_up=False)

    def due(self, at: datetime | None = None) -> Self:
        return self.waiting().filter(due_at__lte=at or timezone.now())

    def stale(self, at: datetime | None = None) -> Self:
        """Still waiting, and old news by now."""
        now = at or timezone.now()
        at_once = Q(subscription__rhythm=Rhythm.AT_ONCE, made_at__lt=now - GIVE_UP)
        return self.waiting().filter(at_once | Q(made_at__lt=now - GIVE_UP_COLLECTED))

    def doubtful(self, at: datetime | None = None) -> Self:
        """Begun by a process that was killed: perhaps sent, so never sent again."""
        before = (at or timezone.now()) - DOUBTFUL_AFTER
        return self.filter(sent_at=None, begun_at__lt=before)


class Alert(models.Model):
    """One thing that one subscriber is to be told, once."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="alerts")
    # “article:12”, “page:3:7”: what must not be told twice.
    subject = models.CharField(max_length=60)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, related_name="+")
    page = models.ForeignKey("portal.Page", on_delete=models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    is_given_up = models.BooleanField(default=False)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "subject"], name="portal_nobody_is_told_twice"
            ),
        ]
        indexes = [
            models.Index(
                "due_at",
                condition=Q(sent_at=None, begun_at=None, is_given_up=False),
                name="portal_alerts_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

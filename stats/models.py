"""What is kept of visits: sums without persons, and for two days what visits are told apart by.

Every sum has a rule: "" is everybody who is not a robot, and each rule of `stats.robots` has its
own sums beside it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

RULE_LENGTH = 40

# Sums go up by `INSERT … ON CONFLICT`, whose proposed row may hold a negative difference: a
# constraint that demands positive numbers would refuse it although the sum stays positive.


class HourTotal(models.Model):
    """Pageviews of one hour, for ever."""

    start = models.DateTimeField(_("start of the hour"))
    rule = models.CharField(_("rule"), max_length=RULE_LENGTH, blank=True)
    pageviews = models.BigIntegerField(_("pageviews"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "start"], name="stats_hour_total_once")
        ]
        verbose_name = _("hour")
        verbose_name_plural = _("hours")

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M}"


class DayTotal(models.Model):
    """Figures of one day in Vietnam, for ever."""

    day = models.DateField(_("day"))
    rule = models.CharField(_("rule"), max_length=RULE_LENGTH, blank=True)
    pageviews = models.BigIntegerField(_("pageviews"), default=0)
    visitors = models.BigIntegerField(_("visitors"), default=0)
    visits = models.BigIntegerField(_("visits"), default=0)

    class Meta:
        # The rule comes first: the sum over all days is asked for again and again.
        constraints = [models.UniqueConstraint(fields=["rule", "day"], name="stats_day_total_once")]
        verbose_name = _("day")
        verbose_name_plural = _("days")

    def __str__(self) -> str:
        return str(self.day)


class DayShare(models.Model):
    """Pageviews of one day that have something in common."""

    day = models.DateField(_("day"))
    rule = models.CharField(_("rule"), max_length=RULE_LENGTH, blank=True)
    pageviews = models.BigIntegerField(_("pageviews"), default=0)

    class Meta:
        abstract = True


class DayPage(DayShare):
    page = models.CharField(
        _("page"),
        max_length=500,
        help_text=_("The public address, or the name of the route if the address holds a secret."),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "day", "page"], name="stats_day_page_once")
        ]
        indexes = [models.Index(fields=["page"], name="stats_day_page_of_one")]

    def __str__(self) -> str:
        return f"{self.day} {self.page}"


class DayReferrer(DayShare):
    site = models.CharField(_("referring site"), max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "day", "site"], name="stats_day_referrer_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.site}"


class DayDevice(DayShare):
    device = models.CharField(_("device class"), max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "day", "device"], name="stats_day_device_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.device}"


class DayLanguage(DayShare):
    language = models.CharField(
        _("language"), max_length=10, blank=True, help_text=_("Empty: the browser did not say.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "day", "language"], name="stats_day_language_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.language}"


class VisitInterval(models.Model):
    """One visit of one keyed hash, from its first to its last pageview; deleted within 48 hours.

    `day` is the day of the salt that made the hash. Times are milliseconds since 1970.
    """

    day = models.DateField()
    visitor = models.BigIntegerField()
    rule = models.CharField(max_length=RULE_LENGTH, blank=True)
    first = models.BigIntegerField()
    last = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "visitor", "rule", "first"], name="stats_interval_once"
            )
        ]
        indexes = [models.Index(fields=["rule", "day", "last"], name="stats_interval_online")]

    def __str__(self) -> str:
        return f"{self.day} {self.first}–{self.last}"


class DailySalt(models.Model):
    """The key of one day's hashes, shared by all hosts; gone within 48 hours of its first use."""

    day = models.DateField(unique=True)
    salt = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.day)


class SpoolOffset(models.Model):
    """How far a spool file has been drained; changed in the transaction that changes the sums."""

    name = models.CharField(max_length=80, unique=True)
    spool = models.CharField(max_length=120, help_text="The folder's own name and its host's.")
    offset = models.BigIntegerField()
    lost = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.offset}"


class CounterState(models.Model):
    """One row, which every transaction that changes sums locks first: drainers of several hosts
    take turns."""

    started_at = models.DateTimeField(default=timezone.now)
    lost_lines = models.BigIntegerField(
        default=0, help_text="Pageviews that could not be written, such as on a full disk."
    )
    lost_at = models.DateTimeField(null=True, help_text="When a loss was last found.")
    unreadable_lines = models.BigIntegerField(default=0)
    replay_clock = models.BigIntegerField(
        null=True, help_text="Latest time of the pageviews drained last, while days are replayed."
    )

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d}"

    @classmethod
    def lock(cls) -> CounterState:
        """The row, locked until the end of the transaction."""
        rows = cls.objects.select_for_update().filter(pk=1)
        if (row := rows.first()) is None:
            cls.objects.get_or_create(pk=1)
            row = rows.get()
        return row

    @classmethod
    def load(cls) -> CounterState:
        """The row as it is, or as it would begin; nothing is written."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class ImportedDay(models.Model):
    """A day whose visits came from old access logs, so that it is never read in twice."""

    day = models.DateField(_("day"), unique=True)
    pageviews = models.BigIntegerField(_("pageviews"), help_text="Of people and robots.")
    imported_at = models.DateTimeField(_("imported at"), default=timezone.now)

    class Meta:
        ordering = ["-day"]
        verbose_name = _("imported day")
        verbose_name_plural = _("imported days")

    def __str__(self) -> str:
        return str(self.day)


class CounterOffset(models.Model):
    """What an earlier counter had, carried over: rows are added, never changed.

    A mistake is put right by another row, with a minus sign if need be.
    """

    figure = models.BigIntegerField(
        _("visits to add"),
        help_text=_("The old counter's last figure, for example 7448251."),
    )
    reason = models.TextField(
        _("reason"),
        help_text=_("Where the figure comes from and who vouches for it, with date and document."),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["recorded_at", "pk"]
        verbose_name = _("figure carried over")
        verbose_name_plural = _("figures carried over")

    def __str__(self) -> str:
        return f"{self.figure:+}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ValueError("A figure carried over is never changed: add another one.")
        super().save(*args, **kwargs)


class TakenFor(models.TextChoices):
    """What the visits of a rule count as."""

    PERSON = "person", _("people: in the main figures")
    SUSPECT = "suspect", _("suspects: in the main figures, and shown apart")
    ROBOT = "robot", _("robots: left out of the main figures")


class RuleDecision(models.Model):
    """Staff decide what a rule is taken for; rows are added, and the latest one holds."""

    rule = models.CharField(_("rule"), max_length=RULE_LENGTH)
    taken_for = models.CharField(_("taken for"), max_length=8, choices=TakenFor)
    valid_from = models.DateField(
        _("from"),
        null=True,
        blank=True,
        help_text=_(
            "Example: 01/11/2026. Left empty, it holds from the first day on, so that figures "
            "already published change too."
        ),
    )
    reason = models.TextField(
        _("reason"), help_text=_("What was seen, and who agreed; kept with the decision.")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("decision about a rule")
        verbose_name_plural = _("decisions about rules")

    def __str__(self) -> str:
        return f"{self.rule} → {self.get_taken_for_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ValueError("A decision is never changed: add another one.")
        super().save(*args, **kwargs)

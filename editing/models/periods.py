from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def _period(label: Any, default: int, lowest: int, highest: int, help_text: Any) -> Any:
    return models.PositiveSmallIntegerField(
        label,
        default=default,
        validators=[MinValueValidator(lowest), MaxValueValidator(highest)],
        help_text=help_text,
    )


class Periods(models.Model):
    """Every period that the staff pages go by: one row."""

    undo_minutes = _period(
        _("minutes to take a publication back"), 10, 1, 60,
        _("So long the button “Undo” stands there, and mails about the article wait."),
    )  # fmt: skip
    link_days = _period(
        _("days that a link for comments is valid"), 14, 1, 90,
        _("Proposed when a link is made; it can be revoked at any time."),
    )  # fmt: skip
    stale_days = _period(
        _("days until a text should be looked at again"), 365, 30, 3650,
        _("The desk then lists the pages that nobody has saved since."),
    )  # fmt: skip
    trash_reminder_days = _period(
        _("days until the trash reminds of itself"), 90, 7, 3650,
        _("Nothing is emptied by itself; the desk only says what has lain there for so long."),
    )  # fmt: skip

    idle_account_days = _period(
        _("days until an account that nobody uses is switched off"), 180, 30, 3650,
        _("Its owner is told fourteen days before; the last administrator stays."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("periods")
        verbose_name_plural = _("periods")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="editing_there_is_one_row_of_periods"),
        ]

    def __str__(self) -> str:
        return str(_("Periods"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def load(cls) -> Self:
        row = cls.objects.filter(pk=1).first()
        return row or cls(pk=1)

    @property
    def undo(self) -> timedelta:
        return timedelta(minutes=self.undo_minutes)

    @property
    def stale_after(self) -> timedelta:
        return timedelta(days=self.stale_days)

    @property
    def idle_account(self) -> timedelta:
        return timedelta(days=self.idle_account_days)

    @property
    def trash_reminder(self) -> timedelta:
        return timedelta(days=self.trash_reminder_days)

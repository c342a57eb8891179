from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editing.models.staff import User


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, at: datetime | None = None) -> Self:
        return self.filter(due_at__lte=at or timezone.now())

    def unseen_by(self, user: User) -> Self:
        return self.due().filter(user=user, seen_at=None)

    def to_mail(self) -> Self:
        return self.due().filter(mailed_at=None)


class Notification(models.Model):
    """Something that a member of staff should know; shown in the header, and mailed."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    text = models.CharField(_("text"), max_length=400)
    # A path of the staff pages; mails put SITE_URL before it.
    path = models.CharField(max_length=300)
    # What it is about, so that it can be taken back.
    subject = models.CharField(max_length=80, db_index=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    due_at = models.DateTimeField(_("due at"), default=timezone.now)
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("mailed at"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-due_at", "-pk"]
        indexes = [models.Index(fields=["user", "seen_at", "due_at"], name="editing_unseen")]

    def __str__(self) -> str:
        return self.text

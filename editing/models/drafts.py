from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editing.models.staff import User

# A browser tells every 15 s that its form is open; two tellings may get lost.
PRESENCE_ENDS = timedelta(seconds=50)


class Autosave(models.Model):
    """What somebody has typed into a form and not saved yet. It is no history: one row a form,
    written over, and gone with the save."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    # Of the row; of a form for a new one, 0, and then the form's own key tells them apart.
    object_id = models.BigIntegerField(default=0)
    form_key = models.CharField(max_length=36, blank=True)
    # Names and values of the fields, as the browser would send them.
    fields = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("unsaved text")
        verbose_name_plural = _("unsaved texts")
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "content_type", "object_id", "form_key"],
                name="editing_one_autosave_per_form",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.saved_at}"


class PresenceQuerySet(models.QuerySet["Presence"]):
    def others(self, user: User, row: models.Model) -> Self:
        """Who else has this row open in a form now."""
        kind = ContentType.objects.get_for_model(row)
        since = timezone.now() - PRESENCE_ENDS
        rows = self.filter(content_type=kind, object_id=row.pk, seen_at__gt=since)
        return rows.exclude(user=user).select_related("user")


class Presence(models.Model):
    """A form that somebody has open; it ends by itself."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.BigIntegerField()
    seen_at = models.DateTimeField(default=timezone.now)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("open form")
        verbose_name_plural = _("open forms")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "content_type", "object_id"], name="editing_one_presence_per_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.seen_at}"


class OldSlug(models.Model):
    """A slug that a row had once: its address leads to where the row is now.

    It names the row and not an address, so that there are neither chains nor loops.
    """

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.BigIntegerField()
    slug = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "slug"], name="editing_an_old_slug_leads_to_one_row"
            ),
        ]

    def __str__(self) -> str:
        return self.slug

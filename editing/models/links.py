from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LinkQuerySet(models.QuerySet["CheckedLink"]):
    def due(self, now: datetime) -> Self:
        """To be asked: never asked, failing and a day old, or well and a week old."""
        return self.filter(
            Q(checked_at=None)
            | Q(problem="", checked_at__lt=now - CheckedLink.RHYTHM)
            | ~Q(problem="") & Q(checked_at__lt=now - CheckedLink.RETRY)
        )

    def broken(self) -> Self:
        """That failed on three days, and that nobody has called fine."""
        return self.filter(failures__gte=CheckedLink.PATIENCE, accepted_at=None)


class CheckedLink(models.Model):
    """An address of another site that our texts lead to, and what was found there."""

    RHYTHM = timedelta(days=7)
    RETRY = timedelta(hours=23)
    PATIENCE = 3  # failures, each on another day, until it counts as broken

    url = models.CharField(_("address"), max_length=2000)
    # A long text is no key of an index on every database.
    url_hash = models.CharField(max_length=64, unique=True, editable=False)
    status = models.PositiveSmallIntegerField(_("status"), null=True, editable=False)
    problem = models.CharField(max_length=20, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField(_("failures"), default=0, editable=False)
    suggestion = models.CharField(_("suggested address"), max_length=2000, blank=True)
    checked_at = models.DateTimeField(_("checked at"), null=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to another site")
        verbose_name_plural = _("links to other sites")
        ordering = ["-failures", "url"]

    def __str__(self) -> str:
        return self.url

    @property
    def is_broken(self) -> bool:
        return self.failures >= self.PATIENCE and self.accepted_at is None

    @property
    def reason(self) -> str:
        """In plain words."""
        words = {
            "gone": _("the page is no longer there"),
            "forbidden": _("the site asks for a login or keeps programs away: look yourself"),
            "error": _("the site answers with an error"),
            "name": _("there is no site of this name"),
            "slow": _("the site does not answer in time"),
            "certificate": _("the site's certificate is not valid"),
            "connection": _("the site cannot be reached"),
            "redirects": _("the address leads in a circle"),
            "refused": _("the address leads inside a network"),
        }
        return str(words.get(self.problem, ""))

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editing.models.staff import User

TRUSTED_FOR = timedelta(days=30)


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What the database keeps of a secret: it is random, so that no slower hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


class TrustedComputerQuerySet(models.QuerySet["TrustedComputer"]):
    def valid(self) -> Self:
        return self.filter(expires_at__gt=timezone.now())

    def known_by(self, user: User, secrets_: list[str]) -> TrustedComputer | None:
        keys = [digest(secret) for secret in secrets_]
        return self.valid().filter(user=user, key__in=keys).first()


class TrustedComputer(models.Model):
    """A browser that is not asked for the second factor for a while."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="trusted_computers")
    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=80)
    trusted_at = models.DateTimeField(_("trusted since"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))

    objects = TrustedComputerQuerySet.as_manager()

    class Meta:
        verbose_name = _("trusted computer")
        verbose_name_plural = _("trusted computers")
        default_permissions = ()
        ordering = ["-trusted_at"]

    def __str__(self) -> str:
        return self.name


class OneTimeLinkQuerySet(models.QuerySet["OneTimeLink"]):
    def open(self) -> Self:
        return self.filter(used_at=None, expires_at__gt=timezone.now(), user__is_active=True)


class OneTimeLink(models.Model):
    """Lets one person set a password, or begin anew with the second factor, once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_links")
    key = models.CharField(max_length=64, unique=True)
    sets_password = models.BooleanField(default=True)
    removes_second_factor = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = OneTimeLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("one-time link")
        verbose_name_plural = _("one-time links")
        default_permissions = ()
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return str(self.user)

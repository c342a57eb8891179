"""What colleagues and leaders say of an edition before it is public."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from news.models.articles import Edition


class Remark(models.Model):
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="remarks")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # Of a leader who came through a link; staff have their account.
    author_name = models.CharField(_("name"), max_length=120, blank=True)
    text = models.TextField(_("remark"), max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def who(self) -> str:
        return str(self.author) if self.author else self.author_name


class Reviewer(models.Model):
    """A leader without an account, whose approval counts when he proves his address.

    Only administrators keep this list: whoever makes a link must not be able to change where its
    code is sent.
    """

    name = models.CharField(
        _("name and post"), max_length=120, help_text=_("Example: “Ms Lê Thị An, Deputy Head”")
    )
    email = models.EmailField(_("e-mail"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("leader who approves by link")
        verbose_name_plural = _("leaders who approve by link")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def _nonce() -> str:
    return secrets.token_urlsafe(18)


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def open(self, at: datetime | None = None) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=at or timezone.now())


class ShareLink(models.Model):
    """Shows some editions to somebody without an account, until it ends or is revoked."""

    nonce = models.CharField(max_length=32, unique=True, default=_nonce, editable=False)
    editions = models.ManyToManyField(Edition, related_name="links")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    reviewer = models.ForeignKey(
        Reviewer,
        verbose_name=_("for"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="links",
    )
    publishes_on_approval = models.BooleanField(
        _("publish as soon as it is approved"), default=False
    )

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link for comments")
        verbose_name_plural = _("links for comments")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(_("Link of %s") % timezone.localtime(self.created_at).strftime("%d/%m/%Y %H:%M"))

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class OneTimeCode(models.Model):
    """A code that was mailed to the leader of a link; kept as a hash, short-lived, few tries."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=128)
    sent_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.sent_at)


class LinkApproval(models.Model):
    """That somebody approved exactly this content through a link."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="approvals")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="link_approvals")
    name = models.CharField(_("name"), max_length=120)
    content_hash = models.CharField(max_length=64)
    # Whether a code proved who it was; otherwise it is an opinion, and never a second pair of eyes.
    counts = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

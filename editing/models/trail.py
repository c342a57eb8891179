from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NoReturn

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from editing.models.staff import User


class Action(models.TextChoices):
    """What staff did, as the verb of a sentence: “Bà Lê Thị An *gửi duyệt* …”."""

    ADDED = "added", pgettext_lazy("what someone did", "added")
    CHANGED = "changed", pgettext_lazy("what someone did", "changed")
    DELETED = "deleted", pgettext_lazy("what someone did", "deleted")
    SUBMITTED = "submitted", pgettext_lazy("what someone did", "submitted for approval")
    RETURNED = "returned", pgettext_lazy("what someone did", "returned")
    APPROVED = "approved", pgettext_lazy("what someone did", "approved and published")
    SCHEDULED = "scheduled", pgettext_lazy("what someone did", "approved and scheduled")
    UNSCHEDULED = (
        "unscheduled",
        pgettext_lazy("what someone did", "cancelled the scheduled time of"),
    )
    PUBLISHED_URGENTLY = (
        "urgent",
        pgettext_lazy("what someone did", "published before approval"),
    )
    APPROVED_AFTERWARDS = "afterwards", pgettext_lazy("what someone did", "approved afterwards")
    UNDONE = "undone", pgettext_lazy("what someone did", "took back the publication of")
    WITHDRAWN = "withdrawn", pgettext_lazy("what someone did", "withdrew")
    ARCHIVED = "archived", pgettext_lazy("what someone did", "archived")
    UNARCHIVED = "unarchived", pgettext_lazy("what someone did", "took out of the archive")
    TRASHED = "trashed", pgettext_lazy("what someone did", "put in the trash")
    RESTORED = "restored", pgettext_lazy("what someone did", "restored")
    DESTROYED = "destroyed", pgettext_lazy("what someone did", "deleted for good")
    REWRITTEN = "rewritten", pgettext_lazy("what someone did", "began a new edition of")
    SHARED = "shared", pgettext_lazy("what someone did", "made a link for comments on")
    REVOKED = "revoked", pgettext_lazy("what someone did", "revoked a link for comments on")
    SIGNED_IN = "signed_in", pgettext_lazy("what someone did", "signed in")
    SIGN_IN_FAILED = "sign_in_failed", pgettext_lazy("what someone did", "failed to sign in")
    SECOND_STEP_FAILED = (
        "second_step_failed",
        pgettext_lazy("what someone did", "failed to prove the second factor of"),
    )
    FACTOR_ADDED = "factor_added", pgettext_lazy("what someone did", "added a second factor to")
    FACTOR_REMOVED = (
        "factor_removed",
        pgettext_lazy("what someone did", "removed a second factor of"),
    )
    CODES_RENEWED = "codes_renewed", pgettext_lazy("what someone did", "renewed recovery codes of")
    COMPUTER_TRUSTED = (
        "computer_trusted",
        pgettext_lazy("what someone did", "trusted a computer of"),
    )
    COMPUTER_REVOKED = (
        "computer_revoked",
        pgettext_lazy("what someone did", "no longer trusted a computer of"),
    )
    SESSION_ENDED = "session_ended", pgettext_lazy("what someone did", "ended a session of")
    PASSWORD_SET = "password_set", pgettext_lazy("what someone did", "set the password of")
    INVITED = "invited", pgettext_lazy("what someone did", "made a one-time link for")
    LINK_USED = "link_used", pgettext_lazy("what someone did", "used the one-time link of")
    SWITCHED_OFF = "switched_off", pgettext_lazy("what someone did", "switched off the account of")
    EXPORTED = "exported", pgettext_lazy("what someone did", "exported")
    CONFIRMED = "confirmed", pgettext_lazy("what someone did", "confirmed")


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Entries are added and stay as they are."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit trail is never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("The audit trail is never deleted.")

    def about(self, row: models.Model) -> AuditQuerySet:
        return self.filter(object_type=row._meta.label_lower, object_id=row.pk)


class AuditEntry(models.Model):
    """Who did what, and when. It names its object and outlives it."""

    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    # No rule of the database ties it to the account: deleting one must not touch the trail.
    actor = models.ForeignKey(
        User,
        verbose_name=_("who"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    actor_name = models.CharField(_("name"), max_length=160, blank=True)
    action = models.CharField(_("what"), max_length=20, choices=Action)
    object_type = models.CharField(_("kind of object"), max_length=60)
    object_id = models.BigIntegerField(null=True)
    object_name = models.CharField(_("object"), max_length=300)
    changes = models.JSONField(_("old and new"), default=dict)
    note = models.TextField(_("note"), blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the audit trail")
        verbose_name_plural = _("audit trail")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="editing_trail_of")]
        permissions = [("export_auditentry", _("Can export the audit trail"))]

    def __str__(self) -> str:
        return f"{self.who} {self.get_action_display()} {self.object_name}"

    @property
    def who(self) -> str:
        return self.actor_name or str(_("the system"))

    @property
    def kind(self) -> str:
        """What the object is, in the reader's language."""
        model = self._model()
        return str(model._meta.verbose_name) if model else self.object_type

    def named_changes(self) -> list[tuple[str, Any, Any]]:
        """(name of the field, old, new), as the reader would write them."""
        model = self._model()
        return [
            (_named(model, name), *(_said(model, name, value) for value in pair))
            for name, pair in self.changes.items()
        ]

    def _model(self) -> type[models.Model] | None:
        try:
            return apps.get_model(self.object_type)
        except (LookupError, ValueError):  # of a release that had it
            return None

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The audit trail is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit trail is never deleted.")


# Of changes that are no field of the row.
_WORDS = {"successor": _("successor"), "officials": _("officials")}
# A row under a form: “phonenumber 12”, “phonenumber 12: raw”.
_PART = re.compile(r"([a-z]+) (.+?)(?:: ([a-z_0-9]+))?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _named(model: type[models.Model] | None, name: str) -> str:
    if name in _WORDS:
        return str(_WORDS[name])
    if (field := _field(model, name)) is not None:
        return str(getattr(field, "verbose_name", name))
    part = _part(model, name)
    if part is None:
        return name
    kind, number, field_name = part
    whole = f"{kind._meta.verbose_name} {number}"
    return f"{whole}: {_named(kind, field_name)}" if field_name else whole


def _said(model: type[models.Model] | None, name: str, value: Any) -> Any:
    part = _part(model, name)
    if part is not None and part[2]:
        model, name = part[0], part[2]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(_said(None, "", each)) for each in value)
    choices = dict(getattr(_field(model, name), "flatchoices", None) or [])
    if value in choices:
        return choices[value]
    return _day(value) if isinstance(value, str) else value


def _day(text: str) -> str:
    """Days and moments are kept as computers write them."""
    if not _DAY.match(text):
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) == len("2026-11-24"):
        return date_format(moment, "SHORT_DATE_FORMAT")
    if timezone.is_aware(moment):
        moment = timezone.localtime(moment)
    return date_format(moment, "SHORT_DATETIME_FORMAT")


def _field(model: type[models.Model] | None, name: str) -> Any:
    fields = model._meta.get_fields() if model else ()
    return next((field for field in fields if field.name == name), None)


def _part(
    model: type[models.Model] | None, name: str
) -> tuple[type[models.Model], str, str] | None:
    match = _PART.fullmatch(name) if model else None
    if model is None or match is None:
        return None
    try:
        kind = apps.get_model(model._meta.app_label, match[1])
    except LookupError:
        return None
    return kind, match[2], match[3] or ""

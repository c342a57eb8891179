from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from vietnamese.words import split_words

_KEPT = "editing.abbreviations"
_KEPT_FOR = 300  # seconds, for what was written past the model


class Abbreviation(models.Model):
    """What staff write short: search finds either form by the other."""

    short = models.CharField(
        _("abbreviation"), max_length=40, unique=True, help_text=_("Example: “BQL KKT”")
    )
    full = models.CharField(
        _("full form"), max_length=150, help_text=_("Example: “Ban Quản lý Khu kinh tế”")
    )

    class Meta:
        verbose_name = _("abbreviation")
        verbose_name_plural = _("abbreviations")
        ordering = ["short"]

    def __str__(self) -> str:
        return f"{self.short} – {self.full}"

    def clean(self) -> None:
        for name in ("short", "full"):
            if not split_words(getattr(self, name)):
                raise ValidationError({name: _("Write letters or digits.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        transaction.on_commit(forget)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        transaction.on_commit(forget)
        return gone


def forget() -> None:
    cache.delete(_KEPT)


def abbreviations() -> list[tuple[str, str]]:
    """All of them, short and full; asked of the database once in a while and after each change."""
    rows = cache.get(_KEPT)
    if rows is None:
        rows = list(Abbreviation.objects.values_list("short", "full"))
        cache.set(_KEPT, rows, _KEPT_FOR)
    return list(rows)

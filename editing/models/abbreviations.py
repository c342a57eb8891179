from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from vietnamese.words import split_words


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

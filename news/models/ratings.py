from __future__ import annotations

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from news.models.articles import Article


def _today() -> date:
    return timezone.localdate()


class Rating(models.Model):
    """How many readers found an article useful on a day. Of the readers nothing is kept."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="ratings")
    day = models.DateField(default=_today)
    useful = models.PositiveIntegerField(default=0)
    not_useful = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "day"], name="news_one_rating_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.useful}/{self.not_useful}"


class ReaderRemark(models.Model):
    """What a reader wrote to staff about an article, without a name and without an address."""

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="reader_remarks"
    )
    day = models.DateField(_("day"), default=_today)
    is_useful = models.BooleanField(_("found it useful"))
    text = models.TextField(_("remark"))

    class Meta:
        verbose_name = _("reader's remark")
        verbose_name_plural = _("readers' remarks")
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return self.text[:80]

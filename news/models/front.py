from __future__ import annotations

from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editing import written
from news.models.articles import Article

FRONT_PLACES = 5


class FrontStoryQuerySet(models.QuerySet["FrontStory"]):
    def current(self, at: datetime | None = None) -> Self:
        now = at or written.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)


class FrontStory(models.Model):
    """An article that editors place at the head of the front page, for some time.

    Of two in one place the one that was placed later is shown; the other one is there again when
    that one's time is over.
    """

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="front_stories"
    )
    place = models.PositiveSmallIntegerField(
        _("place"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(FRONT_PLACES)],
        help_text=_("1 is the story at the top, 5 the last of the cards."),
    )
    starts_at = models.DateTimeField(_("shown from"), default=timezone.now)
    ends_at = models.DateTimeField(
        _("shown until"), null=True, blank=True, help_text=_("Left empty, until you take it away.")
    )

    objects = FrontStoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("story of the front page")
        verbose_name_plural = _("stories of the front page")
        ordering = ["place", "-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="news_front_story_ends_after_it_begins",
                violation_error_message=_("The period ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=FRONT_PLACES),
                name="news_front_story_has_a_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.article}"

from __future__ import annotations

from django.conf import settings
from django.db import models

from news.models.articles import Article


class Dismissal(models.Model):
    """A piece of advice that a writer has looked at and left; it holds for those words only."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="dismissals")
    key = models.CharField(max_length=32)
    text = models.CharField(max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("article", "key", name="news_advice_is_dismissed_once")
        ]

    def __str__(self) -> str:
        return self.text

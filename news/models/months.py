from __future__ import annotations

from django.db import models

from news.models.categories import Category


class MonthCount(models.Model):
    """How many news of a category a month has: 100,000 are not counted on a reader's request.

    What is public is never decided by it; `news.months` keeps it.
    """

    language = models.CharField(max_length=5)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()  # its first day, in Viet Nam
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["language", "category", "month"], name="news_one_count_of_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}: {self.count}"

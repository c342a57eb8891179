from __future__ import annotations

import secrets
from datetime import date, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editing.models import File
from news.models import Attachment, Edition


class Kind(models.TextChoices):
    """What a result is."""

    ARTICLE = "article", _("news")
    NOTICE = "notice", _("notices")
    ATTACHMENT = "attachment", _("attachments")
    PAGE = "page", _("pages")


class SearchDocument(models.Model):
    """What the index knows of one text. It is never changed: a new one takes its place.

    The key is made of the date, so that the index gives the newest first by itself. Whether readers
    may see the text is not written here: that is asked of its owner, in the query.
    """

    key = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    language = models.CharField(max_length=5)
    title = models.CharField(max_length=300)
    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, null=True, related_name="search_documents"
    )
    attachment = models.ForeignKey(
        Attachment, on_delete=models.CASCADE, null=True, related_name="search_documents"
    )
    page = models.ForeignKey(
        "portal.Page", on_delete=models.CASCADE, null=True, related_name="search_documents"
    )
    # The tokens as they went into the index: SQLite wants to see them again to take them out.
    packed = models.BinaryField()
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        indexes = [
            # What a thousand answers are ranked by, without reading a thousand rows.
            models.Index(
                fields=["key", "kind", "title", "attachment", "edition", "page"],
                name="search_by_key",
            )
        ]

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word that some text has, folded: what a slip of a letter is compared with."""

    word = models.CharField(max_length=40, primary_key=True)

    class Meta:
        verbose_name = _("word of the index")
        verbose_name_plural = _("words of the index")

    def __str__(self) -> str:
        return self.word


class FileText(models.Model):
    """The text of an attached file, taken out by the runner; empty where there is none to read."""

    file = models.OneToOneField(File, on_delete=models.CASCADE, related_name="text")
    text = models.TextField()
    sha256 = models.CharField(max_length=64, default="")  # of the content that was read
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("text of a file")
        verbose_name_plural = _("texts of files")

    def __str__(self) -> str:
        return str(self.file)


class SearchWeek(models.Model):
    """A week of which is known what readers looked for in vain."""

    monday = models.DateField(primary_key=True)
    counted_since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("week of searches")
        verbose_name_plural = _("weeks of searches")

    def __str__(self) -> str:
        return str(self.monday)


class VainSearch(models.Model):
    """Words that at least five visitors of one week looked for and that nothing had."""

    week = models.ForeignKey(SearchWeek, on_delete=models.CASCADE, related_name="searches")
    folded = models.CharField(max_length=200)
    words = models.CharField(max_length=200)
    visitors = models.PositiveIntegerField()

    class Meta:
        ordering = ["-visitors", "folded"]
        constraints = [
            models.UniqueConstraint(fields=["week", "folded"], name="portal_vain_search_once")
        ]
        verbose_name = _("search in vain")
        verbose_name_plural = _("searches in vain")

    def __str__(self) -> str:
        return self.words


def monday_of(day: date) -> date:
    """With which its week begins."""
    return day - timedelta(days=day.weekday())


class VainKey(models.Model):
    """The key of the hashes of one week, made ahead by the runner and deleted after it."""

    week = models.DateField(primary_key=True)
    key = models.CharField(max_length=64, default=secrets.token_hex)

    class Meta:
        verbose_name = _("key of a week of searches")
        verbose_name_plural = _("keys of weeks of searches")

    def __str__(self) -> str:
        return str(self.week)


class VainSeats(models.Model):
    """What `portal.search.in_vain` counts visitors with until there are five: no words, nobody."""

    week = models.DateField()
    digest = models.CharField(max_length=32)
    taken = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["week", "digest"], name="portal_vain_seats_once")
        ]
        verbose_name = _("seats of a search")
        verbose_name_plural = _("seats of searches")

    def __str__(self) -> str:
        return self.digest

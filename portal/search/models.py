from __future__ import annotations

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
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("text of a file")
        verbose_name_plural = _("texts of files")

    def __str__(self) -> str:
        return str(self.file)

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from editing.addresses import address
from editing.languages import column
from editing.slugs import KeepsOldSlugs
from vietnamese.slugs import slugify


class Review(models.TextChoices):
    """Who must have seen a text of this category before readers do."""

    REQUIRED = "required", _("required: a second person approves first")
    AFTERWARDS = "afterwards", _("may come afterwards: publish first, approve later")
    OFF = "off", _("not needed")


class Category(KeepsOldSlugs):
    name = models.CharField(_("name"), max_length=80, help_text=_("Example: “Investment news”"))
    slug = models.SlugField(
        _("slug"),
        max_length=80,
        unique=True,
        blank=True,
        help_text=_("The last part of the address. Left empty, it is made from the name."),
    )
    introduction = models.TextField(
        _("introduction"), blank=True, help_text=_("One or two sentences above the list.")
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent category"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        limit_choices_to={"parent": None},
    )
    is_notice_board = models.BooleanField(
        _("notice board"),
        default=False,
        help_text=_(
            "What is published here is a notice: it stands in the notice box, not in the news."
        ),
    )
    review = models.CharField(
        _("second pair of eyes"), max_length=10, choices=Review, default=Review.REQUIRED
    )
    groups = models.ManyToManyField(
        Group,
        verbose_name=_("only for these groups"),
        blank=True,
        related_name="+",
        help_text=_("Left empty, everyone who may write may write here."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        fill_slugs(self)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        if self.is_notice_board:
            return address("news:notices")
        return address("news:category", self.slug)


class Tag(KeepsOldSlugs):
    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(_("slug"), max_length=80, unique=True, blank=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        fill_slugs(self)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return address("news:tag", self.slug)


def fill_slugs(row: Category | Tag) -> None:
    """Makes the slugs that were left empty, one for each language that has a name."""
    for code, _name in settings.LANGUAGES:
        name, slug = getattr(row, column("name", code)), getattr(row, column("slug", code))
        if name and not slug:
            setattr(row, column("slug", code), slugify(name) or f"{code}-{uuid.uuid4().hex[:8]}")

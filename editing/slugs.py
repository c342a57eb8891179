"""Slugs may change; the addresses that people know go on working."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from editing.languages import columns
from editing.models.drafts import OldSlug


class KeepsOldSlugs(models.Model):
    """Remembers each slug that a row gives up, in every language, however the row is saved."""

    slug_field = "slug"

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        before = self._stored_slugs()
        super().save(*args, **kwargs)
        now = {getattr(self, name) for name in self._slug_names()} - {None, ""}
        self._remember(before - now, now)

    def _slug_names(self) -> list[str]:
        return columns(self.slug_field)

    def _stored_slugs(self) -> set[str]:
        if self.pk is None:
            return set()
        rows = type(self)._base_manager.filter(pk=self.pk).values_list(*self._slug_names())
        return {slug for row in rows for slug in row if slug}

    def _remember(self, given_up: set[str], now: set[str]) -> None:
        kind = ContentType.objects.get_for_model(type(self))
        # A slug that is in use again leads to who uses it.
        OldSlug.objects.filter(content_type=kind, slug__in=now).delete()
        for slug in given_up:
            OldSlug.objects.update_or_create(
                content_type=kind, slug=slug, defaults={"object_id": self.pk}
            )


def row_once_called(model: type[models.Model], slug: str) -> Any:
    """The row that had this slug, or None."""
    kind = ContentType.objects.get_for_model(model)
    keys = OldSlug.objects.filter(content_type=kind, slug=slug).values("object_id")
    return model._default_manager.filter(pk__in=keys).first()

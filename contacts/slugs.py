"""Addresses of pages made of names, one in each language."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from editing.languages import column
from vietnamese.slugs import slugify


def fill_slugs(row: Any, source: str) -> None:
    """Fills each `slug_<language>` that is empty while `<source>_<language>` is not."""
    for code, _name in settings.LANGUAGES:
        name = getattr(row, column(source, code)) or ""
        if name and not getattr(row, column("slug", code)):
            setattr(
                row,
                column("slug", code),
                _free(row, slugify(name, 70) or row._meta.model_name, code),
            )


def _free(row: Any, slug: str, code: str) -> str:
    """The slug, with a number behind it if another row has it in that language."""
    others = type(row)._base_manager.exclude(pk=row.pk)
    taken = set(
        others.filter(**{f"{column('slug', code)}__startswith": slug}).values_list(
            column("slug", code), flat=True
        )
    )
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free

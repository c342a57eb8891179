"""Where a photo or a file is used, whichever app the row is of."""

from __future__ import annotations

from typing import Any, cast

from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

MOST = 100  # of one kind


def rows_using(row: models.Model) -> list[models.Model]:
    """Every row with a key to this one that would be left without it."""
    return [
        using
        for relation in row._meta.related_objects
        if relation.on_delete is not models.CASCADE
        for using in cast(Any, relation.related_model)._base_manager.filter(
            **{relation.field.name: row}
        )[:MOST]
    ]


def links_to_uses(row: models.Model) -> SafeString | str:
    links = [(_address_of(using), str(using)) for using in rows_using(row)]
    if not links:
        return _("Nowhere yet.")
    lines = format_html_join("", '<li><a href="{}">{}</a></li>', links)
    return format_html("<ul>{}</ul>", lines)


def _address_of(row: Any) -> str:
    """The staff page of a row, or of what it belongs to."""
    row = getattr(row, "edition", row)
    try:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return "#"

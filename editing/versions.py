"""No lost update: a row knows its version, and whoever saves says which one he began with."""

from __future__ import annotations

from django.db import models


class Conflict(Exception):  # noqa: N818
    """Somebody else saved the row meanwhile."""


class Versioned(models.Model):
    """A row that staff edit in forms. Each save through `claim` makes the version one higher."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


def claim(row: Versioned, version: int) -> None:
    """Takes the right to save over `version`, in the transaction of the save.

    Raises Conflict when another save came first. The conditional update decides, so that it holds
    where rows cannot be locked.
    """
    rows = type(row)._base_manager.filter(pk=row.pk, version=version)
    if not rows.update(version=version + 1):
        raise Conflict
    row.version = version + 1

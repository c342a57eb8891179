"""Rights of the staff groups, for migrations that bring new ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps as current_apps
from django.contrib.auth.management import create_permissions


def grant(apps: Any, schema_editor: Any, rights: Mapping[str, Iterable[str]]) -> None:
    """Gives each group, by its name, these rights (“news.add_edition”). A group that staff have
    deleted stays away."""
    # Django makes the rights of new models only after all migrations.
    for label in {right.partition(".")[0] for names in rights.values() for right in names}:
        config = current_apps.get_app_config(label)
        create_permissions(config, verbosity=0, using=schema_editor.connection.alias)
    known = {
        f"{row.content_type.app_label}.{row.codename}": row
        for row in apps.get_model("auth", "Permission").objects.select_related("content_type")
    }
    for name, names in rights.items():
        for group in apps.get_model("auth", "Group").objects.filter(name=name):
            group.permissions.add(*[known[right] for right in names])

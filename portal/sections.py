"""Under which heading staff find a thing, whatever app it lives in."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from editing.models import Abbreviation, AuditEntry, Periods, User
from vietnamese.sorting import sort_key

ACCOUNTS = "accounts"
# What staff use most comes first.
_ORDER = ("news", "editing", "contacts", "portal", "stats", ACCOUNTS)
_ELSEWHERE: dict[type[models.Model], str] = {
    User: ACCOUNTS,
    Group: ACCOUNTS,
    AuditEntry: ACCOUNTS,
    Periods: "portal",
    Abbreviation: "portal",
}


class Section(NamedTuple):
    label: str
    name: str
    # Of the page that lists it; accounts are listed on the desk alone.
    url: str


def section_of(model: type[models.Model]) -> Section:
    label = _ELSEWHERE.get(model, model._meta.app_label)
    if label == ACCOUNTS:
        return Section(label, str(_("Accounts and audit trail")), "")
    name = str(apps.get_app_config(label).verbose_name)
    return Section(label, name, reverse("admin:app_list", args=[label]))


def sorted_into_sections(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What Django lists by app, by heading."""
    sections: dict[str, dict[str, Any]] = {}
    for model in [model for part in parts for model in part["models"]]:
        label, name, url = section_of(model["model"])
        # Where a section has no page, its heading leads to what stands first in it.
        begun = {"name": name, "app_label": label, "app_url": url or model["admin_url"]}
        section = sections.setdefault(label, {**begun, "has_module_perms": True, "models": []})
        section["models"].append(model)
    for section in sections.values():
        section["models"].sort(key=lambda model: sort_key(model["name"]))
    return sorted(sections.values(), key=lambda part: _ORDER.index(part["app_label"]))

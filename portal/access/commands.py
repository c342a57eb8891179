"""What commands on the server do to accounts, into the audit trail: whoever has a shell there needs no
staff page, and what he does shall not be seen nowhere.

The staff pages record what they do themselves, so nothing is noted while a request is answered.
"""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from simple_history.models import HistoricalRecords

from editing.models import Action, User
from editing.trail import record
from portal.access import passwords

_WATCHED = ("username", "email", "is_active", "is_staff", "is_superuser")


def listen() -> None:
    pre_save.connect(_about_to_save, User)
    post_save.connect(_saved, User)
    post_delete.connect(_deleted, User)
    m2m_changed.connect(_groups_changed, User.groups.through)
    m2m_changed.connect(_rights_changed, User.user_permissions.through)


def running_command() -> str:
    """“manage.py changepassword (root)”, or "" where none runs or a request is being answered."""
    is_ours = Path(sys.argv[0]).name in ("manage.py", "django-admin")
    name = next(iter(sys.argv[1:]), "")
    if not is_ours or name == "test" or getattr(HistoricalRecords.context, "request", None):
        return ""
    return f"manage.py {name} ({_operator()})"


def _operator() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name
        return "?"


def _about_to_save(instance: User, raw: bool = False, **kwargs: Any) -> None:
    if instance.pk and not raw and running_command():
        instance._before = User.objects.filter(pk=instance.pk).first()  # type: ignore[attr-defined]


def _saved(instance: User, created: bool, raw: bool = False, **kwargs: Any) -> None:
    note = running_command()
    if raw or not note:
        return
    if created:
        record(Action.ADDED, instance, by=None, note=note, changes=_now(instance))
        return
    before = instance.__dict__.pop("_before", None)
    if before is None:
        return
    changes = {
        name: (getattr(before, name), getattr(instance, name))
        for name in _WATCHED
        if getattr(before, name) != getattr(instance, name)
    }
    if changes:
        record(Action.CHANGED, instance, by=None, note=note, changes=changes)
    if before.password != instance.password:
        passwords.was_set(None, instance, by=None, note=note)


def _now(user: User) -> dict[str, tuple[Any, Any]]:
    return {name: (None, getattr(user, name)) for name in ("is_staff", "is_superuser")}


def _deleted(instance: User, **kwargs: Any) -> None:
    if note := running_command():
        record(Action.DELETED, instance, by=None, note=note)


def _groups_changed(**kwargs: Any) -> None:
    _set_changed("groups", **kwargs)


def _rights_changed(**kwargs: Any) -> None:
    _set_changed("user_permissions", **kwargs)


def _set_changed(
    name: str, *, instance: Any, action: str, pk_set: set[int] | None, model: Any, **kwargs: Any
) -> None:
    """Also from the other side: `group.user_set.add(user)`."""
    note = running_command()
    if not note or action not in ("post_add", "post_remove", "pre_clear"):
        return
    if isinstance(instance, User):
        users, rows = [instance], _named(model, pk_set, getattr(instance, name))
    else:
        users, rows = _named(User, pk_set, instance.user_set), [instance]
    for user in users:
        said = ", ".join(str(row) for row in rows)
        pair = (None, said) if action == "post_add" else (said, None)
        record(Action.CHANGED, user, by=None, note=note, changes={name: pair})


def _named(model: Any, keys: set[int] | None, everything: Any) -> list[Any]:
    return list(everything.all() if keys is None else model.objects.filter(pk__in=keys))

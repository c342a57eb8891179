"""Remarks between colleagues; “@” and a user name calls somebody."""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import QuerySet

from editing.models import User
from news import telling
from news.models import Edition, Remark

_MENTION = re.compile(r"@([\w.+-]+)")


@transaction.atomic
def leave(edition: Edition, text: str, *, by: User | None, name: str = "") -> Remark:
    """Keeps a remark and tells those whom it mentions. `name` is that of a leader without account."""
    remark: Remark = edition.remarks.create(author=by, author_name=name, text=text)
    telling.of_mentioning(remark, mentioned_in(text))
    return remark


def mentioned_in(text: str) -> list[User]:
    names = [name.rstrip(".") for name in _MENTION.findall(text)]
    return list(colleagues().filter(username__in=names))


def colleagues() -> QuerySet[User]:
    return User.objects.filter(is_active=True, is_staff=True).order_by("username")

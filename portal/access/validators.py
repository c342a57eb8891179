"""Passwords that everybody here would try first; Django's own list is of other countries."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from vietnamese.folding import fold

# Written without dấu and without what people append to them.
_WORDS = """
abcxyz admin administrator anhyeuem asdfghjkl banquanly baomat bientap chucmungnammoi congchuc
congthongtin coquan danang dangnhap emyeuanh hanoi iloveyou khongbiet khongco khukinhte matkhau
matkhaumoi motconvit passw password quantri quantrivien qwerty qwertyuiop saigon toiyeuem tphcm
vanphong vietnam zxcvbnm
"""
_COMMON = frozenset(_WORDS.split())


class LocalPasswordValidator:
    """Refuses common words of the country, and the owner's name, whatever digits follow."""

    def validate(self, password: str, user: Any = None) -> None:
        letters = re.sub(r"[^a-z]", "", fold(password))
        if letters in _COMMON or letters in _names_of(user):
            raise ValidationError(
                _(
                    "This is what everybody would try first: take a few words that do not belong together."
                ),
                code="password_too_common",
            )

    def get_help_text(self) -> str:
        return _("Not a common word, nor your name, with digits behind it.")


def _names_of(user: Any) -> set[str]:
    """As people write their own names: whole, either way round, or “anlt”."""
    if user is None:
        return set()
    parts = re.findall(r"[a-z]+", fold(f"{user.last_name} {user.first_name}"))
    names = {re.sub(r"[^a-z]", "", fold(user.username)), "".join(parts), *parts}
    if parts:
        *others, given = parts
        names.add("".join(parts[1:] + parts[:1]))
        names |= {given + "".join(others), given + "".join(part[0] for part in others)}
    return names - {""}

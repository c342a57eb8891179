"""The hotline and what is urgent on disk, for the pages that must be readable without a database."""

import json
import os
import tempfile
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.utils import translation

from contacts.hotline import hotline_officials
from contacts.models import Appointment
from portal.emergencies import Banner, banners, emergencies_as_json, still_current
from portal.models import Agency


class CopiedOfficial(TypedDict):
    name: str
    title: str
    is_confirmed: bool
    numbers: list[tuple[str, str]]


class HotlineCopy(TypedDict):
    agency: str
    emergencies: list[Banner]
    officials: list[CopiedOfficial]


_EMPTY: HotlineCopy = {"agency": "", "emergencies": [], "officials": []}


def _path() -> Path:
    return Path(settings.VAR_DIR) / "hotline.json"


def read(language: str) -> HotlineCopy:
    """The copy in that language; empty when there is none. Never raises."""
    try:
        copies: dict[str, HotlineCopy] = json.loads(_path().read_text(encoding="utf-8"))
        copy = copies.get(language, _EMPTY)
        return {**copy, "emergencies": still_current(copy.get("emergencies", []))}
    except (OSError, ValueError):
        return _EMPTY


def renew() -> bool:
    """Writes the copy anew if it differs from what is public now; tells whether it did."""
    text = json.dumps(
        {code: _copy(code) for code, _name in settings.LANGUAGES}, ensure_ascii=False, indent=1
    )
    path = _path()
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    _replace(path, text)
    return True


def _copy(language: str) -> HotlineCopy:
    with translation.override(language):
        officials = [_official(row) for row in hotline_officials()]
        agency = Agency.objects.annotate(rows=emergencies_as_json()).get(pk=Agency.load().pk)
        current = banners(agency.rows, language)
        return {"agency": agency.name, "emergencies": current, "officials": officials}


def _official(row: Appointment) -> CopiedOfficial:
    return {
        "name": row.person.full_name,
        "title": str(row.title),
        "is_confirmed": row.is_confirmed,
        "numbers": [(number.uri, number.shown_in_full) for number in row.public_numbers],
    }


def _replace(path: Path, text: str) -> None:
    # A reader sees the old file or the new one, never half of it.
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=".hotline", delete=False, encoding="utf-8"
    ) as draft:
        draft.write(text)
    os.chmod(draft.name, 0o644)
    os.replace(draft.name, path)

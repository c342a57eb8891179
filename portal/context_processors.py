"""What every public page shows around its content: the agency, the menu, the other language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.frame import Frame


def site(request: HttpRequest) -> dict[str, Any]:
    """Nothing is asked of the database until a template looks: staff pages never do."""
    return {
        "site": SimpleLazyObject(lambda: Frame(request)),
        "site_url": settings.SITE_URL,
    }

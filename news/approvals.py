"""Approval through a link is bound to the exact content: whatever readers would see differently
makes it lapse."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from news.models import Edition


def content_hash(edition: Edition) -> str:
    """SHA-256 over everything a reader sees of an edition."""
    text = json.dumps(_content(edition), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _content(edition: Edition) -> dict[str, Any]:
    fields = (
        *("title", "slug", "lead", "body", "author_line", "source", "category_id"),
        *("lead_photo_id", "notice_level", "is_pinned", "ends_at", "leaves_when_ended"),
        *("change_note", "change_kind", "is_minor"),
    )
    photos = edition.photos.values_list(
        *("photo__sha256", "position", "caption", "description", "describing"),
        "photo__description",
    )
    return {
        **{name: getattr(edition, name) for name in fields},
        "photos": list(photos),
        "attachments": list(edition.attachments.values_list("file__sha256", "title", "position")),
        "tags": sorted(edition.tags.values_list("pk", flat=True)),
        "related": sorted(edition.related.values_list("pk", flat=True)),
    }


def is_approved_by_link(edition: Edition) -> bool:
    """Whether a leader has proved who he is and approved this very content."""
    approvals = edition.link_approvals.filter(counts=True)
    return approvals.filter(content_hash=content_hash(edition)).exists()

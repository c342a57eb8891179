"""Makes the files of photos that an older release has stored; the runner calls it."""

from __future__ import annotations

import logging

from django.core.exceptions import ValidationError

from editing.models import Photo

logger = logging.getLogger(__name__)

AT_A_TIME = 20


def render_what_is_missing() -> int:
    """How many photos were done; the rest waits for the next time."""
    done = 0
    for photo in Photo.objects.unfinished().order_by("pk")[:AT_A_TIME]:
        try:
            photo.render_anew()
        except ValidationError as refusal:
            if refusal.code == "no_space":
                raise
            logger.warning("Photo %s cannot be read any more: %s", photo.pk, refusal.messages[0])
            Photo.objects.filter(pk=photo.pk).update(rendered=1)
            continue
        done += 1
    return done

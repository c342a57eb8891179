"""Which links our texts have, for the runner that checks them; and which redirects keep them alive."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from editing.links import addresses_in, also_alive, check_due, note_addresses
from news.models import Edition
from portal.models import Page, Redirect

# Longer than from one run to the next; whatever came past it, the day's run finds.
LATELY = timedelta(hours=2)


def check_links() -> int:
    """Notes the links of what was written lately, and asks those that are due; says how many."""
    since = timezone.now() - LATELY
    _note(
        Edition.objects.live().filter(edited_at__gt=since),
        Edition.objects.waiting().filter(edited_at__gt=since),
        Page.objects.public().filter(changed_at__gt=since),
    )
    return check_due()


def note_every_link() -> None:
    """Of everything public or being written, however old: an import, a copy of another portal."""
    _note(Edition.objects.live(), Edition.objects.waiting(), Page.objects.public())


def _note(*texts: QuerySet[Edition] | QuerySet[Page]) -> None:
    for rows in texts:
        bodies = rows.filter(body__contains="<a ").values_list("body", flat=True)
        note_addresses(addresses_in(bodies.iterator()))


def is_redirected(path: str) -> bool:
    return Redirect.objects.filter(old_path__in=(path, path.rstrip("/"))).exists()


def register() -> None:
    if is_redirected not in also_alive:
        also_alive.append(is_redirected)

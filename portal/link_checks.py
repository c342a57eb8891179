"""Which links our texts have, for the runner that checks them; and which redirects keep them alive."""

from __future__ import annotations

from editing.links import addresses_in, also_alive, check_due, note_addresses
from news.models import Edition
from portal.models import Page, Redirect


def check_links() -> int:
    """Notes the links of everything public or being written, and asks those that are due."""
    for bodies in (
        Edition.objects.live().values_list("body", flat=True),
        Edition.objects.waiting().values_list("body", flat=True),
        Page.objects.public().values_list("body", flat=True),
    ):
        with_links = bodies.filter(body__contains="<a ")
        note_addresses(addresses_in(with_links.iterator()))
    return check_due()


def is_redirected(path: str) -> bool:
    return Redirect.objects.filter(old_path__in=(path, path.rstrip("/"))).exists()


def register() -> None:
    if is_redirected not in also_alive:
        also_alive.append(is_redirected)

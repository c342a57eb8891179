"""The agency's pages in the report over the whole site."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse

from editing import proofreading
from editing.languages import column
from news.checks import Asked, Checked, also_checked, broken_links, dead_links
from portal.models import Page


def checked_pages() -> Iterator[Checked]:
    """Every public page in each of its languages, with what its words and links give cause for."""
    pages = list(Page.objects.public())
    texts = [
        (page, title, body)
        for page in pages
        for code, _name in settings.LANGUAGES
        if (body := getattr(page, column("body", code)))
        and (title := getattr(page, column("title", code)))
    ]
    asked = Asked.about(body for _page, _title, body in texts)
    for page, title, body in texts:
        draft = proofreading.Draft(title, "", body, asked.abbreviations)
        # A page has no lead.
        advice = [hint for hint in proofreading.advice(draft) if hint.field != "lead"]
        yield Checked(
            title,
            reverse("admin:portal_page_change", args=[page.pk]),
            [*proofreading.must_fix(draft), *dead_links(body, asked)],
            advice + broken_links(body, asked),
        )


def register() -> None:
    if checked_pages not in also_checked:
        also_checked.append(checked_pages)

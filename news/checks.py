"""What stands in the way of publishing, and what is better looked at again, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from news.models import Edition


@dataclass(frozen=True)
class Finding:
    """One line for the writer, and the field of the form that it is about."""

    text: str | Promise
    field: str


def must_fix(edition: Edition) -> list[Finding]:
    wrong: list[Finding] = []
    if not edition.title.strip():
        wrong.append(Finding(_("The article has no title."), "title"))
    if not (edition.body or edition.lead):
        wrong.append(Finding(_("The article has no text."), "body"))
    for use in edition.photos.select_related("photo"):
        if use.photo and not use.is_described:
            text = _(
                "Photo %s needs one of the three: a description, “caption is enough”, “decorative”."
            )
            wrong.append(Finding(text % use.position, "photos"))
    return wrong


def advice(edition: Edition) -> list[Finding]:
    hints: list[Finding] = []
    if not edition.lead:
        hints.append(Finding(_("Without a lead, lists show the title alone."), "lead"))
    if edition.title.isupper():
        text = _("The title is in capitals; ordinary letters are easier to read.")
        hints.append(Finding(text, "title"))
    if not edition.author_line and not edition.source:
        hints.append(Finding(_("Neither author nor source is given."), "author_line"))
    return hints

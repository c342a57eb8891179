"""What stands in the way of publishing, and what is better looked at again, in plain words.

`editing.proofreading` reads the words; this adds what only an article has: photos, links that end
nowhere, and what its writers have dismissed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from editing import proofreading
from editing.links import addresses_in, internal_path, is_dead, rows_of
from editing.models import Abbreviation, CheckedLink, Legibility, User
from editing.proofreading import Draft, Finding, is_file_name
from news.figures import split_at_marks
from news.models import Dismissal, Edition, EditionPhoto, NoticeLevel

__all__ = ["Finding", "advice", "dismiss", "must_fix"]


@dataclass
class Asked:
    """What the checks ask of others than the text, asked once however many texts are read."""

    abbreviations: frozenset[str]
    links: dict[str, CheckedLink]
    dead: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def about(cls, bodies: Iterable[str]) -> Asked:
        rows = {row.url: row for row in rows_of(addresses_in(bodies))}
        return cls(frozenset(Abbreviation.objects.values_list("short", flat=True)), rows)

    def is_dead(self, path: str) -> bool:
        if path not in self.dead:
            self.dead[path] = is_dead(path)
        return self.dead[path]


@dataclass(frozen=True)
class Checked:
    """A public text of any app with what was found in it."""

    title: str
    url: str  # where staff change it
    must_fix: list[Finding]
    advice: list[Finding]
    pk: int = 0  # of the edition, for what can be mended at once


# What else belongs into the report over the whole site; filled when the portal starts.
also_checked: list[Callable[[], Iterator[Checked]]] = []


def for_report(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    """With all that the checks read of an article, in the same few queries at any length."""
    photos = EditionPhoto.objects.select_related("photo")
    return editions.select_related("article", "category").prefetch_related(
        Prefetch("photos", photos), "videos", "attachments__file", "article__dismissals"
    )


def _draft(edition: Edition, asked: Asked) -> Draft:
    return Draft(edition.title, edition.lead, edition.body, asked.abbreviations)


def must_fix(edition: Edition, asked: Asked | None = None) -> list[Finding]:
    asked = asked or Asked.about([edition.body])
    wrong = list(proofreading.must_fix(_draft(edition, asked)))
    numbers = {("video", video.position) for video in edition.videos.all()}
    for use in _photos(edition):
        numbers.add(("photo", use.position))
        if use.photo and not use.is_described:
            text = _(
                "Photo %s needs one of the three: a description, “caption is enough”, “decorative”."
            )
            wrong.append(Finding(text % use.position, "photos", "undescribed", str(use.position)))
    texts = {
        "photo": _("The text has a place for photo %s, and there is no such photo."),
        "video": _("The text has a place for video %s, and there is no such video."),
    }
    for mark in split_at_marks(edition.body):
        if isinstance(mark, str) or mark.kind == "link":
            continue
        if (mark.kind, mark.number) not in numbers:
            text = texts[mark.kind] % mark.number
            wrong.append(Finding(text, "body", f"no_{mark.kind}", str(mark.number)))
    # A broken link never stops an urgent notice.
    return wrong if _is_urgent(edition) else wrong + dead_links(edition.body, asked)


def advice(
    edition: Edition, asked: Asked | None = None, *, with_dismissed: bool = False
) -> list[Finding]:
    asked = asked or Asked.about([edition.body])
    hints = list(proofreading.advice(_draft(edition, asked)))
    if not edition.author_line and not edition.source:
        hints.append(Finding(_("Neither author nor source is given."), "author_line", "no_author"))
    for use in _photos(edition):
        if is_file_name(use.alt):
            text = _("The description of photo %(number)s is a file name: “%(words)s”.")
            shown = {"number": use.position, "words": use.alt[:60]}
            hints.append(Finding(text % shown, "photos", "file_name", use.alt))
    hints += _illegible_files(edition)
    for video in edition.videos.all():
        if video.file_id and not video.captions_id:
            text = _("Video %s has no captions for readers who cannot hear it.") % video.position
            hints.append(Finding(text, "videos", "no_captions", str(video.file_id)))
    hints += dead_links(edition.body, asked) if _is_urgent(edition) else []
    hints += broken_links(edition.body, asked)
    if with_dismissed:
        return hints
    keys = {row.key for row in edition.article.dismissals.all()} if edition.article_id else set()
    return [hint for hint in hints if hint.key not in keys]


def _illegible_files(edition: Edition) -> list[Finding]:
    texts: dict[str, Any] = {
        Legibility.SCAN: _(
            "“%s” has only pictures of its pages: neither search nor a screen reader finds a word in "
            "it. Attach the PDF that Word makes, beside it or in its place."
        ),
        Legibility.UNREADABLE: _(
            "The text of “%s” cannot be read. Does it open without a password?"
        ),
    }
    return [
        Finding(texts[use.file.legibility] % use.title, "attachments", "illegible", use.file.sha256)
        for use in edition.attachments.all()
        if use.file.legibility in texts
    ]


def dismiss(edition: Edition, key: str, *, by: User) -> bool:
    """Once dismissed, a finding stays away for as long as its words stay."""
    found = next((hint for hint in advice(edition) if hint.key == key), None)
    if found is None:
        return False
    Dismissal.objects.get_or_create(
        article=edition.article, key=key, defaults={"by": by, "text": found.text[:300]}
    )
    return True


def _is_urgent(edition: Edition) -> bool:
    return edition.is_notice and edition.notice_level == NoticeLevel.URGENT


def _photos(edition: Edition) -> list[EditionPhoto]:
    if "photos" in getattr(edition, "_prefetched_objects_cache", {}):
        return list(edition.photos.all())
    return list(edition.photos.select_related("photo"))


def dead_links(body: str, asked: Asked) -> list[Finding]:
    return [
        Finding(_told_dead(path), "body", "dead_link", path)
        for address in dict.fromkeys(addresses_in([body]))
        if (path := internal_path(address)) and asked.is_dead(path)
    ]


_NUMBER = re.compile(r"-(\d{1,9})(?:/|\.\w+)?$")


def _told_dead(path: str) -> str:
    text = _("The link to %s leads to nothing on this portal.") % path
    number = _NUMBER.search(path)
    article = Edition.objects.live().filter(article=int(number[1])).first() if number else None
    if article is None:
        return text
    shown = {"title": article.title[:80], "address": article.get_absolute_url()}
    return f"{text} " + _("Is “%(title)s” meant? It is at %(address)s") % shown


def broken_links(body: str, asked: Asked) -> list[Finding]:
    found = []
    for address in dict.fromkeys(addresses_in([body])):
        row = asked.links.get(address)
        if row is None:
            continue
        if row.is_broken:
            text = _("The link %(address)s is broken: %(reason)s.")
            shown = {"address": row.url[:100], "reason": row.reason}
            line = text % shown
            if row.suggestion:
                line += " " + _("This one answers: %s") % row.suggestion[:100]
            pk = row.pk if row.suggestion else 0
            found.append(Finding(line, "body", "broken_link", row.url, pk))
        elif row.suggestion and not row.problem and row.accepted_at is None:
            text = _("The link %(address)s has moved to %(new)s.")
            shown = {"address": row.url[:100], "new": row.suggestion[:100]}
            about = row.url + row.suggestion
            found.append(Finding(text % shown, "body", "moved_link", about, row.pk))
    return found

"""What stands in the way of publishing, and what is better looked at again, in plain words.

`editing.proofreading` reads the words; this adds what only an article has: photos, links that end
nowhere, and what its writers have dismissed.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from editing import proofreading
from editing.links import addresses_in, internal_path, is_dead, rows_of
from editing.models import User
from editing.proofreading import Draft, Finding, is_file_name
from news.figures import split_at_marks
from news.models import Dismissal, Edition, NoticeLevel

__all__ = ["Finding", "advice", "dismiss", "must_fix"]


def _draft(edition: Edition) -> Draft:
    return Draft(edition.title, edition.lead, edition.body)


def must_fix(edition: Edition) -> list[Finding]:
    wrong = list(proofreading.must_fix(_draft(edition)))
    numbers = {("video", video.position) for video in edition.videos.all()}
    for use in edition.photos.select_related("photo"):
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
    return wrong if _is_urgent(edition) else wrong + _dead_links(edition)


def advice(edition: Edition, *, with_dismissed: bool = False) -> list[Finding]:
    hints = list(proofreading.advice(_draft(edition)))
    if not edition.author_line and not edition.source:
        hints.append(Finding(_("Neither author nor source is given."), "author_line", "no_author"))
    for use in edition.photos.select_related("photo"):
        if is_file_name(use.alt):
            text = _("The description of photo %(number)s is a file name: “%(words)s”.")
            shown = {"number": use.position, "words": use.alt[:60]}
            hints.append(Finding(text % shown, "photos", "file_name", use.alt))
    for video in edition.videos.all():
        if video.file_id and not video.captions_id:
            text = _("Video %s has no captions for readers who cannot hear it.") % video.position
            hints.append(Finding(text, "videos", "no_captions", str(video.file_id)))
    hints += _dead_links(edition) if _is_urgent(edition) else []
    hints += _broken_links(edition)
    if with_dismissed:
        return hints
    keys = set(Dismissal.objects.filter(article=edition.article_id).values_list("key", flat=True))
    return [hint for hint in hints if hint.key not in keys]


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


def _dead_links(edition: Edition) -> list[Finding]:
    text = _("The link to %s leads to nothing on this portal.")
    return [
        Finding(text % path, "body", "dead_link", path)
        for address in dict.fromkeys(addresses_in([edition.body]))
        if (path := internal_path(address)) and is_dead(path)
    ]


def _broken_links(edition: Edition) -> list[Finding]:
    found = []
    for row in rows_of(addresses_in([edition.body])):
        if row.is_broken:
            text = _("The link %(address)s is broken: %(reason)s.")
            shown = {"address": row.url[:100], "reason": row.reason}
            found.append(Finding(text % shown, "body", "broken_link", row.url))
        elif row.suggestion and row.accepted_at is None:
            text = _("The link %(address)s has moved to %(new)s.")
            shown = {"address": row.url[:100], "new": row.suggestion[:100]}
            found.append(Finding(text % shown, "body", "moved_link", row.url + row.suggestion))
    return found

"""Makes records of what `portal.old_pages` reads in a page of an agency's old site.

Nothing is invented and nothing is made twice: an article is known again by the content of its page,
an official by name and post.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from contacts.models import Appointment, Honorific, Person, PhoneNumber, Post, Unit
from editing.guessing import Caption
from editing.richtext import paragraphs
from news.models import Article, Category, Edition, EditionPhoto
from news.workflow import approve
from portal.models import Agency
from portal.old_pages import Official, OldPage, read_old_page
from vietnamese.folding import fold

# Proposed until the agency confirms them.
_ENGLISH_TITLES = {
    "truong ban": "Head of the Authority",
    "pho truong ban": "Deputy Head",
    "chanh van phong": "Chief of Office",
}
_SEVERAL_HOLD = ("pho",)
_HONORIFICS = {"ong": Honorific.MR, "ba": Honorific.MS}


@dataclass
class Outcome:
    """What one page has become."""

    page: OldPage
    made: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)

    def note(self, what: str, *, is_new: bool) -> None:
        (self.made if is_new else self.present).append(what)


class _DryRunError(Exception):
    """Takes back what a dry run has made."""


def import_page(content: bytes, *, dry_run: bool = False) -> Outcome:
    """Reads a page and makes what is not there yet; all of it or nothing.

    Raises `OldPageError` when the page cannot be read.
    """
    outcome = Outcome(read_old_page(content))
    try:
        with transaction.atomic():
            _make(outcome, origin=f"old-page:{hashlib.sha256(content).hexdigest()[:40]}")
            if dry_run:
                raise _DryRunError
    except _DryRunError:
        pass
    return outcome


def _make(outcome: Outcome, *, origin: str) -> None:
    _make_article(outcome, origin)
    for position, official in enumerate(outcome.page.officials, start=1):
        _make_official(outcome, official, position)


def _make_article(outcome: Outcome, origin: str) -> None:
    page = outcome.page
    if Article.objects.filter(origin=origin).exists():
        outcome.note(page.title, is_new=False)
        return
    published_at = timezone.make_aware(datetime.combine(page.published_on, time()))
    article = Article.objects.create(origin=origin, first_published_at=published_at)
    edition = Edition.objects.create(
        article=article,
        category=_category(),
        title=page.title,
        lead=page.lead,
        body=_body(page),
        author_line=page.author,
        source=page.source,
    )
    for number, caption in enumerate(_captions(page), start=1):
        EditionPhoto.objects.create(edition=edition, position=number, caption=caption.text)
    approve(edition, by=None, live_from=published_at)
    outcome.note(page.title, is_new=True)


def _category() -> Category:
    row = Category.objects.filter(is_notice_board=False).first()
    return row or Category.objects.create(name_vi="Tin tức", name_en="News")


def _captions(page: OldPage) -> list[Caption]:
    return [block for block in page.blocks if isinstance(block, Caption)]


def _body(page: OldPage) -> str:
    """Paragraphs, with a mark where each photo stood."""
    lines, photos = [], 0
    for block in page.blocks:
        if isinstance(block, Caption):
            photos += 1
            lines.append(f"[Ảnh {photos}]")
        else:
            lines.append(block.text)
    return paragraphs(lines)


def _make_official(outcome: Outcome, official: Official, position: int) -> None:
    post = _post(official.post, position)
    person = Person.objects.filter(name=official.name).first()
    if person and Appointment.objects.filter(person=person, post=post).exists():
        outcome.note(f"{official.honorific} {official.name}", is_new=False)
        return
    person = person or Person.objects.create(
        name=official.name, honorific=_HONORIFICS.get(fold(official.honorific), "")
    )
    appointment = Appointment.objects.create(
        person=person,
        post=post,
        is_on_hotline=True,
        position=position * 10,
        old_page_on=outcome.page.published_on,
    )
    for number, parsed in enumerate(official.numbers, start=1):
        row = PhoneNumber(appointment=appointment, raw=parsed.raw, position=number)
        row.take(parsed)
        row.save()
    outcome.note(f"{official.honorific} {official.name}", is_new=True)


def _post(title: str, position: int) -> Post:
    folded = fold(title)
    row = next((post for post in Post.objects.all() if fold(post.title_vi) == folded), None)
    return row or Post.objects.create(
        unit=_unit(folded),
        title_vi=title,
        title_en=_ENGLISH_TITLES.get(folded),
        rank=position * 10,
        has_one_seat=not folded.startswith(_SEVERAL_HOLD),
    )


def _unit(folded_title: str) -> Unit:
    root, _made = Unit.objects.get_or_create(
        parent=None, defaults={"name_vi": Agency.load().name_vi, "name_en": Agency.load().name_en}
    )
    if "van phong" not in folded_title:
        return root
    office, _made = Unit.objects.get_or_create(
        parent=root, name_vi="Văn phòng", defaults={"name_en": "Office"}
    )
    return office

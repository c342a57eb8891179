"""An article and its translations: one group, one article for each language. The Vietnamese one is the
original; a translation that is older than what changed in it is called so to staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from editing.models import Action, User
from editing.trail import record
from news.models import Article, Edition, State
from news.rights import require
from news.workflow import copy_edition


@dataclass(frozen=True)
class Translation:
    """An article in one of the languages, as its newest edition; None where there is none yet."""

    language: str
    name: str
    edition: Edition | None
    is_outdated: bool = False


def translations_of(edition: Edition) -> list[Translation]:
    """In every other language, in the order of the settings. One query."""
    group = Article.objects.kept().filter(translation_group=edition.article.translation_group)
    newest = group.annotate(newest=Max("editions")).values("newest")
    rows = Edition.objects.filter(pk__in=newest).select_related("article")
    found = {row.language: row for row in rows.annotate(is_outdated=Exists(_changed_since()))}
    return [
        Translation(code, str(name), row, bool(row and row.is_outdated))  # type: ignore[attr-defined]
        for code, name in settings.LANGUAGES
        for row in [found.get(code)]
        if code != edition.language
    ]


def outdated() -> QuerySet[Edition]:
    """The newest editions of translations that are older than a change of the original."""
    others = Article.objects.kept().exclude(language=settings.LANGUAGE_CODE)
    newest = others.annotate(newest=Max("editions")).values("newest")
    rows = Edition.objects.filter(pk__in=newest).exclude(state=State.WITHDRAWN)
    return rows.filter(Exists(_changed_since())).select_related("article", "category", "edited_by")


def _changed_since() -> QuerySet[Edition]:
    """Editions of the original that came on the site after an edition was last written; slips of the
    pen change nothing that a translator would have to know."""
    return Edition.objects.filter(
        ~Q(language=OuterRef("language")),
        state=State.APPROVED,
        language=settings.LANGUAGE_CODE,
        is_minor=False,
        article__trashed_at=None,
        article__translation_group=OuterRef("article__translation_group"),
        published_at__gt=OuterRef("edited_at"),
    )


@transaction.atomic
def translate(edition: Edition, language: str, *, by: User | None) -> Edition:
    """A draft in that language with all that this edition holds, to be written over; the one that is
    there, if there is one. Raises ValidationError where none can be made."""
    require(by, "news.add_edition", edition)
    if language == edition.language or language not in dict(settings.LANGUAGES):
        raise ValidationError(_("There is no such translation."))
    # Two who press the button at once take turns.
    original = Article.objects.select_for_update().get(pk=edition.article_id)
    group: dict[str, Any] = {
        "translation_group": original.translation_group,
        "language": language,
    }
    if known := Article.objects.filter(**group).first():
        if known.trashed_at is not None:
            raise ValidationError(_("The translation lies in the trash: take it out of there."))
        return known.editions.latest("pk")
    article = Article.objects.create(created_by=by, **group)
    draft = copy_edition(edition, by, article)
    record(Action.ADDED, draft, by=by)
    return draft

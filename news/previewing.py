"""An article as it would read, made of what stands in a form and never saved."""

from __future__ import annotations

from django.http import QueryDict
from django.utils import timezone

from editing.keys import key_of
from editing.richtext import clean_html
from news.models import Article, Category, Edition

_TEXTS = ("title", "lead", "author_line", "source")


def edition_of(data: QueryDict, saved: Edition | None) -> Edition:
    """`saved` gives what a form does not carry: photos, attachments and the date."""
    edition = saved or _blank(data.get("written_in", "vi"))
    for name in _TEXTS:
        setattr(edition, name, data.get(name, ""))
    edition.body = clean_html(data.get("body", ""))
    key = data.get("category", "")
    category = Category.objects.filter(pk=key_of(key)).first()
    if category is not None:
        edition.category = category
    edition.listed_at = edition.listed_at or timezone.now()
    return edition


def _blank(language: str) -> Edition:
    category = Category.objects.filter(is_notice_board=False).first() or Category(
        name="–", slug="-"
    )
    # No row has this key: what hangs on a saved edition is empty here.
    article = Article(pk=0, language=language)
    return Edition(pk=0, article=article, category=category, language=language)

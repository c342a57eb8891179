"""An article as programs read it: schema.org, Open Graph and Dublin Core."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import Truncator

from editing.models import Photo
from editing.richtext import plain_text
from news.models import Edition

# As Open Graph writes them, with a country.
_LOCALES = {"vi": "vi_VN", "en": "en_GB", "ko": "ko_KR", "ja": "ja_JP", "zh-hans": "zh_CN"}


@dataclass(frozen=True)
class Facts:
    url: str
    description: str
    published: str  # ISO 8601, by the clock of Viet Nam
    modified: str
    locale: str
    image: str
    image_alt: str
    tags: list[str]


def facts_of(edition: Edition) -> Facts:
    photo = _photo(edition)
    return Facts(
        url=settings.SITE_URL + edition.get_absolute_url(),
        description=_description(edition),
        published=_iso(edition.listed_at),
        modified=_iso(edition.live_from),
        locale=_LOCALES.get(edition.language, edition.language),
        image=settings.SITE_URL + photo.shared_url if photo else "",
        image_alt=photo.description if photo else "",
        tags=[tag.name for tag in edition.tags.all()],
    )


def _photo(edition: Edition) -> Photo | None:
    """What stands for the article elsewhere."""
    own = (use.photo for use in edition.photos.all() if use.photo is not None)
    return edition.lead_photo or next(own, None)


def _description(edition: Edition) -> str:
    return Truncator(edition.lead or plain_text(edition.body)).chars(300) or edition.title


def _iso(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def article_data(edition: Edition, agency: str, facts: Facts) -> list[dict[str, Any]]:
    publisher = {
        "@type": "GovernmentOrganization",
        "name": agency,
        "url": settings.SITE_URL + _home(edition),
    }
    article: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": facts.url,
        "headline": edition.title,
        "description": facts.description,
        "datePublished": facts.published,
        "dateModified": facts.modified,
        "inLanguage": edition.language,
        "articleSection": edition.category.name,
        "publisher": publisher,
        "author": publisher,
    }
    if edition.author_line:
        article["author"] = {"@type": "Person", "name": edition.author_line}
    if facts.image:
        article["image"] = [facts.image]
    if facts.tags:
        article["keywords"] = facts.tags
    return [article, _breadcrumbs(edition, agency, facts)]


def _home(edition: Edition) -> str:
    with translation.override(edition.language):
        return reverse("home")


def _breadcrumbs(edition: Edition, agency: str, facts: Facts) -> dict[str, Any]:
    category = edition.category
    steps = [
        (agency, settings.SITE_URL + _home(edition)),
        (category.name, settings.SITE_URL + category.get_absolute_url()),
        (edition.title, facts.url),
    ]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": address}
            for number, (name, address) in enumerate(steps, start=1)
        ],
    }

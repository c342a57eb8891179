"""The sitemap for robots: pages, then articles by language, with absolute addresses of SITE_URL."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from contacts.models import Appointment, Duty, Unit
from news.models import Category, Edition, EditionQuerySet
from portal.models import Agency, Page


class SiteUrlSitemap(Sitemap):
    """Addresses begin with SITE_URL, whatever host was asked."""

    limit = 5000

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    @property
    def protocol(self) -> str:
        return urlsplit(settings.SITE_URL).scheme

    @protocol.setter
    def protocol(self, value: str | None) -> None:
        pass


class PageSitemap(SiteUrlSitemap):
    """What is no article: fixed pages, written pages, categories; in every language."""

    names = (
        *("home", "news:news", "news:notices", "contacts:hotline", "contacts:contact"),
        *("contacts:organisation", "contacts:feedback", "stats:overview", "sitemap"),
    )

    def items(self) -> list[str]:
        rows = self._rows()
        addresses: list[str] = []
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                addresses += [reverse(name) for name in self.names]
                addresses += [row.get_absolute_url() for row in rows]
        return addresses

    def _rows(self) -> list[Any]:
        """What has a page of its own; people only while they hold a post."""
        holders = Appointment.objects.current().order_by("pk")
        return [
            *Page.objects.public(),
            *Category.objects.filter(is_notice_board=False),
            *Unit.objects.exclude(slug_vi=None),
            *Duty.objects.all(),
            # By person: who holds two posts has one page.
            *{row.person_id: row for row in holders}.values(),
        ]

    def location(self, item: str) -> str:
        return item


class ArticleSitemap(SiteUrlSitemap):
    """With the photo of each article's card."""

    def items(self) -> EditionQuerySet:
        editions = Edition.objects.live().newest_first().select_related("lead_photo")
        photo = (f"lead_photo__{name}" for name in ("sha256", "width", "height"))
        return editions.only("article_id", "slug", "language", "live_from", *photo)

    def lastmod(self, item: Edition) -> datetime | None:
        return item.live_from


# What news services take, by Google's rules for news sitemaps.
NEWS_LASTS, MOST_NEWS = timedelta(days=2), 1000


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """The articles of the last two days."""
    since = timezone.now() - NEWS_LASTS
    editions = Edition.objects.live().listed().news().filter(listed_at__gt=since)
    rows = editions.newest_first().only("article_id", "slug", "language", "title", "listed_at")
    names = {code: _name_in(code) for code, _name in settings.LANGUAGES}
    context = {"rows": [(row, names[row.language]) for row in rows[:MOST_NEWS]]}
    return render(request, "sitemap_news.xml", context, content_type="application/xml")


def _name_in(language: str) -> str:
    with translation.override(language):
        return Agency.load().name


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Django's own view would name the host that was asked for."""
    pages = [
        {"location": f"{settings.SITE_URL}{address}"}
        for section, sitemap in SITEMAPS.items()
        for address in _pages_of(section, sitemap())
    ]
    pages.append({"location": settings.SITE_URL + reverse("sitemap_news")})
    context = {"sitemaps": pages}
    return render(request, "sitemap_index.xml", context, content_type="application/xml")


def _pages_of(section: str, sitemap: SiteUrlSitemap) -> list[str]:
    address = reverse("django.contrib.sitemaps.views.sitemap", args=[section])
    numbers = range(2, sitemap.paginator.num_pages + 1)
    return [address, *[f"{address}?p={number}" for number in numbers]]


SITEMAPS: dict[str, type[SiteUrlSitemap]] = {"pages": PageSitemap, "articles": ArticleSitemap}

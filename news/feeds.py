"""The news, the notices and each category as RSS 2.0, Atom and JSON Feed 1.1, with the whole text."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from editing.richtext import plain_text
from news.figures import body_with_figures
from news.models import Category, Edition, EditionQuerySet, video_rows
from news.views import by_slug, listed_here, live_here

LENGTH = 20

# What a reader of feeds, elsewhere, would take for its own.
_OWN_ADDRESS = re.compile(r'(?<=["\s,])/(?!/)')
_WITH_ADDRESSES = re.compile(r'\b(?:src|srcset|href|poster)="[^"]*"')


def with_whole_addresses(html: str) -> str:
    """HTML of ours whose pictures and links are found from anywhere."""

    def whole(attribute: re.Match[str]) -> str:
        return _OWN_ADDRESS.sub(f"{settings.SITE_URL}/", attribute[0])

    return _WITH_ADDRESSES.sub(whole, html)


class _Steady(SyndicationFeed):
    """Says nothing new as long as nothing is new."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else datetime(2000, 1, 1, tzinfo=UTC)


class RssFeed(_Steady, Rss201rev2Feed):
    def rss_attributes(self) -> dict[str, str]:
        module = {"xmlns:content": "http://purl.org/rss/1.0/modules/content/"}
        return {**super().rss_attributes(), **module}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])


class AtomFeed(_Steady, Atom1Feed):
    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


class JsonFeed(SyndicationFeed):
    """https://www.jsonfeed.org/version/1.1/"""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile: Any, encoding: str) -> None:
        content = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "description": self.feed["description"],
            "language": self.feed["language"],
            "items": [_json_item(item) for item in self.items],
        }
        outfile.write(json.dumps(content, ensure_ascii=False))


def _json_item(item: dict[str, Any]) -> dict[str, Any]:
    values = {
        "id": item["unique_id"],
        "url": item["link"],
        "title": item["title"],
        "summary": item["description"],
        "content_html": item["content"],
        "date_published": item["pubdate"].isoformat(),
        "date_modified": item["updateddate"].isoformat(),
        "tags": list(item["categories"]),
    }
    if item["author_name"]:
        values["authors"] = [{"name": item["author_name"]}]
    return values


@method_decorator([require_safe, conditional_page], name="__call__")
class NewsFeed(Feed):
    """Of all news, or of one category; `NewsFeed(AtomFeed, "feed_atom")` in that format."""

    language = None

    def __init__(self, feed_type: type[SyndicationFeed], view_name: str) -> None:
        self.feed_type, self.view_name = feed_type, view_name

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().__call__(request, *args, **kwargs)
        # What was withdrawn changes the feed and not the newest date in it; the ETag tells.
        response.headers.pop("Last-Modified", None)
        patch_cache_control(response, no_cache=True)
        return response

    def get_object(self, request: HttpRequest, slug: str = "") -> Category | None:
        return by_slug(Category.objects.all(), slug) if slug else None

    def feed_url(self, category: Category | None) -> str:
        slug = [category.slug] if category else []
        return settings.SITE_URL + reverse(self.view_name, args=slug)

    def title(self, category: Category | None) -> str:
        return category.name if category else _("News")

    def link(self, category: Category | None) -> str:
        path = category.get_absolute_url() if category else "/"
        return settings.SITE_URL + path

    def description(self, category: Category | None) -> str:
        return (category.introduction if category else "") or _("The latest news")

    def items(self, category: Category | None) -> list[Edition]:
        listed = listed_here()
        chosen = listed.filter(category=category) if category else listed.news()
        return _read(chosen)

    def item_title(self, item: Edition) -> str:
        return item.title

    def item_description(self, item: Edition) -> str:
        return item.lead or Truncator(plain_text(item.body)).words(40)

    def item_extra_kwargs(self, item: Edition) -> dict[str, Any]:
        return {"content": with_whole_addresses(body_with_figures(item))}

    def item_link(self, item: Edition) -> str:
        return settings.SITE_URL + item.get_absolute_url()

    def item_guid(self, item: Edition) -> str:
        # The address changes with the title, the article does not (RFC 4151).
        return f"tag:{urlsplit(settings.SITE_URL).hostname},2026:article:{item.article_id}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Edition) -> datetime | None:
        return item.listed_at

    def item_updateddate(self, item: Edition) -> datetime | None:
        return item.live_from

    def item_author_name(self, item: Edition) -> str:
        return item.author_line

    def item_categories(self, item: Edition) -> list[str]:
        return [item.category.name, *(tag.name for tag in item.tags.all())]


class NoticeFeed(NewsFeed):
    def title(self, category: Category | None) -> str:
        return _("Notices")

    def description(self, category: Category | None) -> str:
        return _("Current notices")

    def items(self, category: Category | None) -> list[Edition]:
        return _read(live_here().notices().current())


def _read(editions: EditionQuerySet) -> list[Edition]:
    rows = editions.select_related("article", "category").annotate(video_rows=video_rows())
    return list(rows.prefetch_related("photos__photo", "tags").newest_first()[:LENGTH])

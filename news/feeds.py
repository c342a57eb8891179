from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _

from news.figures import body_with_figures
from news.models import Category, Edition
from news.views import by_slug, listed_here, live_here

LENGTH = 20


class NewsFeed(Feed):
    """RSS 2.0 of the news, or of one category, with the whole text."""

    feed_type = Rss201rev2Feed
    language = None

    def get_object(self, request: HttpRequest, slug: str = "") -> Category | None:
        return by_slug(Category.objects.all(), slug) if slug else None

    def title(self, category: Category | None) -> str:
        return category.name if category else _("News")

    def link(self, category: Category | None) -> str:
        return settings.SITE_URL + "/"

    def description(self, category: Category | None) -> str:
        return category.introduction if category else _("The latest news")

    def items(self, category: Category | None) -> list[Edition]:
        editions = listed_here().select_related("category").prefetch_related("photos__photo")
        chosen = editions.filter(category=category) if category else editions.news()
        return list(chosen.newest_first()[:LENGTH])

    def item_title(self, item: Edition) -> str:
        return item.title

    def item_description(self, item: Edition) -> str:
        return body_with_figures(item)

    def item_link(self, item: Edition) -> str:
        return settings.SITE_URL + item.get_absolute_url()

    def item_guid(self, item: Edition) -> str:
        return settings.SITE_URL + item.get_absolute_url()

    def item_pubdate(self, item: Edition) -> datetime | None:
        return item.listed_at

    def item_author_name(self, item: Edition) -> str:
        return item.author_line


class NoticeFeed(NewsFeed):
    def title(self, category: Category | None) -> str:
        return _("Notices")

    def description(self, category: Category | None) -> str:
        return _("Current notices")

    def items(self, category: Category | None) -> list[Edition]:
        notices = live_here().notices().current().prefetch_related("photos__photo")
        return list(notices.newest_first()[:LENGTH])

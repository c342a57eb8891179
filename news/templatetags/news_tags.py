from typing import Any

from django import template
from django.utils.safestring import SafeString

from editing.data_blocks import linked_data
from news import structured
from news.figures import body_with_figures
from news.models import Article, Edition
from news.rating import rated
from news.views import live_here

register = template.Library()


@register.inclusion_tag("news/notice_box.html")
def notice_box() -> dict[str, Any]:
    """The five most urgent current notices."""
    rows = live_here().notices().current().by_urgency().for_cards()
    return {"notices": list(rows[:5])}


@register.inclusion_tag("news/article_head.html")
def article_head(edition: Edition, agency: str) -> dict[str, Any]:
    """What programs are told of an article: search engines, libraries, and who shares it."""
    return {
        "edition": edition,
        "agency": agency,
        "facts": structured.facts_of(edition),
        "data": linked_data(structured.article_data(edition, agency)),
    }


@register.simple_tag
def edition_body(edition: Edition) -> SafeString:
    return body_with_figures(edition)


@register.inclusion_tag("admin/news/edition/rated.html")
def article_rated(article: Article) -> dict[str, Any]:
    """What readers said of an article; for its staff page."""
    return {"article": article, "rated": rated(article)}

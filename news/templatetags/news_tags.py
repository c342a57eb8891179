from typing import Any

from django import template

from news.figures import body_with_figures
from news.models import Article
from news.rating import rated

register = template.Library()

register.simple_tag(body_with_figures, name="edition_body")


@register.inclusion_tag("admin/news/edition/rated.html")
def article_rated(article: Article) -> dict[str, Any]:
    """What readers said of an article; for its staff page."""
    return {"article": article, "rated": rated(article)}

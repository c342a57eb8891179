from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template

from news.models import Article
from portal import reach
from portal.visit_report import today

register = template.Library()


@register.inclusion_tag("admin/visits/article_views.html")
def article_views(article: Article) -> dict[str, Any]:
    """How often an article has been read; for its staff page."""
    last = today()
    return {"views": reach.views_of(article, (last - timedelta(days=29), last))}

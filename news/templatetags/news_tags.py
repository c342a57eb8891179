from typing import Any

from django import template
from django.utils.safestring import SafeString

from news.figures import body_with_figures
from news.models import Edition
from news.views import live_here

register = template.Library()


@register.inclusion_tag("news/notice_box.html")
def notice_box() -> dict[str, Any]:
    """The five most urgent current notices."""
    rows = live_here().notices().current().by_urgency().for_cards()
    return {"notices": list(rows[:5])}


@register.simple_tag
def edition_body(edition: Edition) -> SafeString:
    return body_with_figures(edition)

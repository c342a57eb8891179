from functools import reduce
from operator import or_
from typing import Any

from django import template
from django.db.models import OuterRef, Q, Subquery
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from editing.data_blocks import linked_data
from editing.shared import shared
from editing.written import Written
from news import structured
from news.figures import body_with_figures
from news.models import Article, Category, Edition, EditionQuerySet
from news.rating import rated
from news.views import live_here

register = template.Library()

IN_THE_BOX = 5


@register.simple_tag
def notice_box() -> SafeString:
    """The five most urgent current notices."""
    return shared("notices", _notice_box)


def _notice_box() -> SafeString:
    return render_to_string("news/notice_box.html", {"notices": _notices()})


@Written
def _notices() -> EditionQuerySet:
    """Asked board by board: of what has ended, which is nearly all, nothing is read then."""
    own = live_here().filter(category=OuterRef("pk")).by_urgency()
    boards = Category.objects.filter(is_notice_board=True)
    keys = [
        Q(pk__in=boards.annotate(own=Subquery(part.values("pk")[at : at + 1])).values("own"))
        for part in own.current_parts()
        for at in range(IN_THE_BOX)
    ]
    return Edition.objects.filter(reduce(or_, keys)).by_urgency().for_cards()[:IN_THE_BOX]


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

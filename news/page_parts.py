"""What templates of pages may call (`portal.templating`)."""

from django.db.models import OuterRef, Subquery
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from editing.data_blocks import linked_data
from editing.shared import shared
from editing.written import Written
from news import structured
from news.figures import body_with_figures
from news.models import Category, Edition, EditionQuerySet, keys_of
from news.views import live_here

IN_THE_BOX = 5


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
    places = [
        boards.annotate(own=Subquery(part.values("pk")[at : at + 1]))
        for part in own.current_parts()
        for at in range(IN_THE_BOX)
    ]
    parts = [Edition.objects.filter(pk__in=place.values("own")) for place in places]
    return Edition.objects.filter(pk__in=keys_of(parts)).by_urgency().for_cards()[:IN_THE_BOX]


def article_head(edition: Edition, agency: str) -> SafeString:
    """What programs are told of an article: search engines, libraries, and who shares it."""
    facts = structured.facts_of(edition)
    context = {
        "edition": edition,
        "agency": agency,
        "facts": facts,
        "data": linked_data(structured.article_data(edition, agency, facts)),
    }
    return render_to_string("news/article_head.html", context)


FUNCTIONS = {
    "article_head": article_head,
    "edition_body": body_with_figures,
    "notice_box": notice_box,
}

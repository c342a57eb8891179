"""What templates of pages may call (`portal.templating`)."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from editing.data_blocks import linked_data
from editing.shared import shared
from news import structured
from news.figures import body_with_figures
from news.models import Edition
from news.notice_box import NoticeKeys, notices_in_the_box


def notice_box(keys: NoticeKeys) -> SafeString:
    """The five most urgent current notices, of which the frame of the page has the keys."""
    return shared("notices", lambda: _notice_box(keys))


def _notice_box(keys: NoticeKeys) -> SafeString:
    return render_to_string("news/notice_box.html", {"notices": notices_in_the_box(keys)})


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

"""What templates of pages may call (`portal.templating`)."""

from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from contacts.models import Person
from news.models import Edition
from portal.mentions import articles_about, people_of
from portal.templatetags.search_tags import search_page, search_url


def moment(text: str) -> datetime:
    """Of ISO 8601, as the clock of Viet Nam has it."""
    return timezone.localtime(datetime.fromisoformat(text))


def article_people(edition: Edition) -> SafeString:
    """Who is in the article, and the hotline box: one query for both."""
    mentioned, officials = people_of(edition.article_id)
    open_ones = [official for official in officials if not official.is_confirmed]
    facts = {
        "mentioned": mentioned,
        "officials": officials,
        "unconfirmed": open_ones[0] if open_ones else None,
    }
    return render_to_string("portal/article_people.html", facts)


def person_articles(person: Person) -> SafeString:
    return render_to_string("portal/person_articles.html", {"articles": articles_about(person)})


FUNCTIONS = {
    "article_people": article_people,
    "person_articles": person_articles,
    "search_page": search_page,
    "search_url": search_url,
}
FILTERS = {"moment": moment}

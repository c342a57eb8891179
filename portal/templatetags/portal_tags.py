from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from contacts.models import Person
from news.models import Edition
from portal.mentions import articles_about, people_of
from portal.sections import Section, section_of

register = template.Library()


@register.filter
def moment(text: str) -> datetime:
    """Of ISO 8601, as the clock of Viet Nam has it."""
    return timezone.localtime(datetime.fromisoformat(text))


@register.inclusion_tag("portal/article_people.html")
def article_people(edition: Edition) -> dict[str, Any]:
    """Who is in the article, and the hotline box: one query for both."""
    mentioned, officials = people_of(edition.article_id)
    open_ones = [official for official in officials if not official.is_confirmed]
    return {
        "mentioned": mentioned,
        "officials": officials,
        "unconfirmed": open_ones[0] if open_ones else None,
    }


@register.inclusion_tag("portal/person_articles.html")
def person_articles(person: Person) -> dict[str, Any]:
    return {"articles": articles_about(person)}


@register.simple_tag
def heading_of(opts: Any) -> Section:
    """Under which heading staff find what a page of theirs is about."""
    return section_of(opts.model)

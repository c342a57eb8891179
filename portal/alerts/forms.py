from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from editing.keys import key_of
from editing.public_forms import PublicForm, Throttle
from news.models import Category
from portal.alerts.models import Rhythm, Subscription, Topic, TopicKind
from portal.models import Page

_few, _day = Throttle(5, timedelta(minutes=10)), Throttle(20, timedelta(days=1))
# Nobody shall be able to fill somebody else's mailbox with questions.
mails_to_address = Throttle(3, timedelta(days=1))


class TopicsForm(PublicForm):
    """What to be told of, and how often."""

    purpose = "alerts"
    throttles: ClassVar[tuple[Throttle, ...]] = (_few, _day)
    topics = forms.MultipleChoiceField(
        label=_("What to be told of"), widget=forms.CheckboxSelectMultiple
    )
    rhythm = forms.ChoiceField(
        label=_("How often to write"),
        choices=Rhythm,
        initial=Rhythm.AT_ONCE,
        widget=forms.RadioSelect,
    )

    def __init__(self, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(request, **kwargs)
        field: Any = self.fields["topics"]
        field.choices = _topics()

    def write_topics(self, row: Subscription) -> None:
        row.topics.all().delete()
        Topic.objects.bulk_create(_topic(row, key) for key in self.cleaned_data["topics"])


def _topics() -> list[tuple[str, str]]:
    categories = Category.objects.filter(is_notice_board=False)
    return [
        ("news", str(TopicKind.NEWS.label)),
        ("notices", str(TopicKind.NOTICES.label)),
        *[(f"category:{row.pk}", str(_("News: %s") % row.name)) for row in categories],
        ("hotline", str(TopicKind.HOTLINE.label)),
        *[
            (f"page:{row.pk}", str(_("Changes of the page: %s") % row.title))
            for row in Page.objects.public().defer("body")
        ],
    ]


def _topic(row: Subscription, key: str) -> Topic:
    kind, _colon, target = key.partition(":")
    topic = Topic(subscription=row, kind=kind)
    if target:
        setattr(topic, f"{kind}_id", key_of(target))
    return topic


class SubscribeForm(TopicsForm):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ("email", "topics", "rhythm")

"""Officials in articles: tied to the appointment, so that an old article keeps the title of its day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.directory import ranked
from contacts.models import Appointment, Person
from editing.models import Action
from editing.trail import record
from editing.written import Written
from news.models import Article, Edition
from news.rights import may_change
from portal.models import Mention

MOST_ARTICLES = 10


def people_of(article: Article | int) -> tuple[list[Appointment], list[Appointment]]:
    """Who is in the article, under the title of that day, and who is on the hotline today; both in
    one query, because they stand in one column."""
    rows = ranked(_people(article if isinstance(article, int) else article.pk))
    on_hotline = [row for row in rows if row.is_on_hotline and row.is_current()]
    return (
        [row for row in rows if row.is_mentioned],  # type: ignore[attr-defined]
        [row for row in on_hotline if row.public_numbers],
    )


@Written
def _people(article_id: int) -> QuerySet[Appointment]:
    mentions = Mention.objects.filter(article=article_id, appointment=OuterRef("pk"))
    hotline = Appointment.objects.on_hotline().order_by().values("pk")
    rows = Appointment.objects.for_display().annotate(is_mentioned=Exists(mentions))
    return rows.filter(Q(is_mentioned=True) | Q(pk__in=hotline))


def articles_about(person: Person) -> list[Edition]:
    """The newest public articles in which a person is named, in the reader's language."""
    mentions = Mention.objects.filter(appointment__person=person).values("article")
    language = translation.get_language() or "vi"
    rows = Edition.objects.live().in_language(language).newest_first()
    return list(rows.filter(article__in=mentions)[:MOST_ARTICLES])


class MentionsForm(forms.Form):
    officials = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Officials in the article"),
        queryset=Appointment.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["officials"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        rows = ranked(Appointment.objects.select_related("person", "post__unit"))
        field.choices = [(row.pk, _described(row)) for row in rows]


def _described(row: Appointment) -> str:
    if row.ended_on is None or row.is_current():
        return str(row)
    return _("%(official)s (until %(day)s)") % {"official": row, "day": f"{row.ended_on:%d/%m/%Y}"}


def mentions_view(admin_site: Any, request: HttpRequest, article_id: int) -> HttpResponse:
    """Staff tick who is in an article; it changes nothing of the text."""
    article = get_object_or_404(Article, pk=article_id)
    edition = article.editions.select_related("article", "category").order_by("-pk").first()
    if edition is None or not may_change(request.user, edition):  # type: ignore[arg-type]
        raise PermissionDenied
    chosen = Mention.objects.filter(article=article).values_list("appointment", flat=True)
    sent = request.POST if request.method == "POST" else None
    form = MentionsForm(sent, initial={"officials": list(chosen)})
    if form.is_valid():
        _write(edition, form.cleaned_data["officials"], by=request.user)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("admin:news_edition_change", args=[edition.pk]))
    context = {
        **admin_site.each_context(request),
        "title": _("Officials in the article: %s") % edition,
        "edition": edition,
        "form": form,
    }
    return TemplateResponse(request, "admin/portal/mentions.html", context)


@transaction.atomic
def _write(edition: Edition, officials: Iterable[Appointment], *, by: Any) -> None:
    """With an entry of the trail, because readers see it at once."""
    named = Appointment.objects.filter(mentions__article=edition.article)
    before = [str(row) for row in named]
    write_mentions(edition.article, officials)
    after = [str(row) for row in named.all()]
    record(Action.CHANGED, edition, by=by, changes={"officials": (before, after)})


@transaction.atomic
def write_mentions(article: Article, officials: Iterable[Appointment]) -> None:
    wanted = {official.pk: official for official in officials}
    Mention.objects.filter(article=article).exclude(appointment__in=wanted).delete()
    for official in wanted.values():
        Mention.objects.get_or_create(article=article, appointment=official)

"""“Was this useful?”: an anonymous rating (Decree 224/2026, article 10). No cookie, no address of a
reader and no hash of one is kept; so the same person may rate twice, and staff are told so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.db.models import F, Sum
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from editing.public_forms import PublicForm, Throttle
from news.models import Article, Edition, Rating, ReaderRemark

LONGEST_REMARK = 1000
KEPT_FOR = timedelta(days=365)

# A whole office, or a whole mobile network, may stand behind one address.
_RATINGS = Throttle(60, timedelta(hours=1))
_REMARKS = Throttle(10, timedelta(hours=1))

YES, NO = "yes", "no"


class RatingForm(PublicForm):
    purpose = "rating"
    throttles = (_RATINGS,)

    useful = forms.ChoiceField(choices=[(YES, _("Yes")), (NO, _("No"))])


class RemarkForm(PublicForm):
    purpose = "remark"
    throttles = (_REMARKS,)

    useful = forms.ChoiceField(choices=[(YES, ""), (NO, "")], widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What helped, or what is missing?"),
        max_length=LONGEST_REMARK,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Staff read it and cannot answer: it carries no name. Please write nothing personal."
        ),
    )


@dataclass(frozen=True)
class Rated:
    useful: int
    not_useful: int


def rate(article: Article, *, is_useful: bool) -> None:
    row, _made = Rating.objects.get_or_create(article=article, day=timezone.localdate())
    name = "useful" if is_useful else "not_useful"
    Rating.objects.filter(pk=row.pk).update(**{name: F(name) + 1})


def rated(article: Article) -> Rated:
    sums = article.ratings.aggregate(useful=Sum("useful"), not_useful=Sum("not_useful"))
    return Rated(sums["useful"] or 0, sums["not_useful"] or 0)


def forget_old_remarks() -> int:
    """Gives how many are gone."""
    old = ReaderRemark.objects.filter(day__lt=timezone.localdate() - KEPT_FOR)
    return old.delete()[0]


def rating_form(request: HttpRequest, edition: Edition) -> RatingForm:
    return RatingForm(request, subject=str(edition.article_id))


# Addresses. Without Django's token, which needs a cookie: the form guards itself.


def _about_a_live_edition(
    view: Callable[[HttpRequest, Edition], HttpResponse],
) -> Callable[..., HttpResponse]:
    @csrf_exempt
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def answer(request: HttpRequest, slug: str, article_id: int) -> HttpResponse:
        rows = Edition.objects.live().filter(article=article_id).select_related("article")
        edition = rows.in_language(translation.get_language() or "vi").first()
        if edition is None:
            raise Http404
        # What was sent from a page with an older address is taken all the same.
        if edition.slug != slug and request.method != "POST":
            name = request.resolver_match.url_name if request.resolver_match else "rating"
            return HttpResponsePermanentRedirect(_url(str(name), edition))
        return view(request, edition)

    answer.counts_visits = False  # type: ignore[attr-defined]
    return answer


@_about_a_live_edition
def rating(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = rating_form(request, edition)
    if request.method == "POST" and form.is_valid():
        rate(edition.article, is_useful=form.cleaned_data["useful"] == YES)
        target = _url("remark", edition)
        return HttpResponseRedirect(f"{target}?useful={form.cleaned_data['useful']}")
    context = {"edition": edition, "form": form}
    return render(request, "news/rating.html", context, status=form.status)


@_about_a_live_edition
def remark(request: HttpRequest, edition: Edition) -> HttpResponse:
    useful = request.GET.get("useful", YES)
    initial = {"useful": useful if useful in (YES, NO) else YES}
    form = RemarkForm(request, subject=str(edition.article_id), initial=initial)
    if request.method == "POST" and form.is_valid():
        ReaderRemark.objects.create(
            article=edition.article,
            is_useful=form.cleaned_data["useful"] == YES,
            text=form.cleaned_data["text"],
        )
        return HttpResponseRedirect(f"{_url('remark', edition)}?sent")
    is_sent = request.method != "POST" and "sent" in request.GET
    context = {"edition": edition, "form": form, "is_sent": is_sent}
    return render(request, "news/remark.html", context, status=form.status)


def _url(name: str, edition: Edition) -> str:
    return reverse(f"news:{name}", args=[edition.slug, edition.article_id])

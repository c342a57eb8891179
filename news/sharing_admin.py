"""The staff's side of links for comments: made, shown, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from editing.models import Action, Periods
from editing.trail import record
from news import sharing
from news.approvals import content_hash
from news.models import Edition, Reviewer, ShareLink


class LinkForm(forms.Form):
    reviewer = forms.ModelChoiceField(
        label=gettext_lazy("For"),
        queryset=Reviewer.objects.filter(is_active=True),
        required=False,
        empty_label=gettext_lazy("Anybody who has the link (opinion only)"),
    )
    days = forms.IntegerField(label=gettext_lazy("Valid for days"), min_value=1, max_value=90)
    publishes_on_approval = forms.BooleanField(
        label=gettext_lazy("Publish as soon as it is approved"), required=False
    )
    others = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Also show"),
        queryset=Edition.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, edition: Edition, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = Edition.objects.waiting().exclude(pk=edition.pk).order_by("-edited_at")
        self.fields["others"].queryset = Edition.objects.filter(  # type: ignore[attr-defined]
            pk__in=waiting.values("pk")[:20]
        )


class SharingViews:
    """For the admin of editions."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/share/", wrap(require_POST(self.share_view)), name="news_edition_share"),
            path(
                "<int:pk>/revoke/<int:link_pk>/",
                wrap(require_POST(self.revoke_view)),
                name="news_edition_revoke",
            ),
        ]
        return own + super().get_urls()  # type: ignore[misc, no-any-return]

    def _shared(self, request: HttpRequest, pk: int) -> Edition:
        if not request.user.has_perm("news.share_edition"):
            raise PermissionDenied
        return self._edition(request, pk)  # type: ignore[attr-defined, no-any-return]

    def links_of(self, edition: Edition) -> dict[str, Any]:
        form = LinkForm(edition, initial={"days": Periods.load().link_days}, prefix="link")
        links = edition.links.select_related("reviewer", "created_by")
        return {"form": form, "rows": [(link, sharing.url_of(link)) for link in links]}

    def approvals_of(self, edition: Edition) -> list[tuple[Any, bool]]:
        """Each with whether it still holds for the text as it is."""
        now = content_hash(edition)
        rows = edition.link_approvals.select_related("link__created_by")
        return [(row, row.content_hash == now) for row in rows]

    def share_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition = self._shared(request, pk)
        form = LinkForm(edition, request.POST, prefix="link")
        back = HttpResponseRedirect(
            reverse("admin:news_edition_change", args=[edition.pk]) + "#links"
        )
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(str(error) for error in errors))
            return back
        link = self._make_link(request, edition, form.cleaned_data)
        messages.success(request, _("The link is ready: %s") % sharing.url_of(link))
        return back

    @transaction.atomic
    def _make_link(self, request: HttpRequest, edition: Edition, data: dict[str, Any]) -> ShareLink:
        link = ShareLink.objects.create(
            created_by=request.user,  # type: ignore[misc]
            expires_at=timezone.now() + timedelta(days=data["days"]),
            reviewer=data["reviewer"],
            publishes_on_approval=data["publishes_on_approval"],
        )
        link.editions.set([edition, *data["others"]])
        record(Action.SHARED, edition, by=request.user, note=str(data["reviewer"] or ""))  # type: ignore[arg-type]
        return link

    def revoke_view(self, request: HttpRequest, pk: int, link_pk: int) -> HttpResponse:
        edition = self._shared(request, pk)
        link = get_object_or_404(edition.links, pk=link_pk)
        with transaction.atomic():
            if ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(
                revoked_at=timezone.now()
            ):
                record(Action.REVOKED, edition, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The link is revoked."))
        return HttpResponseRedirect(
            reverse("admin:news_edition_change", args=[edition.pk]) + "#links"
        )

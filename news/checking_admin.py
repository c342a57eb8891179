"""The checks where staff see them: while writing, before publishing, and over the whole site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from editing.keys import key_of
from editing.models import CheckedLink
from news import checks, previewing, workflow
from news.models import Edition

ON_A_PAGE = 50


class CheckingViews:
    """For the admin of editions."""

    admin_site: Any
    opts: Any
    has_add_permission: Callable[..., bool]
    has_view_permission: Callable[..., bool]
    has_change_permission: Callable[..., bool]
    _edition: Any

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "news_edition"
        own = [
            path("check/", wrap(require_POST(self.check_view)), name=f"{name}_check"),
            path("checks/", wrap(require_safe(self.checks_view)), name=f"{name}_checks"),
            path(
                "<int:pk>/dismiss/", wrap(require_POST(self.dismiss_view)), name=f"{name}_dismiss"
            ),
            path(
                "<int:pk>/mend-link/",
                wrap(require_POST(self.fix_link_view)),
                name=f"{name}_mend_link",
            ),
            path("links/<int:pk>/", wrap(require_POST(self.link_view)), name=f"{name}_link"),
        ]
        return own + super().get_urls()  # type: ignore[misc,no-any-return]

    def check_view(self, request: HttpRequest) -> HttpResponse:
        """The checks of what stands in the form, saved or not."""
        pk = key_of(request.POST.get("preview_of"))
        saved = self._edition(request, pk) if pk else None
        if saved is None and not self.has_add_permission(request):
            raise PermissionDenied
        edition = previewing.edition_of(request.POST, saved)
        return JsonResponse(
            {
                "must_fix": [_plain(each) for each in checks.must_fix(edition)],
                "advice": [_plain(each) for each in checks.advice(edition)],
            }
        )

    def dismiss_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition = self._edition(request, pk)
        if not self.has_change_permission(request, edition):
            raise PermissionDenied
        user: Any = request.user
        if not checks.dismiss(edition, request.POST.get("key", ""), by=user):
            messages.error(request, _("This is not found in the text any more."))
        return HttpResponseRedirect(reverse("admin:news_edition_step", args=[pk, "publish"]))

    def checks_view(self, request: HttpRequest) -> HttpResponse:
        """Everything public, newest first, with what the checks say of it; and broken links."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        live = checks.for_report(Edition.objects.live().newest_first())
        page = Paginator(live, ON_A_PAGE).get_page(request.GET.get("page"))
        asked = checks.Asked.about(row.body for row in page)
        rows = [_checked(row, asked) for row in page]
        if page.number == 1:
            rows += [row for others in checks.also_checked for row in others()]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Checks over the whole site"),
            "page": page,
            "rows": [row for row in rows if row.must_fix or row.advice],
            "links": list(CheckedLink.objects.broken()[:200]),
            "waiting": CheckedLink.objects.filter(checked_at=None).count(),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/news/edition/checks.html", context)

    def link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """“This is fine”: the link is no finding any more."""
        if not request.user.has_perm("news.change_edition"):
            raise PermissionDenied
        row = get_object_or_404(CheckedLink, pk=pk)
        row.accepted_at, row.accepted_by = timezone.now(), request.user  # type: ignore[assignment]
        row.save(update_fields=["accepted_at", "accepted_by"])
        messages.success(request, _("Noted: this link is fine."))
        return HttpResponseRedirect(reverse("admin:news_edition_checks"))

    def fix_link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Puts in the address that a link has moved to: into the draft, or into a new one."""
        edition = self._edition(request, pk)
        link = get_object_or_404(CheckedLink, pk=key_of(request.POST.get("link")))
        user: Any = request.user
        try:
            draft = workflow.mend_link(edition, link, by=user)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
            return HttpResponseRedirect(reverse("admin:news_edition_change", args=[pk]))
        messages.success(request, _("The link leads to %s now.") % link.suggestion)
        return HttpResponseRedirect(reverse("admin:news_edition_step", args=[draft.pk, "publish"]))


def _checked(edition: Edition, asked: checks.Asked) -> checks.Checked:
    url = reverse("admin:news_edition_change", args=[edition.pk])
    found = checks.must_fix(edition, asked), checks.advice(edition, asked)
    return checks.Checked(edition.title, url, *found, edition.pk)


def _plain(finding: checks.Finding) -> dict[str, str]:
    return {"text": finding.text, "field": finding.field}

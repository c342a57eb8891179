"""The desk's one door: a Word file, pasted text, photos or a whole folder become a filled form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from editing.documents import Document, read_html, read_text
from editing.models import User
from news.dropping import Dropped, make_draft
from news.models import WAITING, Category, Edition
from news.rights import categories_of


class DroppingViews:
    """For the admin of editions."""

    admin_site: Any
    opts: Any
    has_add_permission: Any

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "POST"])(self.drop_view)
        own = [path("drop/", self.admin_site.admin_view(view), name="news_edition_drop")]
        return own + super().get_urls()  # type: ignore[misc,no-any-return]

    def drop_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._drop_page(request, "")
        user: Any = request.user
        try:
            dropped = self._make(request, user)
        except ValidationError as refusal:
            if _is_script(request):
                return JsonResponse({"error": refusal.messages[0]}, status=400)
            return self._drop_page(request, refusal.messages[0], status=400)
        _tell(request, dropped)
        address = reverse("admin:news_edition_change", args=[dropped.edition.pk])
        return (
            JsonResponse({"url": address}) if _is_script(request) else HttpResponseRedirect(address)
        )

    def _make(self, request: HttpRequest, user: User) -> Dropped:
        files = request.FILES.getlist("files")
        text = _pasted(request)
        if not files and text is None:
            raise ValidationError(_("Choose a file or paste a text first."), code="empty")
        return make_draft(files, text, category=_category(request, user), by=user)

    def _drop_page(self, request: HttpRequest, error: str, status: int = 200) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("From Word or another document"),
            "error": error,
            "text": request.POST.get("text", ""),
            "is_notice": "notice" in request.GET or "notice" in request.POST,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/news/edition/drop.html", context, status=status)


def _pasted(request: HttpRequest) -> Document | None:
    if html := request.POST.get("html", "").strip():
        return read_html(html)
    text = request.POST.get("text", "")
    return read_text(text) if text.strip() else None


def _category(request: HttpRequest, user: User) -> Category:
    rows = categories_of(user)
    category = rows.filter(is_notice_board="notice" in request.POST).first() or rows.first()
    if category is None:
        raise ValidationError(_("There is no category in which you may write."), code="category")
    return category


def _tell(request: HttpRequest, dropped: Dropped) -> None:
    text = _("A draft is made. What is marked as proposed was guessed: check it.")
    if dropped.summary:
        text += " " + _("Cleaned: %s.") % dropped.summary
    messages.success(request, text)
    for line in dropped.refused:
        messages.warning(request, line)


def _is_script(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def suggestions_of(edition: Edition) -> list[dict[str, Any]]:
    """What the form marks: only in the first draft, which nobody has published."""
    is_first = edition.state in WAITING and edition.article.editions.count() == 1
    return list(edition.suggestions) if is_first else []

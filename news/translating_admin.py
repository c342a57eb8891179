"""Staff begin the translation of an article from its page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from news.translating import translate


class TranslatingViews:
    """For the admin of editions."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.translate_view))
        own = path("<int:pk>/translate/<slug:language>/", view, name="news_edition_translate")
        return [own, *super().get_urls()]  # type: ignore[misc]

    def translate_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        edition = self._edition(request, pk)  # type: ignore[attr-defined]
        try:
            edition = translate(edition, language, by=request.user)  # type: ignore[arg-type]
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
        else:
            messages.success(request, _("Write the translation over the text of the original."))
        return HttpResponseRedirect(reverse("admin:news_edition_change", args=[edition.pk]))

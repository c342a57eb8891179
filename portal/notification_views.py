"""What a member of staff has been told."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from editing.models import Notification

SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    """His own, the newest first; a POST marks them as seen."""
    own = Notification.objects.due().filter(user=request.user.pk)
    if request.method == "POST":
        own.filter(seen_at=None).update(seen_at=timezone.now())
        return HttpResponseRedirect(reverse("admin:notifications"))
    context = {
        **admin.site.each_context(request),
        "title": _("Messages to me"),
        "rows": list(own[:SHOWN]),
    }
    return TemplateResponse(request, "admin/notifications.html", context)

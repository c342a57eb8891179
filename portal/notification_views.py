"""What a member of staff has been told."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from editing.models import Notification

SHOWN = 100


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """His own, the newest first. Whoever opens the page has seen them: the number in the header falls,
    and what was new is still marked as new this once."""
    own = Notification.objects.due().filter(user=request.user.pk)
    rows = list(own[:SHOWN])
    if request.method == "GET":
        own.filter(seen_at=None).update(seen_at=timezone.now())
    context = {
        **admin.site.each_context(request),
        "title": _("Messages to me"),
        "rows": rows,
    }
    return TemplateResponse(request, "admin/notifications.html", context)

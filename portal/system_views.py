"""How the portal is: for the staff who look after it, and for programs that watch it."""

from __future__ import annotations

import ipaddress
import shutil

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from editing.models import Notification
from portal import checkup, policy_reports, status
from portal.models import Backup
from portal.morning_mail import LOOKS_AFTER_IT
from stats import figures, health


@require_safe
def system(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(LOOKS_AFTER_IT):
        raise PermissionDenied
    lines = checkup.look()
    context = {
        **admin.site.each_context(request),
        "title": _("System"),
        "amber": [line for line in lines if not line.is_well],
        "green": [line for line in lines if line.is_well],
        "violations": policy_reports.most_frequent(),
        "backups": list(Backup.objects.exclude(name="")[:10]),
    }
    return TemplateResponse(request, "admin/portal/system.html", context)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, in its text format; to everybody else this address does not exist."""
    if not _may_measure(request):
        raise Http404
    return HttpResponse(
        "".join(_measured()), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


def _may_measure(request: HttpRequest) -> bool:
    try:
        client = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a socket peer that names no client
        return False
    networks = [name for name in settings.TRUSTED_PROXIES if name != "unix"]
    return client.is_loopback or any(
        client in ipaddress.ip_network(network) for network in networks
    )


def _measured() -> list[str]:
    counter = health.look()
    now = timezone.now()
    latest, seen = Backup.objects.latest_proven(), status.runner_last_seen()
    values: dict[str, float | None] = {
        "portal_disk_free_bytes": shutil.disk_usage(settings.VAR_DIR).free,
        "portal_backup_age_seconds": (now - latest.made_at).total_seconds() if latest else None,
        "portal_runner_silent_seconds": (now - seen).total_seconds() if seen else None,
        "portal_mail_waiting": Notification.objects.to_mail().count(),
        "portal_visits_waiting_bytes": counter.waiting,
        "portal_visits_total": figures.totals(figures.now()).total,
    }
    lines = [f"{name} {value:.0f}\n" for name, value in values.items() if value is not None]
    problems = status.problems(counter)
    lines += [f'portal_problem{{name="{name}"}} 1\n' for name in problems]
    return [*lines, f"portal_problems {len(problems)}\n"]

"""The staff's own site: the desk in place of a list of models."""

from __future__ import annotations

from functools import wraps
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.i18n import JavaScriptCatalog

from contacts.models import Appointment, Unit
from editing.models import Notification, Periods
from news.models import WAITING, Article, Edition, State
from news.translating import outdated
from portal import notification_views, status, system_views, visit_views
from portal.access import duty, passwords
from portal.mentions import mentions_view
from portal.models import Agency, Page
from portal.morning_mail import LOOKS_AFTER_IT
from portal.sections import sorted_into_sections
from portal.signing_in import StaffLogin, StaffLoginForm
from stats import health

# The editor sets styles on its own elements and shows its icons as data: addresses.
_STAFF_POLICY = {
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "frame-src": [SELF],
}
# For what a staff page shows in a frame of its own: the preview of an article.
_FRAMED_POLICY = {"frame-ancestors": [SELF], "script-src": [NONE]}


_INDEX = "/quan-tri/"


class PortalAdminSite(AdminSite):
    site_header = _("Staff pages")
    site_title = _("Staff pages")
    index_title = _("Desk")
    login_form = StaffLoginForm
    index_template = "admin/desk.html"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        answer = super().admin_view(view, cacheable)

        @wraps(answer)
        def with_policy(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if self._must_set_up_first(request):
                return never_cache(lambda _request: redirect("account"))(request)
            response = answer(request, *args, **kwargs)
            is_framed = getattr(response, "is_framed", False)
            change = csp_replace(_FRAMED_POLICY) if is_framed else csp_update(_STAFF_POLICY)
            return change(lambda _request: response)(request)

        return with_policy

    def _must_set_up_first(self, request: HttpRequest) -> bool:
        """Once the grace is over, the second factor comes before everything else."""
        match = request.resolver_match
        is_open = match is not None and match.url_name in duty.WITHOUT_SECOND_FACTOR
        return not is_open and self.has_permission(request) and duty.is_overdue(request.user)  # type: ignore[arg-type]

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if self.has_permission(request) and request.method == "GET":
            return redirect("admin:index")
        goal = {} if "next" in request.GET or "next" in request.POST else {"next": _INDEX}
        context = {
            **self.each_context(request),
            **goal,
            **(extra_context or {}),
            "title": _("Log in"),
            "app_path": request.get_full_path(),
        }
        request.current_app = self.name
        return StaffLogin.as_view(
            extra_context=context,
            authentication_form=self.login_form,
            template_name="admin/login.html",
        )(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            user: Any = request.user
            passwords.was_set(request, user, by=user)
        return response

    def i18n_javascript(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's own takes the words of its catalogue alone; ours fill its gaps."""
        catalogue: HttpResponse = JavaScriptCatalog().get(request)
        return catalogue

    def get_urls(self) -> list[URLPattern | URLResolver]:
        officials = require_http_methods(["GET", "POST"])(self._mentions)
        own = [
            path(
                "news/article/<key:article_id>/officials/",
                self.admin_view(officials),
                name="article_officials",
            ),
            path(
                "tin-bao/", self.admin_view(notification_views.notifications), name="notifications"
            ),
            path(
                "r/<key:content_type_id>/<key:object_id>/",
                self.admin_view(self._on_site),
                name="view_on_site",
            ),
            path("he-thong/", self.admin_view(system_views.system), name="system"),
            path("thong-ke/", self.admin_view(visit_views.report), name="visits"),
            path("thong-ke/tuan/", self.admin_view(visit_views.week), name="visits_week"),
            path(
                "thong-ke/tim-khong-thay/",
                self.admin_view(visit_views.searches),
                name="visits_searches",
            ),
            path(
                "thong-ke/thong-ke.xlsx",
                self.admin_view(visit_views.report_xlsx),
                name="visits_xlsx",
            ),
            path(
                "thong-ke/<str:key>.csv", self.admin_view(visit_views.report_csv), name="visits_csv"
            ),
        ]
        return own + super().get_urls()

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        sections = sorted_into_sections(super().get_app_list(request))
        return [part for part in sections if app_label in (None, part["app_label"])]

    def _on_site(self, request: HttpRequest, content_type_id: int, object_id: int) -> HttpResponse:
        """Leads to where readers see a row: its address may hold the title of a draft."""
        kind = get_object_or_404(ContentType, pk=content_type_id)
        rights = (f"{kind.app_label}.{verb}_{kind.model}" for verb in ("view", "change"))
        if not any(request.user.has_perm(right) for right in rights):
            raise PermissionDenied
        return shortcut(request, content_type_id, object_id)

    def _mentions(self, request: HttpRequest, article_id: int) -> HttpResponse:
        return mentions_view(self, request, article_id)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {**desk(request), **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request) | {"agency": Agency.load()}
        if request.user.is_authenticated:
            context["unseen"] = Notification.objects.unseen_by(request.user).count()
        return context


def desk(request: HttpRequest) -> dict[str, Any]:
    """What waits for this member of staff."""
    editions = Edition.objects.filter(article__trashed_at=None).select_related(
        "article", "category", "edited_by"
    )
    waiting = editions.filter(state__in=WAITING).order_by("-edited_at")
    now = timezone.now()
    counter = health.look()
    return {
        "submitted": list(waiting.filter(state=State.SUBMITTED)[:10]),
        "mine": list(waiting.filter(editors=request.user.pk, state=State.DRAFT)[:10]),
        "scheduled": list(
            editions.filter(state=State.APPROVED, live_from__gt=now).order_by("live_from")[:10]
        ),
        "latest": list(Edition.objects.live().newest_first().for_cards()[:5]),
        "debts": list(editions.filter(pk__in=Edition.objects.owing_approval().values("pk"))[:10]),
        "outdated_translations": list(outdated()[:10]),
        "returned": list(waiting.filter(state=State.RETURNED, editors=request.user.pk)[:10]),
        "old_trash": Article.objects.filter(
            trashed_at__lt=now - Periods.load().trash_reminder
        ).count(),
        "stale_pages": list(
            Page.objects.public().filter(changed_at__lt=now - Periods.load().stale_after)[:10]
        ),
        "has_mail_server": settings.HAS_MAIL_SERVER,
        "unconfirmed": _unconfirmed(request),
        "set_up": _set_up(request),
        "problems": status.problems(counter),
        "second_factor_days": duty.days_left(request.user),  # type: ignore[arg-type]
        "looks_after_it": request.user.has_perm(LOOKS_AFTER_IT),
        "counter": counter,
        "runner_last_seen": status.runner_last_seen(),
    }


def _set_up(request: HttpRequest) -> list[Any]:
    """What is left to be done before the announcement, for those who may do it."""
    if not request.user.has_perm("portal.change_agency"):
        return []
    return [step for step in set_up_steps() if not step["is_done"]]


def _unconfirmed(request: HttpRequest) -> int:
    """Entries of the directory, for those who may look at it."""
    if not request.user.has_perm("contacts.view_appointment"):
        return 0
    return Appointment.objects.to_confirm().count()


def set_up_steps() -> list[dict[str, Any]]:
    """What is left to do before the portal is announced; the order is that of the checklist."""
    agency = Agency.load()
    root = Unit.objects.filter(parent=None).first()
    hotline = Appointment.objects.on_hotline()
    steps = [
        (_("Upload the emblem"), agency.emblem_id is not None, "portal_agency_changelist"),
        (
            _("Name the person responsible for the content"),
            bool(agency.person_responsible),
            "portal_agency_changelist",
        ),
        (
            _("Write address and opening hours"),
            bool(root and root.address and root.hours),
            "contacts_unit_changelist",
        ),
        (
            _("Confirm the hotline"),
            hotline.exists() and not hotline.filter(confirmed_on=None).exists(),
            "contacts_appointment_changelist",
        ),
        (
            _("Name the contact point for information requests"),
            Unit.objects.filter(is_information_contact=True).exists(),
            "contacts_unit_changelist",
        ),
        (_("Announce: enter the date"), not agency.is_trial, "portal_agency_changelist"),
    ]
    return [
        {"label": label, "is_done": is_done, "url": f"admin:{url}"} for label, is_done, url in steps
    ]

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from editing.models import User
from editing.opened import OpenedForm
from editing.staff_admin import NamedByLanguage, SafeAdmin, TrailedAdmin
from portal.access.account_admin import AccountAdmin
from portal.alerts import staff as _of_alerts  # noqa: F401
from portal.models import (
    Agency,
    Emergency,
    Link,
    LinkGroup,
    MenuItem,
    MissingAddress,
    Page,
    Redirect,
    Task,
)

# Secrets stand there, and the keys of sessions: what staff need of them, their own pages show.
for _model in (Authenticator, EmailAddress, UserSession):
    admin.site.unregister(_model)
admin.site.unregister(User)
admin.site.register(User, AccountAdmin)

# What is typed without a scheme is taken for https.
_HTTPS: dict[Any, dict[str, Any]] = {models.URLField: {"assume_scheme": "https"}}


@admin.register(Agency)
class AgencyAdmin(SafeAdmin, TranslationAdmin):
    autocomplete_fields = ["emblem"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        # There is one agency: straight to its form.
        return HttpResponseRedirect(reverse("admin:portal_agency_change", args=[Agency.load().pk]))


@admin.register(Emergency)
class EmergencyAdmin(TrailedAdmin, TranslationAdmin):
    """A save is what readers see; there is no draft of it and no approval."""

    list_display = ["headline", "starts_at", "ends_at", "is_current", "take_down"]

    @admin.display(description=_("on every page now"), boolean=True)
    def is_current(self, row: Emergency) -> bool:
        return row.is_current

    @admin.display(description=_("next step"))
    def take_down(self, row: Emergency) -> str:
        if row.ends_at <= timezone.now():
            return ""
        url = reverse("admin:portal_emergency_take_down", args=[row.pk])
        # The list is a form already.
        return format_html(
            '<button type="submit" class="next-step" formaction="{}">{}</button>',
            url,
            _("Take down now"),
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.take_down_view))
        own = path("<key:emergency_id>/take-down/", view, name="portal_emergency_take_down")
        return [own, *super().get_urls()]

    def take_down_view(self, request: HttpRequest, emergency_id: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        with transaction.atomic():
            row: Emergency = get_object_or_404(
                Emergency.objects.select_for_update(), pk=emergency_id
            )
            before = row.ends_at
            row.take_down()
            if row.ends_at != before:
                self.log_change(request, row, {"ends_at": (before, row.ends_at)})
        messages.success(request, _("“%s” no longer stands on the pages.") % row)
        return HttpResponseRedirect(reverse("admin:portal_emergency_changelist"))


class PageForm(OpenedForm):
    class Meta:
        model = Page
        fields = "__all__"


@admin.register(Page)
class PageAdmin(SafeAdmin, TranslationAdmin):
    form = PageForm
    list_display = ["title", "path", "is_public", "position", "changed_at"]
    list_editable = ["position"]
    search_fields = ["title"]

    def view_on_site(self, obj: Page) -> str | None:
        return obj.get_absolute_url() if obj.is_public else None


@admin.register(MenuItem)
class MenuItemAdmin(TrailedAdmin, TranslationAdmin):
    formfield_overrides = _HTTPS
    list_display = ["label", "place", "destination", "page", "position"]
    list_editable = ["position"]
    list_filter = ["place"]


class LinkInline(NamedByLanguage, TranslationTabularInline):
    formfield_overrides = _HTTPS
    model = Link
    extra = 1


@admin.register(LinkGroup)
class LinkGroupAdmin(TrailedAdmin, TranslationAdmin):
    list_display = ["title", "position"]
    inlines = [LinkInline]


@admin.register(Redirect)
class RedirectAdmin(TrailedAdmin):
    list_display = ["old_path", "new_path"]
    search_fields = ["old_path", "new_path"]


@admin.register(MissingAddress)
class MissingAddressAdmin(admin.ModelAdmin):
    """What readers asked for in vain; one click makes a redirect of it."""

    list_display = ["path", "count", "last_at", "lead_on"]
    list_display_links = None
    search_fields = ["path"]

    @admin.display(description=_("lead on"))
    def lead_on(self, row: MissingAddress) -> str:
        url = f"{reverse('admin:portal_redirect_add')}?{urlencode({'old_path': row.path})}"
        return format_html('<a class="next-step" href="{}">{}</a>', url, _("Make a redirect"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Task)
class TaskAdmin(admin.ModelAdmin):
    list_display = ["name", "due_at", "finished_at", "error"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Task | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Task | None = None) -> bool:
        return False

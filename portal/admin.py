from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from editing.opened import OpenedForm
from editing.staff_admin import SafeAdmin, TrailedAdmin
from portal.alerts import staff as _of_alerts  # noqa: F401
from portal.models import (
    Agency,
    Link,
    LinkGroup,
    MenuItem,
    MissingAddress,
    Page,
    Redirect,
    Task,
)

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


class LinkInline(TranslationTabularInline):
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

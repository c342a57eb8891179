from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from portal.models import Agency, Link, LinkGroup, MenuItem, Page, Redirect, Task

# What is typed without a scheme is taken for https.
_HTTPS: dict[Any, dict[str, Any]] = {models.URLField: {"assume_scheme": "https"}}


@admin.register(Agency)
class AgencyAdmin(TranslationAdmin):
    autocomplete_fields = ["emblem"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        # There is one agency: straight to its form.
        return HttpResponseRedirect(reverse("admin:portal_agency_change", args=[Agency.load().pk]))


@admin.register(Page)
class PageAdmin(TranslationAdmin):
    list_display = ["title", "path", "is_public", "position", "changed_at"]
    list_editable = ["position"]
    search_fields = ["title"]

    def view_on_site(self, obj: Page) -> str | None:
        return obj.get_absolute_url() if obj.is_public else None


@admin.register(MenuItem)
class MenuItemAdmin(TranslationAdmin):
    formfield_overrides = _HTTPS
    list_display = ["label", "place", "destination", "page", "position"]
    list_editable = ["position"]
    list_filter = ["place"]


class LinkInline(TranslationTabularInline):
    formfield_overrides = _HTTPS
    model = Link
    extra = 1


@admin.register(LinkGroup)
class LinkGroupAdmin(TranslationAdmin):
    list_display = ["title", "position"]
    inlines = [LinkInline]


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    list_display = ["old_path", "new_path"]
    search_fields = ["old_path", "new_path"]


@admin.register(Task)
class TaskAdmin(admin.ModelAdmin):
    list_display = ["name", "due_at", "finished_at", "error"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Task | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Task | None = None) -> bool:
        return False

import json
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from editing.file_admin import FileAdmin
from editing.models import Abbreviation, AuditEntry, Periods, User
from editing.photo_admin import PhotoAdmin
from editing.spreadsheets import CSV_TYPE, as_csv
from editing.staff_admin import TrailedAdmin

__all__ = ["FileAdmin", "PhotoAdmin"]  # register themselves


@admin.register(User)
class StaffAdmin(TrailedAdmin, UserAdmin):
    fieldsets = (*UserAdmin.fieldsets, (_("Staff pages"), {"fields": ["language", "mail_rhythm"]}))  # type: ignore[misc]

    # Who administers accounts must not lift himself, or take over an account, above all rights.

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, "is_superuser"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)


def _may_touch(request: HttpRequest, obj: Any) -> bool:
    return obj is None or not obj.is_superuser or request.user.is_superuser


@admin.register(Periods)
class PeriodsAdmin(TrailedAdmin):
    """Every period on one page."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        Periods.objects.get_or_create(pk=1)
        return HttpResponseRedirect(reverse("admin:editing_periods_change", args=[1]))


class KindOfObject(admin.SimpleListFilter):
    """By what entries are about, in the words of the staff pages."""

    title = _("kind of object")
    parameter_name = "object_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        types = AuditEntry.objects.order_by("object_type").values_list("object_type", flat=True)
        kinds = [(each, AuditEntry(object_type=each).kind) for each in types.distinct()]
        return sorted(kinds, key=lambda pair: pair[1])

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        return queryset.filter(object_type=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    """Read, searched and exported; never changed."""

    list_display = ["at", "shown_who", "action", "shown_kind", "object_name", "shown_changes"]
    list_display_links = None
    list_filter = [KindOfObject, "action"]
    search_fields = ["actor_name", "object_name", "note"]
    date_hierarchy = "at"
    actions = ["export"]
    list_per_page = 100

    @admin.display(description=_("who"), ordering="actor_name")
    def shown_who(self, entry: AuditEntry) -> str:
        return entry.who

    @admin.display(description=_("kind of object"), ordering="object_type")
    def shown_kind(self, entry: AuditEntry) -> str:
        return entry.kind

    @admin.display(description=_("old and new"))
    def shown_changes(self, entry: AuditEntry) -> SafeString:
        lines = [
            (name, _shortened(old), _shortened(new)) for name, old, new in entry.named_changes()
        ]
        shown = format_html_join("", "<li>{}: {} → {}</li>", lines)
        return format_html("<ul>{}</ul>{}", shown, entry.note)

    @admin.action(description=_("Export as CSV"))
    def export(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> HttpResponse:
        if not request.user.has_perm("editing.export_auditentry"):
            raise PermissionDenied
        rows = [self._cells(entry) for entry in queryset.iterator()]
        headings = [
            *(_("when"), _("who"), _("what"), _("kind of object"), _("number"), _("object")),
            *(_("old and new"), _("note")),
        ]
        response = HttpResponse(as_csv([headings, *rows]), content_type=CSV_TYPE)
        response.headers["Content-Disposition"] = 'attachment; filename="nhat-ky.csv"'
        return response

    def _cells(self, entry: AuditEntry) -> list[Any]:
        changes = json.dumps(entry.changes, ensure_ascii=False) if entry.changes else ""
        return [
            *(entry.at.isoformat(), entry.who, entry.get_action_display()),
            *(entry.kind, entry.object_id, entry.object_name, changes, entry.note),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _shortened(value: Any) -> str:
    text = "–" if value in (None, "", []) else str(value)
    return text if len(text) <= 120 else text[:120] + "…"


@admin.register(Abbreviation)
class AbbreviationAdmin(TrailedAdmin):
    list_display = ["short", "full"]
    search_fields = ["short", "full"]

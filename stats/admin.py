from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from stats.models import CounterOffset, DayTotal


class _ReadOnly:
    """Figures are looked at; only counting changes them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CounterOffset)
class CounterOffsetAdmin(admin.ModelAdmin):
    """Rows are added and stay: who carried which figure over, when and why."""

    list_display = ["figure", "reason", "recorded_by", "recorded_at"]
    fields = ["figure", "reason"]

    def get_fields(self, request: HttpRequest, obj: CounterOffset | None = None) -> Any:
        return [*self.fields, "recorded_by", "recorded_at"] if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: CounterOffset | None = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: CounterOffset, form: Any, change: bool) -> None:
        obj.recorded_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)


@admin.register(DayTotal)
class DayTotalAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ["day", "rule", "pageviews", "visitors", "visits"]
    list_filter = ["rule"]
    date_hierarchy = "day"
    ordering = ["-day", "rule"]

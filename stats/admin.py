from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from stats.models import CounterOffset, DayTotal, ImportedDay, RuleDecision
from stats.rules import LABELS


class _ReadOnly:
    """Figures are looked at; only counting changes them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _Appended(admin.ModelAdmin):
    """Rows are added and stay, with who added them and when."""

    recorded: list[str] = []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*(self.fields or []), *self.recorded] if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CounterOffset)
class CounterOffsetAdmin(_Appended):
    """Who carried which figure over, when and why."""

    list_display = ["figure", "reason", "recorded_by", "recorded_at"]
    fields = ["figure", "reason"]
    recorded = ["recorded_by", "recorded_at"]

    def save_model(self, request: HttpRequest, obj: CounterOffset, form: Any, change: bool) -> None:
        obj.recorded_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)


class RuleDecisionForm(forms.ModelForm):
    rule = forms.ChoiceField(label=_("Rule"), choices=lambda: [(r, _named(r)) for r in LABELS])

    class Meta:
        model = RuleDecision
        fields = ["rule", "taken_for", "valid_from", "reason"]


def _named(rule: str) -> str:
    return f"{LABELS[rule]} ({rule})"


@admin.register(RuleDecision)
class RuleDecisionAdmin(_Appended):
    form = RuleDecisionForm
    list_display = ["label", "taken_for", "valid_from", "reason", "decided_by", "decided_at"]
    fields = ["rule", "taken_for", "valid_from", "reason"]
    recorded = ["decided_by", "decided_at"]

    @admin.display(description=_("rule"))
    def label(self, decision: RuleDecision) -> str:
        return str(LABELS.get(decision.rule, decision.rule))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"rule": request.GET.get("rule", "")}

    def save_model(self, request: HttpRequest, obj: RuleDecision, form: Any, change: bool) -> None:
        obj.decided_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)


@admin.register(ImportedDay)
class ImportedDayAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ["day", "pageviews", "imported_at"]
    date_hierarchy = "day"


@admin.register(DayTotal)
class DayTotalAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ["day", "rule", "pageviews", "visitors", "visits"]
    list_filter = ["rule"]
    date_hierarchy = "day"
    ordering = ["-day", "rule"]

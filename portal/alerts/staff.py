"""What staff see of the subscriptions: numbers, the state of the queue and, with the right to it, the
addresses."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

from portal.alerts.figures import numbers_by_topic, queue
from portal.alerts.models import Subscription


@admin.register(Subscription)
class SubscriptionAdmin(admin.ModelAdmin):
    """Nobody is subscribed by staff; on request somebody is deleted."""

    change_list_template = "admin/portal/subscription/change_list.html"
    list_filter = ["rhythm", "language"]
    date_hierarchy = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _sees_addresses(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("portal.see_addresses"))

    def get_list_display(self, request: HttpRequest) -> Any:
        first = "email" if self._sees_addresses(request) else "__str__"
        return [first, "rhythm", "language", "confirmed_at"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        # Without the right, a search would tell whether an address is there.
        return ["email"] if self._sees_addresses(request) else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ["rhythm", "language", "asked_at", "confirmed_at"]
        return ["email", *fields] if self._sees_addresses(request) else fields

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        confirmed = Subscription.objects.confirmed().count()
        numbers = {
            "title": capfirst(self.model._meta.verbose_name_plural),
            "confirmed": confirmed,
            "topics": numbers_by_topic(),
            "queue": queue(),
        }
        return super().changelist_view(request, {**(extra_context or {}), **numbers})

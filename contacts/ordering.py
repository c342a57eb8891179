"""Putting rows into order: by dragging, by buttons, with or without a script."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

STEP = 10  # between two neighbours, so that one can be put between by hand


class OrderedAdmin(admin.ModelAdmin):
    """A list of rows with a page where staff put them in order."""

    order_field = "position"

    def rows_to_order(self) -> list[tuple[str, list[Any]]]:
        """Groups of rows, in their order now: a heading, and what is put in order under it."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_order"
        view = require_http_methods(["GET", "POST"])(self.order_view)
        return [
            path("order/", self.admin_site.admin_view(view), name=name),
            *super().get_urls(),
        ]

    def order_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        groups = self.rows_to_order()
        if request.method == "POST":
            keys = _moved(request.POST.getlist("row"), request.POST.get("move", ""))
            self._write_order(groups, keys)
            if not request.POST.get("move"):
                messages.success(request, _("The order has been saved."))
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_order"
            return HttpResponseRedirect(reverse(name))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Order: %s") % self.opts.verbose_name_plural,
            "opts": self.opts,
            "groups": groups,
        }
        return TemplateResponse(request, "admin/contacts/order.html", context)

    @transaction.atomic
    def _write_order(self, groups: list[tuple[str, list[Any]]], keys: list[str]) -> None:
        """Rows that the form did not name, because they are newer, keep their place at the end."""
        place = {key: number for number, key in enumerate(keys)}
        for _heading, rows in groups:
            ordered = sorted(rows, key=lambda row: place.get(str(row.pk), len(place)))
            for number, row in enumerate(ordered, start=1):
                if getattr(row, self.order_field) != number * STEP:
                    setattr(row, self.order_field, number * STEP)
                    row.save()


def _moved(keys: list[str], move: str) -> list[str]:
    """The keys after one step: “up:12” or “down:12”."""
    direction, _colon, key = move.partition(":")
    if key not in keys:
        return keys
    start = keys.index(key)
    end = start + (1 if direction == "down" else -1)
    if 0 <= end < len(keys):
        keys[start], keys[end] = keys[end], keys[start]
    return keys

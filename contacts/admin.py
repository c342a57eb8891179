from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TranslationAdmin

from contacts.models import Appointment, Channel, Person, PhoneNumber, Post, Unit


class NumberInline(admin.TabularInline):
    model = PhoneNumber
    extra = 1
    fields = ["raw", "label", "is_public", "valid_from", "valid_until", "position"]


class ChannelInline(admin.TabularInline):
    model = Channel
    extra = 0
    fields = ["kind", "value", "label", "is_public", "position"]


@admin.register(Unit)
class UnitAdmin(TranslationAdmin):
    # What is typed without a scheme is taken for https.
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ["name", "parent", "is_information_contact", "position"]
    search_fields = ["name"]
    inlines = [NumberInline, ChannelInline]


@admin.register(Post)
class PostAdmin(TranslationAdmin):
    list_display = ["title", "unit", "rank", "has_one_seat"]
    list_editable = ["rank"]
    list_filter = ["unit"]
    search_fields = ["title"]


@admin.register(Person)
class PersonAdmin(TranslationAdmin):
    list_display = ["name", "honorific"]
    search_fields = ["name"]
    autocomplete_fields = ["portrait"]


@admin.register(Appointment)
class AppointmentAdmin(admin.ModelAdmin):
    list_display = ["person", "post", "kind", "is_on_hotline", "confirmed_on", "ended_on"]
    list_filter = ["is_on_hotline", ("confirmed_on", admin.EmptyFieldListFilter), "post__unit"]
    list_select_related = ["person", "post"]
    search_fields = ["person__name", "post__title"]
    autocomplete_fields = ["person", "post", "stand_in"]
    inlines = [NumberInline, ChannelInline]
    actions = ["confirm"]
    fieldsets = [
        (None, {"fields": [("person", "post"), "kind", "is_on_hotline"]}),
        (_("Time in the post"), {"fields": ["decision", ("started_on", "ended_on"), "stand_in"]}),
        (_("Order and confirmation"), {"fields": ["position", "confirmed_on"]}),
    ]

    @admin.action(description=_("Confirm that the entries are still true"), permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        count = queryset.update(confirmed_on=timezone.localdate(), confirmed_by=request.user)
        text = ngettext("%d entry confirmed.", "%d entries confirmed.", count) % count
        messages.success(request, text)

    def save_model(self, request: HttpRequest, obj: Appointment, form: Any, change: bool) -> None:
        if "confirmed_on" in form.changed_data:
            obj.confirmed_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

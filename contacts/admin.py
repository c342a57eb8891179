from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from modeltranslation.admin import TranslationAdmin

from contacts import staff
from contacts.forms import (
    AppointmentForm,
    NumberForm,
    NumbersForm,
    chips_context,
)
from contacts.history import compare, records_of, versions_of
from contacts.hours import Timetable
from contacts.models import (
    Appointment,
    Channel,
    Duty,
    OpeningHours,
    Person,
    PhoneNumber,
    Post,
    SpecialDay,
    Unit,
)
from contacts.ordering import OrderedAdmin
from contacts.phonebook import LONGEST_TEXT, write_numbers
from editing.models import Action, User
from editing.opened import OpenedForm
from editing.staff_admin import SafeAdmin
from editing.trail import record

# What is typed without a scheme is taken for https.
_HTTPS: dict[Any, dict[str, Any]] = {models.URLField: {"assume_scheme": "https"}}


class NumberInline(admin.TabularInline):
    """What is to be said of each number; the numbers themselves are typed in one field."""

    model = PhoneNumber
    form = NumberForm
    extra = max_num = 0
    can_delete = False
    verbose_name_plural = _("About each number")
    fields = ["shown_number", "label", "is_public", "languages", "valid_from", "valid_until"]
    readonly_fields = ["shown_number"]

    @admin.display(description=_("number"))
    def shown_number(self, number: PhoneNumber) -> str:
        return f"{number.national} · {number.get_kind_display()}"


class ChannelInline(admin.TabularInline):
    model = Channel
    extra = 0
    fields = ["kind", "value", "label", "is_public", "position"]


class HistoryAdmin(SafeAdmin):
    """Shows what was changed, with the values before and after; saves over nobody unseen."""

    form = OpenedForm
    change_form_template = "admin/contacts/change_form.html"
    can_be_confirmed = False

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        context["can_be_confirmed"] = self.can_be_confirmed
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        records = records_of(row)
        versions = versions_of(records)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("History: %s") % row,
            "opts": self.opts,
            "object": row,
            "records": records,
            "versions": versions,
            **_compared(request, row, {version.key: version.at for version in versions}),
        }
        return TemplateResponse(request, "admin/contacts/history.html", context)


def _compared(request: HttpRequest, row: Any, versions: dict[str, datetime]) -> dict[str, Any]:
    """What differs between the two versions that were chosen; nothing where none was."""
    chosen = {name: request.GET.get(name, "") for name in ("old", "new")}
    old, new = (versions.get(key) for key in chosen.values())
    return {"chosen": chosen, "changes": compare(row, old, new) if old and new else None}


class NumbersAdmin(HistoryAdmin):
    """Of a model that owns phone numbers."""

    form = NumbersForm
    can_be_confirmed = True

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path(
                "numbers/",
                self.admin_site.admin_view(require_POST(self.check_view)),
                name=f"{name}_numbers",
            ),
            *super().get_urls(),
        ]

    def check_view(self, request: HttpRequest) -> JsonResponse:
        """How the text of the field is read, for the chips under it; nothing is stored."""
        if not (self.has_view_or_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        text = request.POST.get("text", "").replace("\x00", "")[: LONGEST_TEXT + 1]
        context = chips_context(text)
        return JsonResponse(
            {
                "html": render_to_string("admin/contacts/number_chips.html", context),
                "numbers": [
                    {
                        "kind": chip["number"].kind,
                        "shown": chip["shown"],
                        "e164": chip["number"].e164,
                    }
                    for chip in context["numbers"]
                ],
                "errors": context["errors"],
                "renewed": context["renewed"],
            }
        )

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if field := form.base_fields.get("numbers_as_typed"):
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_numbers"
            field.widget.attrs["data-check"] = reverse(name)
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "numbers_as_typed" not in form.cleaned_data:  # without the right to change
            return
        owner = form.instance
        was_confirmed = getattr(owner, "confirmed_on", None)
        changed = "numbers_as_typed" in form.changed_data or "renew_numbers" in request.POST
        if changed:
            write_numbers(owner, form.cleaned_data["numbers_as_typed"])
        if not self.can_be_confirmed:
            return
        if "_confirm" in request.POST:
            owner.confirm(by=request.user)
        elif was_confirmed and (changed or any(formset.has_changed() for formset in formsets)):
            # What has changed is not what was confirmed.
            owner.confirmed_on = owner.confirmed_by = None
            owner.save()
            text = gettext("The entry has changed: please confirm it again.")
            messages.warning(request, text)


class HoursInline(admin.TabularInline):
    model = OpeningHours
    extra = 0
    fields = ["first_weekday", "last_weekday", "opens", "closes"]


@admin.register(Unit)
class UnitAdmin(NumbersAdmin, OrderedAdmin, TranslationAdmin):
    formfield_overrides = _HTTPS
    list_display = ["name", "parent", "is_information_contact", "keeper", "confirmed_on"]
    list_select_related = ["parent", "keeper"]
    search_fields = ["name"]
    change_list_template = "admin/contacts/ordered_list.html"
    inlines = [NumberInline, ChannelInline, HoursInline]
    fieldsets = [
        (None, {"fields": ["name", "parent", "functions"]}),
        (_("How it is reached"), {"fields": ["address", "map_url", "hours", "numbers_as_typed"]}),
        (
            _("More"),
            {"classes": ["collapse"], "fields": ["is_information_contact", "keeper", "slug"]},
        ),
    ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "keeper":
            # A list, because searching accounts is the right of those who look after them.
            kwargs["queryset"] = User.objects.filter(is_staff=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def rows_to_order(self) -> list[tuple[str, list[Any]]]:
        groups: dict[Any, list[Unit]] = {}
        for unit in Unit.objects.select_related("parent"):
            groups.setdefault(unit.parent, []).append(unit)
        return [(str(parent or ""), rows) for parent, rows in groups.items()]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        staff.write_hours(form.instance, Timetable(form.instance.opening_hours.all(), []))


@admin.register(Post)
class PostAdmin(NumbersAdmin, OrderedAdmin, TranslationAdmin):
    can_be_confirmed = False
    order_field = "rank"
    list_display = ["title", "unit", "rank", "has_one_seat"]
    list_select_related = ["unit"]
    list_filter = ["unit"]
    search_fields = ["title", "unit__name"]
    change_list_template = "admin/contacts/ordered_list.html"
    inlines = [NumberInline, ChannelInline]
    fields = ["title", "unit", "rank", "has_one_seat", "numbers_as_typed"]

    def rows_to_order(self) -> list[tuple[str, list[Any]]]:
        return [("", list(Post.objects.select_related("unit")))]


@admin.register(Person)
class PersonAdmin(HistoryAdmin, TranslationAdmin):
    list_display = ["name", "honorific"]
    search_fields = ["name"]
    autocomplete_fields = ["portrait"]
    fields = ["honorific", "name", "portrait", "duties", "biography"]


@admin.register(Duty)
class DutyAdmin(HistoryAdmin, OrderedAdmin, TranslationAdmin):
    list_display = ["name", "post", "holder", "position"]
    list_select_related = ["post", "holder__person", "holder__post"]
    fields = ["name", "description", "post", "holder", "slug", "position"]
    search_fields = ["name"]
    autocomplete_fields = ["post", "holder"]
    change_list_template = "admin/contacts/ordered_list.html"

    def rows_to_order(self) -> list[tuple[str, list[Any]]]:
        return [("", list(Duty.objects.all()))]


@admin.register(SpecialDay)
class SpecialDayAdmin(HistoryAdmin):
    form = ModelForm  # type: ignore[assignment]
    list_display = ["day", "name", "is_working_day"]
    date_hierarchy = "day"


class Confirmation(admin.SimpleListFilter):
    title = _("confirmation")
    parameter_name = "confirmation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("open", _("Not confirmed")),
            ("stale", _("To be confirmed again")),
            ("true", _("Confirmed")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        due = Appointment.objects.to_confirm().values("pk")
        match self.value():
            case "open":
                return queryset.filter(confirmed_on=None)
            case "stale":
                return queryset.exclude(confirmed_on=None).filter(pk__in=due)
            case "true":
                return queryset.exclude(confirmed_on=None).exclude(pk__in=due)
        return queryset


@admin.register(Appointment)
class AppointmentAdmin(NumbersAdmin, OrderedAdmin):
    form = AppointmentForm
    list_display = [
        *("person", "post_held", "confirmation", "shown_numbers", "is_on_hotline", "ended_on"),
    ]
    list_filter = ["is_on_hotline", Confirmation, "post__unit"]
    list_select_related = ["person", "post"]
    search_fields = ["person__name", "post__title"]
    autocomplete_fields = ["person", "post", "stand_in"]
    readonly_fields = ["confirmed_on", "confirmed_by", "old_page_on"]
    inlines = [NumberInline, ChannelInline]
    actions = ["confirm"]
    change_list_template = "admin/contacts/appointment_list.html"
    fieldsets = [
        (None, {"fields": ["person", "post", "kind", "is_on_hotline"]}),
        (_("Phone numbers"), {"fields": ["numbers_as_typed"]}),
        (_("Away and stand-in"), {"fields": [("absent_from", "absent_until"), "stand_in"]}),
        (_("Time in the post"), {"fields": ["decision", ("started_on", "ended_on")]}),
        (_("Confirmation"), {"fields": [("confirmed_on", "confirmed_by", "old_page_on")]}),
    ]
    _new_person = (
        _("Or somebody new"),
        {"fields": [("new_honorific", "new_name"), "is_namesake"]},
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        first, *others = self.fieldsets or []
        return [first, *others] if obj is not None else [first, self._new_person, *others]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appointment]:
        return super().get_queryset(request).prefetch_related("phonenumbers")

    def get_urls(self) -> list[URLPattern]:
        return [*staff.urls(self), *super().get_urls()]

    def rows_to_order(self) -> list[tuple[str, list[Any]]]:
        groups: dict[str, list[Appointment]] = {}
        rows = Appointment.objects.current().by_rank().select_related("person", "post__unit")
        for row in rows:
            groups.setdefault(f"{row.post} – {row.post.unit}", []).append(row)
        return [(heading, rows) for heading, rows in groups.items() if len(rows) > 1]

    @admin.display(description=_("post"), ordering="post__rank")
    def post_held(self, row: Appointment) -> str:
        return row.title

    @admin.display(description=_("phone numbers"))
    def shown_numbers(self, row: Appointment) -> str:
        return format_html_join(
            ", ",
            '<span class="nowrap">{}{}</span>',
            [
                (number.national, "" if number.is_public else f" ({gettext('internal')})")
                for number in row.phonenumbers.all()
            ],
        )

    @admin.display(description=_("confirmation"), ordering="confirmed_on")
    def confirmation(self, row: Appointment) -> str:
        """The day, or the one click that sets it; a button of the list's own form."""
        if row.ended_on is not None and not row.is_current():
            return ""
        if row.confirmed_on and not row.is_stale:
            return f"{row.confirmed_on:%d/%m/%Y}"
        since = f"{row.confirmed_on:%d/%m/%Y}" if row.confirmed_on else gettext("Not confirmed")
        address = reverse("admin:contacts_appointment_confirm", args=[row.pk])
        return format_html(
            '<span class="state state--submitted">{}</span> '
            '<button class="row-button" type="submit" formmethod="post" formaction="{}" aria-label="{}: {}">{}</button>',
            since,
            address,
            gettext("Confirm that it is still true"),
            row,
            gettext("Confirm"),
        )

    @admin.action(description=_("Confirm that the entries are still true"), permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        rows = list(queryset)
        for row in rows:
            confirm(row, request)
        text = ngettext("%d entry confirmed.", "%d entries confirmed.", len(rows)) % len(rows)
        messages.success(request, text)

    def save_model(self, request: HttpRequest, obj: Appointment, form: Any, change: bool) -> None:
        if obj.person.pk is None:
            obj.person.save()
            obj.person = obj.person
        super().save_model(request, obj, form, change)

    def confirm_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        row = get_object_or_404(Appointment, pk=object_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        confirm(row, request)
        messages.success(request, gettext("Confirmed: %s.") % row)
        return HttpResponseRedirect(staff.where_from(request))


def confirm(row: Appointment, request: HttpRequest) -> None:
    before = row.confirmed_on
    row.confirm(by=request.user)
    changes = {"confirmed_on": (before, row.confirmed_on)}
    record(Action.CHANGED, row, by=request.user, changes=changes)  # type: ignore[arg-type]

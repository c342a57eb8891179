"""What every staff form owes its user: a trail of what was done, and nothing typed is lost."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import connection, models
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from editing.fields import Rows
from editing.keys import is_key, key_of
from editing.models import Action, Autosave, Presence
from editing.opened import OpenedForm, opened_with
from editing.parts import Part
from editing.pasting import brought, clean_paste, clean_pasted_text
from editing.sent_json import read_json
from editing.trail import record
from editing.versions import Versioned, claim
from editing.videos import videos_in
from editing.widgets import Searched, SearchedMultiple

# Of what a browser keeps for a form; more is no text that a person typed.
LARGEST_AUTOSAVE = 2 * 1024 * 1024  # bytes
MOST_VERSIONS = 2**31 - 1
_SECRET = ("password", "csrfmiddlewaretoken")


class NamedByLanguage:
    """For an admin or an inline: says in words which language a field is in."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        own: Any = super()
        field = own.formfield_for_dbfield(db_field, request, **kwargs)
        original = getattr(db_field, "translated_field", None)
        if field is not None and original is not None:
            names = dict(settings.LANGUAGES)
            label = capfirst(str(original.verbose_name))
            field.label = f"{label} · {names[db_field.language]}"
        return field


class SearchedFields:
    """For an admin or an inline: its `autocomplete_fields` take whatever is sent."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return self._searched("foreignkey", Searched, db_field, request, kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", Rows)
        return self._searched("manytomany", SearchedMultiple, db_field, request, kwargs)

    def _searched(
        self, kind: str, widget: Any, db_field: Any, request: HttpRequest, kwargs: Any
    ) -> Any:
        own: Any = self
        if db_field.name in own.get_autocomplete_fields(request):
            kwargs["widget"] = widget(db_field, own.admin_site)
        return getattr(super(), f"formfield_for_{kind}")(db_field, request, **kwargs)


class TrailedAdmin(NamedByLanguage, SearchedFields, admin.ModelAdmin):
    """Writes the audit trail in place of Django's own log: old and new of every field."""

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        changes = _changes_of(form)
        for formset in formsets or []:
            changes |= _changes_of_formset(formset)
        return changes

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        return record(Action.ADDED, obj, by=request.user, changes=message or {})  # type: ignore[arg-type]

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        if not message:
            return None
        changes = message if isinstance(message, dict) else {}
        return record(Action.CHANGED, obj, by=request.user, changes=changes)  # type: ignore[arg-type]

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        return [record(Action.DELETED, row, by=request.user) for row in queryset]  # type: ignore[arg-type]


def _changes_of(form: ModelForm) -> dict[str, tuple[Any, Any]]:
    changes = {}
    for name in form.changed_data:
        if name in ("opened", "merge_base") or any(word in name for word in _SECRET):
            continue
        old, new = form.get_initial_for_field(form.fields[name], name), form.cleaned_data.get(name)
        changes[name] = (_named(form, name, old), new)
    return changes


def _named(form: ModelForm, name: str, value: Any) -> Any:
    """What a key stood for, as staff know it."""
    rows = getattr(form.fields[name], "queryset", None)
    if rows is None or value in (None, ""):
        return value
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return rows.model._base_manager.filter(pk=getattr(value, "pk", value)).first() or value


def _changes_of_formset(formset: Any) -> dict[str, tuple[Any, Any]]:
    label = formset.model._meta.model_name
    changes: dict[str, tuple[Any, Any]] = {}
    for row in formset.new_objects:
        changes[f"{label} {row.pk}"] = (None, str(row))
    for row in formset.deleted_objects:
        changes[f"{label} {row.pk or row}"] = (str(row), None)
    for row, names in formset.changed_objects:
        form = next(form for form in formset.forms if form.instance is row)
        for name in names:
            old = form.get_initial_for_field(form.fields[name], name)
            changes[f"{label} {row.pk}: {name}"] = (old, form.cleaned_data.get(name))
    return changes


class SafeAdmin(TrailedAdmin):
    """Autosave and presence for every form; for Versioned models with an OpenedForm, conflicts."""

    change_form_template = "admin/editing/safe_form.html"

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        if request.method == "POST" and connection.in_atomic_block:
            self.lock(object_id)
        return super().get_object(request, object_id, from_field)

    def lock(self, object_id: str) -> None:
        """Before the row is read: two who save at once take turns, and the second sees what the
        first has done. Without row locks their transactions take turns."""
        if is_key(object_id):
            self.model._base_manager.select_for_update().filter(pk=object_id).first()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and isinstance(form, OpenedForm):
            claim(obj, form.opened_version)
        super().save_model(request, obj, form, change)
        self._drop_autosave(request, obj if change else None)

    # What stands in the inlines

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None and issubclass(form, OpenedForm):
            form.parts = tuple(self._parts(request, obj))
        return form

    def _parts(self, request: HttpRequest, obj: models.Model) -> Iterator[Part]:
        for formset, inline in self.get_formsets_with_inlines(request, obj):
            yield Part.of(formset, may_add=inline.max_num != 0)

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: InlineModelAdmin[Any, Any], prefix: str
    ) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method != "POST" or not obj.pk or not isinstance(obj, Versioned):
            return kwargs
        part = Part.of(inline.get_formset(request, obj), may_add=inline.max_num != 0)
        base = None
        if "_merge" in request.POST:
            base = opened_with(request.POST, "merge_base").get("parts", {}).get(prefix, {})
        data, files = part.fit(kwargs["data"], kwargs["files"], obj, base)
        return {**kwargs, "data": data, "files": files}

    # Addresses

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        own = [
            path("autosave/", wrap(require_POST(self.autosave_view)), name=f"{name}_autosave"),
            path("paste/", wrap(require_POST(self.paste_view)), name=f"{name}_paste"),
            path(
                "<int:pk>/presence/",
                wrap(require_POST(self.presence_view)),
                name=f"{name}_presence",
            ),
        ]
        return own + super().get_urls()

    def _may_edit(self, request: HttpRequest, pk: int) -> bool:
        if not pk:
            return self.has_add_permission(request)
        row = self.get_queryset(request).filter(pk=pk).first()
        return row is not None and self.has_change_permission(request, row)

    # What was copied elsewhere

    def paste_view(self, request: HttpRequest) -> HttpResponse:
        """Clean rich text of what a browser's clipboard holds, and one line on what was changed."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        try:
            content = read_json(request.body)
            html, text = str(content.get("html") or ""), str(content.get("text") or "")
            first = int(content.get("first_picture") or 1)
        except (ValueError, AttributeError, TypeError, RequestDataTooBig):
            return HttpResponseBadRequest()
        try:
            pasted = clean_paste(html, first_picture=first) if html else clean_pasted_text(text)
        except ValidationError as refusal:
            return JsonResponse({"error": refusal.messages[0]}, status=400)
        videos = [{"address": each, "title": words} for each, words in videos_in(pasted.html)]
        # Of each mark, the number of the picture that the browser holds; 0 for one that it does not.
        pictures = [brought(address) for address in pasted.pictures]
        content = {"html": pasted.html, "summary": pasted.summary()}
        return JsonResponse(content | {"videos": videos, "pictures": pictures})

    # What was typed and not saved

    def autosave_view(self, request: HttpRequest) -> HttpResponse:
        """Keeps, or with an empty list of fields drops, what stands in a form."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        try:
            content = read_json(request.body[: LARGEST_AUTOSAVE + 1])
            pk, key = int(content["pk"] or 0), str(content["key"])[:36]
            fields = [[str(name), str(value)] for name, value in content["fields"]]
            version = min(key_of(content.get("version")), MOST_VERSIONS)
        except (ValueError, KeyError, TypeError):
            return HttpResponseBadRequest()
        if not self._may_edit(request, pk):
            raise PermissionDenied
        fields = [pair for pair in fields if pair[0] not in _SECRET]
        where = self._form(request, pk, key)
        if not fields:
            Autosave.objects.filter(**where).delete()
            return JsonResponse({})
        row, _made = Autosave.objects.update_or_create(
            **where, defaults={"fields": fields, "version": version}
        )
        return JsonResponse({"saved_at": _clock(row.saved_at)})

    def _form(self, request: HttpRequest, pk: int, key: str) -> dict[str, Any]:
        kind = ContentType.objects.get_for_model(self.model)
        # A row is known by its key; only forms for new ones need one of their own.
        form_key = "" if pk else key
        return {
            "user": request.user,
            "content_type": kind,
            "object_id": pk,
            "form_key": form_key,
        }

    def _drop_autosave(self, request: HttpRequest, row: Any) -> None:
        key = "" if row else request.POST.get("form_key", "")[:36]
        Autosave.objects.filter(**self._form(request, row.pk if row else 0, key)).delete()

    def _unsaved(self, request: HttpRequest, object_id: str | None) -> list[dict[str, Any]]:
        """What waits to be taken up again: for the row, or forms for new ones."""
        kind = ContentType.objects.get_for_model(self.model)
        pk = key_of(object_id)
        rows = Autosave.objects.filter(content_type=kind, object_id=pk).filter(
            user=request.user  # type: ignore[misc]
        )
        return [
            {"key": row.form_key, "saved_at": _clock(row.saved_at), "fields": row.fields}
            for row in rows[:3]
        ]

    # Who else is here

    def presence_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Notes that the form is open (or, with `leave`, no longer), and names the others."""
        if not self._may_edit(request, pk):
            raise PermissionDenied
        kind = ContentType.objects.get_for_model(self.model)
        mine: dict[str, Any] = {"user": request.user, "content_type": kind, "object_id": pk}
        if "leave" in request.GET:
            Presence.objects.filter(**mine).delete()
            return JsonResponse({})
        Presence.objects.update_or_create(**mine, defaults={"seen_at": timezone.now()})
        others = Presence.objects.others(request.user, self.model(pk=pk))  # type: ignore[arg-type]
        return JsonResponse({"others": [str(each.user) for each in others]})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        safe = {
            "form_key": request.POST.get("form_key", "")[:36] or str(uuid.uuid4()),
            "unsaved": self._unsaved(request, object_id) if request.method == "GET" else [],
            "paste_url": reverse(f"{name}_paste"),
            "autosave_url": reverse(f"{name}_autosave"),
            "presence_url": reverse(f"{name}_presence", args=[object_id])
            if is_key(object_id)
            else "",
        }
        return super().changeform_view(
            request, object_id, form_url, {**safe, **(extra_context or {})}
        )


def _clock(moment: Any) -> str:
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return local.strftime("%H:%M")
    return date_format(local, "SHORT_DATETIME_FORMAT")

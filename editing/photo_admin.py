"""The photo library: many photos in one drop, their words typed under each, and where they are used."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from editing.fields import PhotoUpload
from editing.models import Action, Photo
from editing.replacing import ReplacingAdmin, ReplacingForm
from editing.sent_json import read_json
from editing.trail import record

# What is typed in the grid, without opening the photo.
WORDS = ("caption", "description", "credit")


class PhotoForm(ReplacingForm):
    replacement = PhotoUpload(
        label=gettext_lazy("Replace the picture"),
        required=False,
        help_text=gettext_lazy("Every article that uses it shows the new picture; its words stay."),
    )

    class Meta:
        model = Photo
        fields = [
            *("caption", "description", "credit", "taken_on", "place", "is_ai", "consent"),
            *("focal_point",),
        ]
        widgets = {"focal_point": forms.RadioSelect}


class Lacking(admin.SimpleListFilter):
    """What is left to do."""

    title = gettext_lazy("what is missing")
    parameter_name = "lacking"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("description", _("photo description")), ("credit", _("photo credit"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Photo]) -> QuerySet[Photo]:
        value = self.value()
        return queryset.filter(**{value: ""}) if value in ("description", "credit") else queryset


@admin.register(Photo)
class PhotoAdmin(ReplacingAdmin):
    form = PhotoForm
    list_display = ["thumbnail", "description", "credit", "uploaded_at"]
    list_filter = [Lacking, "is_ai", "taken_on", "uploaded_at"]
    search_fields = ["folded"]
    list_per_page = 60
    change_list_template = "admin/editing/photo/library.html"
    change_form_template = "admin/editing/photo/change_form.html"
    readonly_fields = ["shown_uses", "width", "height", "uploaded_at", "uploaded_by"]
    fieldsets = [
        (None, {"fields": ["caption", "description", "credit", "focal_point"]}),
        (
            gettext_lazy("Day, place, consent"),
            {"fields": ["taken_on", "place", "is_ai", "consent"]},
        ),
        (gettext_lazy("Where it is used"), {"fields": ["shown_uses", "replacement"]}),
        (
            gettext_lazy("About the file"),
            {"fields": ["width", "height", "uploaded_at", "uploaded_by"], "classes": ["collapse"]},
        ),
    ]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        return queryset.matching(search_term), False

    @admin.display(description=gettext_lazy("photo"))
    def thumbnail(self, photo: Photo) -> SafeString:
        return format_html('<img src="{}" width="120" alt="">', photo.url(photo.widths[0]))

    # Rights

    def may_upload(self, request: HttpRequest) -> bool:
        return request.user.has_perm("editing.add_photo")

    def get_actions(self, request: HttpRequest) -> Any:
        return {}

    def delete_model(self, request: HttpRequest, obj: Photo) -> None:
        paths = list(obj.paths())
        super().delete_model(request, obj)
        transaction.on_commit(lambda: Photo.delete_files(paths))

    def save_model(self, request: HttpRequest, obj: Photo, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "focal_point" in form.changed_data:
            obj.render_social()

    # Addresses

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("upload/", wrap(require_POST(self.upload_view)), name="editing_photo_upload"),
            path(
                "<int:pk>/words/", wrap(require_POST(self.words_view)), name="editing_photo_words"
            ),
        ]
        return own + super().get_urls()

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """One photo a request, so that each has its own progress and its own error."""
        if not self.may_upload(request):
            raise PermissionDenied
        upload = request.FILES.get("file")
        if upload is None:
            return JsonResponse({"error": _("Choose a file.")}, status=400)
        try:
            photo = Photo.store(upload, uploaded_by=request.user)
        except ValidationError as refusal:
            return JsonResponse({"error": refusal.messages[0]}, status=400)
        record(Action.ADDED, photo, by=request.user)  # type: ignore[arg-type]
        return JsonResponse(_plain(photo))

    def words_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Saves what is typed under a photo of the grid."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        photo = get_object_or_404(Photo, pk=pk)
        try:
            content = read_json(request.body).items()
            typed = {name: str(value).strip() for name, value in content if name in WORDS}
        except (ValueError, TypeError, AttributeError, RequestDataTooBig):
            return HttpResponseBadRequest()
        changes = {
            name: (getattr(photo, name), text)
            for name, text in typed.items()
            if getattr(photo, name) != text
        }
        for name, (_old, new) in changes.items():
            setattr(photo, name, new)
        try:
            photo.full_clean(exclude=["uploaded_by"])
        except ValidationError as refusal:
            return JsonResponse({"error": " ".join(refusal.messages)}, status=400)
        if changes:
            with transaction.atomic():
                photo.save()
                record(Action.CHANGED, photo, by=request.user, changes=changes)  # type: ignore[arg-type]
        return JsonResponse({"saved": sorted(changes)})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        extra = {
            "title": _("Photo library"),
            "may_upload": self.may_upload(request),
            "unfinished": Photo.objects.unfinished().count(),
        }
        return super().changelist_view(request, extra | (extra_context or {}))


def _plain(photo: Photo) -> dict[str, Any]:
    return {
        "id": photo.pk,
        "name": str(photo),
        "thumbnail": photo.thumbnail_url,
        "url": reverse("admin:editing_photo_change", args=[photo.pk]),
        "words": reverse("admin:editing_photo_words", args=[photo.pk]),
        **{name: getattr(photo, name) for name in WORDS},
    }

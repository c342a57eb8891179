from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from editing.models import File, Photo, User


@admin.register(User)
class StaffAdmin(UserAdmin):
    fieldsets = (*UserAdmin.fieldsets, (_("Staff pages"), {"fields": ["language"]}))  # type: ignore[misc]


@admin.register(Photo)
class PhotoAdmin(admin.ModelAdmin):
    list_display = ["thumbnail", "description", "credit", "uploaded_at"]
    list_display_links = ["thumbnail", "description"]
    search_fields = ["description", "credit"]
    readonly_fields = ["thumbnail", "width", "height", "uploaded_at"]

    @admin.display(description=_("photo"))
    def thumbnail(self, photo: Photo) -> SafeString:
        return format_html('<img src="{}" width="120" alt="">', photo.url(photo.widths[0]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        # Photos come in with the article that shows them.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Photo | None = None) -> bool:
        in_use = obj is not None and obj.uses.exists()
        return not in_use and super().has_delete_permission(request, obj)


@admin.register(File)
class FileAdmin(admin.ModelAdmin):
    list_display = ["name", "extension", "size", "uploaded_at"]
    search_fields = ["name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: File | None = None) -> bool:
        return False

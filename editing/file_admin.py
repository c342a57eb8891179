"""Files: what an official document says of itself, another content at the same address, versions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from editing.fields import FileUpload
from editing.files import EVERY_KIND
from editing.models import File, FileVersion, Legibility
from editing.replacing import ReplacingAdmin, ReplacingForm


class FileForm(ReplacingForm):
    replacement = FileUpload(
        kinds=EVERY_KIND,
        label=gettext_lazy("Replace the content"),
        required=False,
        help_text=gettext_lazy("The address stays; what was there is kept for staff."),
    )

    class Meta:
        model = File
        fields = ["number", "issued_on", "issuer", "signer", "abstract", "validity"]

    def replace(self, upload: UploadedFile, *, by: Any) -> None:
        # What kind it is, its name says.
        self.instance.replace(upload, upload.name or "", by=by)


@admin.register(File)
class FileAdmin(ReplacingAdmin):
    form = FileForm
    list_display = ["name", "number", "issued_on", "extension", "shown_size", "uploaded_at"]
    list_filter = ["validity", "legibility", "issued_on"]
    search_fields = ["name", "number", "abstract", "issuer", "signer"]
    readonly_fields = ["shown_file", "shown_legibility", "shown_uses", "shown_versions"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "shown_file",
                    "shown_legibility",
                    "number",
                    "issued_on",
                    "issuer",
                    "signer",
                ]
            },
        ),
        (gettext_lazy("What it is about"), {"fields": ["abstract", "validity"]}),
        (
            gettext_lazy("Where it is used"),
            {"fields": ["shown_uses", "replacement", "shown_versions"]},
        ),
    ]

    @admin.display(description=gettext_lazy("size"), ordering="size")
    def shown_size(self, file: File) -> str:
        return filesizeformat(file.size)

    @admin.display(description=gettext_lazy("file"))
    def shown_file(self, file: File) -> SafeString:
        return format_html('<a href="{}">{}</a>', file.get_absolute_url(), file.name)

    @admin.display(description=gettext_lazy("text in it"))
    def shown_legibility(self, file: File) -> str:
        if file.legibility == Legibility.UNKNOWN and file.extension not in ("pdf", "docx"):
            return _("Search reads PDF and .docx only.")
        return file.get_legibility_display()

    @admin.display(description=gettext_lazy("older versions"))
    def shown_versions(self, file: File) -> SafeString | str:
        rows = [
            (
                reverse("admin:editing_file_version", args=[version.pk]),
                date_format(localtime(version.replaced_at), "SHORT_DATETIME_FORMAT"),
                filesizeformat(version.size),
            )
            for version in file.versions.all()
        ]
        if not rows:
            return _("None.")
        lines = format_html_join("", '<li><a href="{}">{}</a> ({})</li>', rows)
        return format_html("<ul>{}</ul>", lines)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.version_view))
        own = [path("version/<int:pk>/", view, name="editing_file_version")]
        return own + super().get_urls()

    def version_view(self, request: HttpRequest, pk: int) -> FileResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        version = get_object_or_404(FileVersion.objects.select_related("file"), pk=pk)
        stream = default_storage.open(version.path)
        response = FileResponse(stream, as_attachment=True, filename=version.file.name)
        response.headers["Cache-Control"] = "private, no-store"
        return response

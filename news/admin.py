from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from modeltranslation.admin import TranslationAdmin

from news import workflow
from news.forms import AttachmentForm, EditionForm, EditionPhotoForm, article_of
from news.models import WAITING, Article, Attachment, Category, Edition, EditionPhoto, State, Tag


@admin.register(Category)
class CategoryAdmin(TranslationAdmin):
    list_display = ["name", "parent", "is_notice_board", "position"]
    list_editable = ["position"]
    search_fields = ["name"]


@admin.register(Tag)
class TagAdmin(TranslationAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]


class PhotoInline(admin.StackedInline):
    model = EditionPhoto
    form = EditionPhotoForm
    extra = 0
    fields = [("upload", "photo"), "caption", ("description", "is_decorative"), "position"]
    autocomplete_fields = ["photo"]


class AttachmentInline(admin.TabularInline):
    model = Attachment
    form = AttachmentForm
    extra = 0
    fields = ["title", "upload", "file", "position"]
    autocomplete_fields = ["file"]


class ShownState(admin.SimpleListFilter):
    """By what an edition is now, the clock considered."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("Not published")),
            ("live", _("Published")),
            ("scheduled", _("Scheduled")),
            ("trash", _("In trash")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Edition]) -> QuerySet[Edition]:
        if self.value() == "trash":
            return queryset.exclude(article__trashed_at=None)
        rows = queryset.filter(article__trashed_at=None)
        if self.value() == "waiting":
            return rows.filter(state__in=WAITING)
        if self.value() == "live":
            return rows.filter(state=State.APPROVED, live_from__lte=timezone.now())
        if self.value() == "scheduled":
            return rows.filter(state=State.APPROVED, live_from__gt=timezone.now())
        return rows


@admin.register(Edition)
class EditionAdmin(admin.ModelAdmin):
    """One row per article: its newest edition."""

    form = EditionForm
    inlines = [PhotoInline, AttachmentInline]
    list_display = ["title", "shown_state", "category", "language", "shown_date", "edited_by"]
    list_filter = [ShownState, "category", "language"]
    list_select_related = ["article", "category", "edited_by"]
    search_fields = ["title", "folded"]
    autocomplete_fields = ["tags", "lead_photo"]
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["title", "category", "lead", "body", "author_line"]}),
        (
            _("Notice"),
            {
                "fields": ["notice_level", "is_pinned", "ends_at"],
                "classes": ["collapse"],
                "description": _("Only for categories that are notice boards."),
            },
        ),
        (
            _("More: language, date, tags, source, address"),
            {
                "fields": [
                    *("written_in", "published_on", "source", "tags", "lead_photo", "slug"),
                    "change_note",
                ],
                "classes": ["collapse"],
            },
        ),
    ]
    change_form_template = "admin/news/edition/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        newest = Article.objects.annotate(newest=Max("editions")).values("newest")
        rows = super().get_queryset(request)
        is_list = request.resolver_match and request.resolver_match.url_name == (
            "news_edition_changelist"
        )
        return rows.filter(pk__in=newest) if is_list else rows

    @admin.display(description=_("state"))
    def shown_state(self, edition: Edition) -> str:
        return format_html('<span class="state state--{}">{}</span>', *state_of(edition))

    @admin.display(description=_("date"), ordering="listed_at")
    def shown_date(self, edition: Edition) -> Any:
        moment = edition.listed_at or edition.edited_at
        return timezone.localtime(moment).date()

    # Rights

    def has_change_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        # What has been public stays as it was: staff write a new edition instead.
        if obj is not None and obj.state not in WAITING:
            return False
        return super().has_change_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return super().has_view_permission(request, obj) or super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        # Nothing is ever deleted here; articles go to the trash.
        return False

    # Saving

    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: Edition, form: EditionForm, change: bool
    ) -> None:
        obj.article = article_of(form, request.user)
        obj.edited_by = request.user
        self._set_date(obj, form)
        super().save_model(request, obj, form, change)

    def _set_date(self, edition: Edition, form: EditionForm) -> None:
        day = form.cleaned_data.get("published_on")
        if not day or "published_on" not in form.changed_data:
            return
        edition.article.set_first_published_at(timezone.make_aware(datetime.combine(day, time())))

    def response_add(self, request: HttpRequest, obj: Edition, *args: Any) -> HttpResponse:
        return self._publish_or(request, obj) or super().response_add(request, obj, *args)

    def response_change(self, request: HttpRequest, obj: Edition) -> HttpResponse:
        return self._publish_or(request, obj) or super().response_change(request, obj)

    def _publish_or(self, request: HttpRequest, obj: Edition) -> HttpResponse | None:
        """Leads on to the page before publishing when that button was pressed."""
        if "_publish" not in request.POST:
            return None
        return HttpResponseRedirect(reverse("admin:news_edition_publish", args=[obj.pk]))

    # Steps

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        steps = [
            path("<int:pk>/publish/", wrap(self.publish_view), name="news_edition_publish"),
            path("<int:pk>/edit/", wrap(require_POST(self.edit_view)), name="news_edition_edit"),
            path("<int:pk>/trash/", wrap(require_POST(self.trash_view)), name="news_edition_trash"),
            path(
                "<int:pk>/restore/",
                wrap(require_POST(self.restore_view)),
                name="news_edition_restore",
            ),
        ]
        return steps + super().get_urls()

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the article as readers will see it, and publishes it when confirmed."""
        edition = self._edition(request, pk, "news.publish_edition")
        if request.method == "POST":
            return self._publish(request, edition)
        context = {
            **self.admin_site.each_context(request),
            "edition": edition,
            "title": _("Publish"),
            "must_fix": must_fix(edition),
            "advice": advice(edition),
            "opts": self.opts,
        }
        return self._render(request, "admin/news/edition/publish.html", context)

    def _publish(self, request: HttpRequest, edition: Edition) -> HttpResponse:
        form_url = reverse("admin:news_edition_change", args=[edition.pk])
        if must_fix(edition):
            return HttpResponseRedirect(reverse("admin:news_edition_publish", args=[edition.pk]))
        try:
            workflow.approve(edition, by=request.user)  # type: ignore[arg-type]
        except workflow.StepRefused as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(form_url)
        self.log_change(request, edition, [{"changed": {"fields": ["state"]}}])
        link = format_html('<a href="{}">{}</a>', edition.get_absolute_url(), edition.title)
        messages.success(request, format_html("{}: {}", _("Published"), link))
        return HttpResponseRedirect(reverse("admin:news_edition_changelist"))

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition = self._edition(request, pk, "news.change_edition")
        draft = workflow.edit_anew(edition, by=request.user)  # type: ignore[arg-type]
        return HttpResponseRedirect(reverse("admin:news_edition_change", args=[draft.pk]))

    def trash_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition = self._edition(request, pk, "news.delete_edition")
        workflow.move_to_trash(edition.article, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("“%s” is in the trash. It can be restored there.") % edition)
        return HttpResponseRedirect(reverse("admin:news_edition_changelist"))

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition = self._edition(request, pk, "news.delete_edition")
        workflow.restore_from_trash(edition.article, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("“%s” is back, as a draft.") % edition)
        return HttpResponseRedirect(reverse("admin:news_edition_change", args=[edition.pk]))

    def _edition(self, request: HttpRequest, pk: int, permission: str) -> Edition:
        if not request.user.has_perm(permission):
            raise PermissionDenied
        return get_object_or_404(Edition.objects.select_related("article", "category"), pk=pk)

    def _render(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        return TemplateResponse(request, template, context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        edition = self.get_object(request, object_id)
        extra = {"edition": edition, "state": state_of(edition) if edition else None}
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})


def state_of(edition: Edition) -> tuple[str, Any]:
    """A word for the stylesheet and the words for the reader."""
    now = timezone.now()
    if edition.article.trashed_at is not None:
        return "trash", _("In trash")
    if edition.state != State.APPROVED:
        return edition.state, State(edition.state).label
    if edition.live_from and edition.live_from > now:
        return "scheduled", _("Scheduled")
    if edition.is_over(now):
        return "superseded", _("Replaced by a new edition")
    return ("ended", _("Ended")) if edition.is_ended else ("live", _("Published"))


def must_fix(edition: Edition) -> list[Any]:
    """What stands in the way of publishing, in the words of the office."""
    wrong: list[Any] = []
    if not edition.title.strip():
        wrong.append(_("The article has no title."))
    if not (edition.body or edition.lead):
        wrong.append(_("The article has no text."))
    for use in edition.photos.select_related("photo"):
        if use.photo and not (use.alt or use.is_decorative or use.caption):
            wrong.append(
                _("Photo %s needs a description, a caption, or the mark “decorative”.")
                % use.position
            )
    return wrong


def advice(edition: Edition) -> list[Any]:
    hints: list[Any] = []
    if not edition.lead:
        hints.append(_("Without a lead, lists show the title alone."))
    if edition.title.isupper():
        hints.append(_("The title is in capitals; ordinary letters are easier to read."))
    if not edition.author_line and not edition.source:
        hints.append(_("Neither author nor source is given."))
    return hints

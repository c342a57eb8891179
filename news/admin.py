from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from modeltranslation.admin import TranslationAdmin

from editing.keys import is_key, key_of
from editing.models import AuditEntry
from editing.spreadsheets import CSV_TYPE, EXCEL_TYPE, as_csv, as_excel
from editing.staff_admin import SafeAdmin, SearchedFields, TrailedAdmin
from news import comparing, previewing, remarks, reports, steps, workflow
from news.checking_admin import CheckingViews
from news.checks import advice, must_fix
from news.dropping_admin import DroppingViews, suggestions_of
from news.forms import (
    AttachmentForm,
    EditionForm,
    EditionPhotoForm,
    PeriodForm,
    VideoForm,
    article_of,
)
from news.models import (
    WAITING,
    Article,
    Attachment,
    Category,
    Edition,
    EditionPhoto,
    EditionVideo,
    FrontStory,
    ReaderRemark,
    Reviewer,
    State,
    Tag,
)
from news.rights import categories_of, may, may_change
from news.sharing_admin import SharingViews
from news.translating import translations_of
from news.translating_admin import TranslatingViews


@admin.register(Category)
class CategoryAdmin(TrailedAdmin, TranslationAdmin):
    list_display = ["name", "parent", "is_notice_board", "review", "position"]
    list_editable = ["position"]
    search_fields = ["name"]
    filter_horizontal = ["groups"]


@admin.register(Tag)
class TagAdmin(TrailedAdmin, TranslationAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]


@admin.register(Reviewer)
class ReviewerAdmin(TrailedAdmin):
    list_display = ["name", "email", "is_active"]
    search_fields = ["name"]


@admin.register(FrontStory)
class FrontStoryAdmin(TrailedAdmin):
    """What stands at the head of the front page; a save takes effect at once."""

    fields = ["article", "place", ("starts_at", "ends_at")]
    list_display = ["article", "place", "starts_at", "ends_at", "is_shown"]
    autocomplete_fields = ["article"]
    list_filter = ["article__language"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FrontStory]:
        current = FrontStory.objects.current().filter(pk=OuterRef("pk"))
        rows: QuerySet[FrontStory] = super().get_queryset(request)
        titled = Prefetch("article", Article.objects.with_titles())
        return rows.prefetch_related(titled).annotate(current=Exists(current))

    @admin.display(description=gettext_lazy("on the front page now"), boolean=True)
    def is_shown(self, story: Any) -> bool:
        return bool(story.current)


@admin.register(ReaderRemark)
class ReaderRemarkAdmin(TrailedAdmin):
    """What readers wrote about articles; to be read, and thrown away when it is spite."""

    list_display = ["text", "titled", "is_useful", "day"]
    list_display_links = ["text"]
    list_filter = ["is_useful"]
    search_fields = ["text"]
    date_hierarchy = "day"
    fields = ["titled", "day", "is_useful", "text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReaderRemark]:
        rows: QuerySet[ReaderRemark] = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("article", Article.objects.with_titles()))

    @admin.display(description=gettext_lazy("article"))
    def titled(self, row: ReaderRemark) -> str:
        return str(row.article)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    """Only to be searched, when an article is picked as related."""

    search_fields = ["editions__title", "editions__folded"]
    ordering = ["-first_published_at"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        rows = queryset.kept().exclude(first_published_at=None).with_titles()
        return super().get_search_results(request, rows, search_term)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return request.user.has_perm("news.view_edition") or request.user.has_perm(
            "news.change_edition"
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return False


class PartInline(SearchedFields, admin.options.InlineModelAdmin):
    """Who may change an edition may change what belongs to it: these rows have no rights of their own."""

    # Without an end of ours, Django makes two thousand forms of a forged number.
    max_num = 100

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, absolute_max=self.max_num, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("news.view_edition") or self._may_write(request)

    def has_add_permission(  # type: ignore[override]
        self, request: HttpRequest, obj: Any
    ) -> bool:
        return self._may_write(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_write(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_write(request)

    def _may_write(self, request: HttpRequest) -> bool:
        return request.user.has_perm("news.change_edition") or request.user.has_perm(
            "news.add_edition"
        )


class PhotoInline(PartInline, admin.StackedInline):
    model = EditionPhoto
    form = EditionPhotoForm
    extra = 0
    fields = ["picture", ("upload", "photo"), "caption", "describing", "description", "position"]
    readonly_fields = ["picture"]
    autocomplete_fields = ["photo"]

    @admin.display(description=gettext_lazy("photo"), empty_value="")
    def picture(self, use: EditionPhoto) -> SafeString | str:
        """To see which photo the words are about."""
        if use.photo is None:
            return ""
        return format_html('<img src="{}" width="240" alt="">', use.photo.thumbnail_url)


class VideoInline(PartInline, admin.StackedInline):
    model = EditionVideo
    form = VideoForm
    extra = 0
    fields = [
        *("title", "address", ("upload", "file"), ("new_captions", "captions")),
        *(("new_poster", "poster"), "position"),
    ]
    autocomplete_fields = ["file", "captions", "poster"]


class AttachmentInline(PartInline, admin.StackedInline):
    model = Attachment
    form = AttachmentForm
    extra = 0
    fields = ["title", "upload", "file", "position"]
    autocomplete_fields = ["file"]


class ShownState(admin.SimpleListFilter):
    """By what an edition is now, the clock considered."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("draft", _("Draft")),
            ("submitted", _("Awaiting approval")),
            ("returned", _("Returned")),
            ("scheduled", _("Scheduled")),
            ("live", _("Published")),
            ("debt", _("Published, not approved")),
            ("withdrawn", _("Withdrawn")),
            ("archived", _("Archived")),
            ("trash", _("In trash")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Edition]) -> QuerySet[Edition]:
        if self.value() == "trash":
            return queryset.exclude(article__trashed_at=None)
        rows = queryset.filter(article__trashed_at=None)
        now = timezone.now()
        match self.value():
            case "draft" | "submitted" | "returned" | "withdrawn":
                return rows.filter(state=self.value())
            case "live":
                return rows.filter(state=State.APPROVED, live_from__lte=now)
            case "scheduled":
                return rows.filter(state=State.APPROVED, live_from__gt=now)
            case "debt":
                return rows.filter(pk__in=Edition.objects.owing_approval().values("pk"))
            case "archived":
                return rows.exclude(article__archived_at=None)
        return rows


@admin.register(Edition)
class EditionAdmin(CheckingViews, DroppingViews, SharingViews, TranslatingViews, SafeAdmin):
    """One row per article: its newest edition."""

    form = EditionForm
    inlines = [PhotoInline, VideoInline, AttachmentInline]
    list_display = ["title", "shown_state", "category", "shown_date"]
    list_filter = [ShownState, "category", "language"]
    list_select_related = ["article", "category", "edited_by"]
    search_fields = ["title", "folded"]
    autocomplete_fields = ["tags", "lead_photo", "related"]
    list_per_page = 50
    ordering = ["-edited_at", "-pk"]
    actions = ["submit_chosen", "approve_chosen", "archive_chosen", "trash_chosen"]
    fieldsets = [
        (None, {"fields": ["title", "category", "lead", "body", "author_line"]}),
        (
            gettext_lazy("Notice"),
            {
                "fields": ["notice_level", "is_pinned", "ends_at", "leaves_when_ended"],
                "classes": ["collapse"],
                "description": gettext_lazy("Only for categories that are notice boards."),
            },
        ),
        (
            gettext_lazy("More: language, date, tags, source, address"),
            {
                "fields": [
                    *("written_in", "dated", "source", "tags", "related"),
                    *("lead_photo", "slug"),
                ],
                "classes": ["collapse"],
            },
        ),
        (
            gettext_lazy("What this edition changes"),
            {
                "fields": ["change_note", ("change_kind", "is_minor")],
                "description": gettext_lazy("For an article that is on the site already."),
            },
        ),
    ]
    change_form_template = "admin/news/edition/change_form.html"
    change_list_template = "admin/news/edition/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        newest = Article.objects.annotate(newest=Max("editions")).values("newest")
        rows = super().get_queryset(request)
        is_list = request.resolver_match and request.resolver_match.url_name == (
            "news_edition_changelist"
        )
        return rows.filter(pk__in=newest) if is_list else rows

    def get_fieldsets(self, request: HttpRequest, obj: Edition | None = None) -> Any:
        sets = super().get_fieldsets(request, obj)
        is_new = obj is None or obj.article.first_published_at is None
        return sets[:-1] if is_new else sets

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        board = Category.objects.filter(is_notice_board="notice" in request.GET).first()
        return {"category": board} | initial

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "category" and field is not None:
            field.queryset = categories_of(request.user)  # type: ignore[arg-type]
            for name in ("can_add_related", "can_change_related", "can_view_related"):
                setattr(field.widget, name, False)
        return field

    @admin.display(description=gettext_lazy("state"))
    def shown_state(self, edition: Edition) -> str:
        return format_html('<span class="state state--{}">{}</span>', *steps.state_of(edition))

    @admin.display(description=gettext_lazy("date"), ordering="listed_at")
    def shown_date(self, edition: Edition) -> Any:
        moment = edition.listed_at or edition.edited_at
        return timezone.localtime(moment).date()

    def get_list_display(self, request: HttpRequest) -> Any:
        @admin.display(description=gettext_lazy("next step"))
        def next_step(edition: Edition) -> str:
            label, url = steps.next_link(edition, request.user)  # type: ignore[arg-type]
            return format_html('<a class="next-step" href="{}">{}</a>', url, label)

        title, state, *rest = super().get_list_display(request)
        return [title, state, next_step, *rest]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = {"title": _("Articles and notices")}
        return super().changelist_view(request, title | (extra_context or {}))

    # Rights

    def has_change_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        # What has been public stays as it was: staff write a new edition instead.
        is_open = obj.state in WAITING and obj.article.trashed_at is None
        return is_open and may_change(request.user, obj)  # type: ignore[arg-type]

    def has_view_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return super().has_view_permission(request, obj) or super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        # Nothing is ever deleted here; articles go to the trash.
        return False

    # Saving

    def lock(self, object_id: str) -> None:
        # In the order in which a step takes them.
        if is_key(object_id):
            Article.objects.select_for_update().filter(editions=int(object_id)).first()
        super().lock(object_id)

    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: Edition, form: EditionForm, change: bool
    ) -> None:
        obj.article = article_of(form, request.user)
        if change and obj.state == State.RETURNED:
            obj.state = State.DRAFT
        is_edited = not change or form.has_new_content
        super().save_model(request, obj, form, change)
        if is_edited:
            self._note_editor(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            self._note_editor(request, form.instance)

    def _note_editor(self, request: HttpRequest, edition: Edition) -> None:
        """Who reads a text and saves it as it was is none: he may still approve it."""
        edition.edited_by = request.user
        edition.save(update_fields=["edited_by"])
        edition.editors.add(request.user)

    def response_add(self, request: HttpRequest, obj: Edition, *args: Any) -> HttpResponse:
        return self._step_after(request, obj) or super().response_add(request, obj, *args)

    def response_change(self, request: HttpRequest, obj: Edition) -> HttpResponse:
        return self._step_after(request, obj) or super().response_change(request, obj)

    def _step_after(self, request: HttpRequest, obj: Edition) -> HttpResponse | None:
        """Leads on to the page before publishing when that button was pressed."""
        if "_publish" not in request.POST:
            return None
        return HttpResponseRedirect(reverse("admin:news_edition_step", args=[obj.pk, "publish"]))

    # Steps

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/step/<slug:name>/", wrap(self.step_view), name="news_edition_step"),
            path(
                "<int:pk>/remark/", wrap(require_POST(self.remark_view)), name="news_edition_remark"
            ),
            path("report/", wrap(require_safe(self.report_view)), name="news_edition_report"),
            path("preview/", wrap(require_POST(self.preview_view)), name="news_edition_preview"),
            path("<int:pk>/compare/", wrap(self.compare_view), name="news_edition_compare"),
            path("<int:pk>/again/", wrap(require_POST(self.again_view)), name="news_edition_again"),
        ]
        return own + super().get_urls()

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Shows what a step changes, and takes it when its button is pressed. “publish” stands for
        all that can be done with a finished text."""
        edition = self._edition(request, pk)
        names = steps.PUBLISHING if name == "publish" else (name,)
        user: Any = request.user
        open_steps = [step for step in steps.offered(edition, user) if step.name in names]
        if name != "publish" and not open_steps:
            return self._refuse(request, edition, name)
        forms = {step.name: step.form(initial={"seen": edition.version}) for step in open_steps}
        if request.method == "POST" and open_steps and name != "publish":
            step = open_steps[0]
            forms[step.name] = form = step.form(request.POST)
            if form.is_valid() and (done := self._take(request, edition, step, form)):
                return done
            if name in steps.PUBLISHING:
                return self._step_page(request, edition, self._beside(edition, user, forms))
        return self._step_page(request, edition, [(step, forms[step.name]) for step in open_steps])

    def _beside(self, edition: Edition, user: Any, forms: dict[str, Any]) -> list[Any]:
        """All steps of the page before publishing, with the form that came back with an error."""
        rows = [step for step in steps.offered(edition, user) if step.name in steps.PUBLISHING]
        return [
            (step, forms.get(step.name) or step.form(initial={"seen": edition.version}))
            for step in rows
        ]

    def _refuse(self, request: HttpRequest, edition: Edition, name: str) -> HttpResponse:
        """Whoever lacks the right is refused; for the others it is not the time."""
        step = steps.BY_NAME.get(name)
        if step is None or not may(request.user, step.permission, edition):  # type: ignore[arg-type]
            raise PermissionDenied
        messages.error(request, steps.why_not(edition, request.user, step))  # type: ignore[arg-type]
        return HttpResponseRedirect(reverse("admin:news_edition_change", args=[edition.pk]))

    def _take(
        self, request: HttpRequest, edition: Edition, step: steps.Step, form: Any
    ) -> HttpResponse | None:
        try:
            result = step.run(edition, request.user, form.cleaned_data)  # type: ignore[arg-type]
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return None
        return self._after(request, edition, step, result)

    def _after(
        self, request: HttpRequest, edition: Edition, step: steps.Step, result: Any
    ) -> HttpResponse:
        if step.name in ("approve", "urgent"):
            messages.success(request, self._published_message(step, result))
            return HttpResponseRedirect(reverse("admin:news_edition_change", args=[edition.pk]))
        messages.success(request, f"{step.done} “{edition}”")
        if step.name == "return":
            return HttpResponseRedirect(reverse("admin:index"))
        if step.name in ("trash", "destroy"):
            return HttpResponseRedirect(reverse("admin:news_edition_changelist"))
        shown = result if isinstance(result, Edition) else edition.article.editions.latest("pk")
        return HttpResponseRedirect(reverse("admin:news_edition_change", args=[shown.pk]))

    def _published_message(self, step: steps.Step, edition: Edition) -> str:
        return format_html(
            '{}: <a href="{}">{}</a>', step.done, edition.get_absolute_url(), edition.title
        )

    def _step_page(self, request: HttpRequest, edition: Edition, rows: list[Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "edition": edition,
            "title": rows[0][0].label if len(rows) == 1 else _("Before publishing"),
            "steps": [(step, form, step.effect(edition)) for step, form in rows],
            # A step that stands alone on its page, beside the ways to publish.
            "step_is_alone": len(rows) == 1 and rows[0][0].name not in steps.PUBLISHING,
            "before": Edition.objects.live()
            .filter(article=edition.article_id)
            .exclude(pk=edition.pk)
            .first(),
            "must_fix": must_fix(edition),
            "advice": advice(edition),
            "needs_another": not workflow.has_second_pair_of_eyes(edition, request.user),  # type: ignore[arg-type]
            "opts": self.opts,
            "state": steps.state_of(edition),
        }
        return TemplateResponse(request, "admin/news/edition/step.html", context)

    def _edition(self, request: HttpRequest, pk: int) -> Edition:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(Edition.objects.select_related("article", "category"), pk=pk)

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """The form's content in the public design, for the frame under the form."""
        pk = key_of(request.POST.get("preview_of"))
        saved = self._edition(request, pk) if pk else None
        if saved is None and not self.has_add_permission(request):
            raise PermissionDenied
        edition = previewing.edition_of(request.POST, saved)
        with translation.override(edition.language):
            response = render(request, "news/live_preview.html", {"edition": edition})
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response.is_framed = True  # type: ignore[attr-defined]
        return response

    def report_view(self, request: HttpRequest) -> HttpResponse:
        """Articles of a period by author, category and month; as a page, CSV or Excel."""
        if not request.user.has_perm("news.export_edition"):
            raise PermissionDenied
        form = PeriodForm(request.GET or None)
        first, last = form.chosen()
        form.initial = {"first": first, "last": last}
        rows = reports.articles_published(first, last)
        kind = request.GET.get("as")
        if kind in ("csv", "xlsx"):
            return _download(rows, kind, f"bai-viet-{first}-{last}")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Report of articles"),
            "form": form,
            "first": first,
            "last": last,
            "rows": rows,
            "sums": [
                (_("By author"), reports.sums_by(rows, "author")),
                (_("By category"), reports.sums_by(rows, "category")),
                (_("By month"), reports.sums_by(rows, "month")),
            ],
            "headings": reports.headings(),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/news/edition/report.html", context)

    # What colleagues say, what was

    def remark_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition = self._edition(request, pk)
        text = request.POST.get("text", "").strip()[:2000]
        if text:
            remarks.leave(edition, text, by=request.user)  # type: ignore[arg-type]
        else:
            messages.error(request, _("The remark is empty."))
        return HttpResponseRedirect(
            reverse("admin:news_edition_change", args=[edition.pk]) + "#remarks"
        )

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Two editions of the article, word by word; by default this one and the one before."""
        edition = self._edition(request, pk)
        editions = list(edition.article.editions.order_by("pk"))
        keys = {row.pk: row for row in editions}
        new = keys.get(key_of(request.GET.get("new")), edition)
        before = [row for row in editions if row.pk < new.pk]
        old = keys.get(key_of(request.GET.get("old"))) or (before[-1] if before else new)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Compare editions"),
            "edition": edition,
            "editions": [(row, steps.state_of(row)[1]) for row in editions],
            "old": old,
            "new": new,
            "rows": comparing.compare(old, new),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/news/edition/compare.html", context)

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An earlier edition as a new draft."""
        edition = self._edition(request, pk)
        try:
            draft = workflow.restore_edition(edition, by=request.user)  # type: ignore[arg-type]
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
            return HttpResponseRedirect(reverse("admin:news_edition_history", args=[pk]))
        messages.success(request, _("The earlier edition is a new draft now."))
        return HttpResponseRedirect(reverse("admin:news_edition_change", args=[draft.pk]))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        edition = self._edition(request, key_of(object_id))
        editions = list(
            edition.article.editions.select_related("article", "edited_by").order_by("-pk")
        )
        keys = [row.pk for row in editions]
        entries = AuditEntry.objects.filter(object_type="news.edition", object_id__in=keys)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "edition": edition,
            "editions": [(row, *steps.state_of(row)) for row in editions],
            "entries": list(entries[:200]),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/news/edition/history.html", context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        extra: dict[str, Any] = {"title": _("Write an article"), "subtitle": ""}
        key = key_of(object_id)
        rows = Edition.objects.select_related("article", "category", "published_by")
        edition = rows.filter(pk=key).first() if key else None
        if edition is not None:
            user: Any = request.user
            offered = steps.offered(edition, user)
            extra |= {
                "title": edition.title,
                "edition": edition,
                "state": steps.state_of(edition),
                "translations": translations_of(edition),
                "steps": [step for step in offered if step.name not in steps.PUBLISHING],
                "publishing": [step for step in offered if step.name in steps.PUBLISHING],
                "remarks": list(edition.remarks.select_related("author")),
                "colleagues": remarks.colleagues(),
                "suggestions": {
                    "texts": {"proposed": _("proposed"), "takeBack": _("Take the guess back")},
                    "rows": suggestions_of(edition),
                },
                "links": self.links_of(edition),
                "approvals": self.approvals_of(edition),
                "waiting": edition.article.editions.filter(state__in=WAITING).first(),
            }
        return super().changeform_view(
            request, object_id, form_url, {**extra, **(extra_context or {})}
        )

    # Many at once, by the same rules, row by row

    def _for_each(self, request: HttpRequest, rows: QuerySet[Edition], name: str) -> None:
        step, done = steps.BY_NAME[name], 0
        for edition in rows.select_related("article", "category"):
            try:
                step.run(edition, request.user, {"seen": edition.version})  # type: ignore[arg-type]
            except (ValidationError, PermissionDenied) as error:
                reason = " ".join(getattr(error, "messages", [_("You lack the right for it.")]))
                messages.error(request, f"“{edition}”: {reason}")
            else:
                done += 1
        if done:
            text = ngettext("%d article: done.", "%d articles: done.", done) % done
            messages.success(request, f"{step.label} – {text}")

    @admin.action(description=gettext_lazy("Send for approval"))
    def submit_chosen(self, request: HttpRequest, queryset: QuerySet[Edition]) -> None:
        self._for_each(request, queryset, "submit")

    @admin.action(description=gettext_lazy("Approve and publish"))
    def approve_chosen(self, request: HttpRequest, queryset: QuerySet[Edition]) -> None:
        self._for_each(request, queryset, "approve")

    @admin.action(description=gettext_lazy("Archive"))
    def archive_chosen(self, request: HttpRequest, queryset: QuerySet[Edition]) -> None:
        self._for_each(request, queryset, "archive")

    @admin.action(description=gettext_lazy("Move to the trash"))
    def trash_chosen(self, request: HttpRequest, queryset: QuerySet[Edition]) -> None:
        self._for_each(request, queryset, "trash")


def _download(rows: list[reports.ReportRow], kind: str, name: str) -> HttpResponse:
    table = reports.table_of(rows)
    if kind == "csv":
        response = HttpResponse(as_csv(table), content_type=CSV_TYPE)
    else:
        response = HttpResponse(as_excel({_("Articles"): table}), content_type=EXCEL_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response

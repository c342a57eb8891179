from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editing import written
from editing.addresses import address
from editing.files import SOUND
from editing.intervals import NoOverlap
from editing.models import File, Photo
from editing.richtext import RichTextField, plain_text
from editing.versions import Versioned
from news.models.categories import Category, Tag
from vietnamese.folding import fold
from vietnamese.slugs import slugify
from vietnamese.syllables import count_syllables


class ArticleQuerySet(models.QuerySet["Article"]):
    def kept(self) -> Self:
        return self.filter(trashed_at=None)

    def with_titles(self) -> Self:
        """With the title of the newest edition, by which staff know an article."""
        newest = Edition.objects.filter(article=OuterRef("pk")).order_by("-pk")
        return self.annotate(newest_title=Subquery(newest.values("title")[:1]))


# An assumption: English is read at some 240 words a minute (Brysbaert, 2019), and no such figure
# for the syllables of Vietnamese is known to us.
SYLLABLES_A_MINUTE = 240


def _staff(label: Any) -> Any:
    """A member of staff who did something; the record stays when the account goes."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )


class Article(models.Model):
    """What stays the same while a text is written, published, changed and withdrawn."""

    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    translation_group = models.UUIDField(default=uuid.uuid4, editable=False)
    first_published_at = models.DateTimeField(
        _("first published at"),
        null=True,
        blank=True,
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = _staff(_("created by"))
    archived_at = models.DateTimeField(_("archived since"), null=True, blank=True, editable=False)
    trashed_at = models.DateTimeField(_("in trash since"), null=True, blank=True, editable=False)
    trashed_by = _staff(_("put in trash by"))
    # Where an imported or sample article comes from, so that a second run knows it again.
    origin = models.CharField(max_length=120, null=True, unique=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints = [
            models.UniqueConstraint(
                fields=["translation_group", "language"], name="news_one_translation_per_language"
            ),
        ]
        indexes = [
            models.Index("id", condition=Q(trashed_at__isnull=False), name="news_in_trash"),
            models.Index("id", condition=Q(archived_at__isnull=False), name="news_in_archive"),
        ]

    def __str__(self) -> str:
        title: str | None = self.__dict__.get("newest_title")
        if title is None:
            title = self.editions.order_by("-pk").values_list("title", flat=True).first()
        return title or _("Article %s") % self.pk

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def is_sample(self) -> bool:
        return bool(self.origin and self.origin.startswith("sample:"))

    def set_first_published_at(self, moment: datetime | None) -> None:
        """Places the article in lists and archive, but for editions that carry a date of their own."""
        self.first_published_at = moment
        self.save(update_fields=["first_published_at"])
        self.editions.filter(dated=None).update(listed_at=moment)


class State(models.TextChoices):
    """What is stored. Scheduled, live, superseded and ended follow from the clock."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Awaiting approval")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# What may still become public.
WAITING = (State.DRAFT, State.SUBMITTED, State.RETURNED)


class Withdrawal(models.TextChoices):
    """Why an article is off the site; readers are told."""

    IN_ERROR = "in_error", _("published in error")
    MERGED = "merged", _("merged into another article")
    NOT_VALID = "not_valid", _("no longer valid")


class ChangeKind(models.TextChoices):
    UPDATE = "update", _("Update")
    CORRECTION = "correction", _("Correction")


class NoticeLevel(models.IntegerChoices):
    """Smaller is more urgent, so that notices sort by it."""

    URGENT = 1, _("Urgent")
    IMPORTANT = 2, _("Important")
    ORDINARY = 3, _("Ordinary")


# To read all of a row takes longer than to find it.
_OF_A_PICTURE = ("sha256", "width", "height", "rendered", "focal_point", "credit", "is_ai")
_ON_A_CARD = (
    *("title", "slug", "lead", "language", "listed_at", "live_from", "ends_at", "notice_level"),
    *("is_pinned", "category", "author_line", "article__origin"),
    *(f"lead_photo__{name}" for name in _OF_A_PICTURE),
)


def keys_of(parts: Iterable[models.QuerySet[Any]]) -> models.QuerySet[Any, Any]:
    """Of the rows of all parts, of which an index answers each: for an “or” of them PostgreSQL reads
    the whole table."""
    first, *others = [part.order_by().values("pk") for part in parts]
    return first.union(*others, all=True)


def _its_article() -> ArticleQuerySet:
    """For “is it among the few that …”: an index has these, and a join would read the article of each."""
    return Article.objects.filter(pk=OuterRef("article_id"))


class EditionQuerySet(models.QuerySet["Edition"]):
    """The one place where it is decided what is public."""

    def live(self, at: datetime | None = None) -> Self:
        """What readers see at that instant (now, if none is given)."""
        return self._approved_at(at).filter(
            ~Exists(_its_article().filter(trashed_at__isnull=False))
        )

    def live_of_many(self, at: datetime | None = None) -> Self:
        """The same, for thousands that are named, or as many as the database may expect: what is in
        the trash is read once, in place of the article of each."""
        in_trash = Article.objects.filter(trashed_at__isnull=False)
        return self._approved_at(at).exclude(article__in=in_trash)

    def _approved_at(self, at: datetime | None) -> Self:
        now = at or written.now()
        return self.filter(
            Q(live_until=None) | Q(live_until__gt=now),
            # Nearly all have begun: said the other way round, no index is asked who has.
            ~Q(live_from__gt=now),
            state=State.APPROVED,
        )

    def kept_to_read(self, at: datetime | None = None) -> Self:
        """What is off the lists as no longer valid, and still to be read under a banner."""
        live = Edition.objects.live(at).filter(article=OuterRef("article"))
        return self.filter(
            ~Exists(live),
            state=State.WITHDRAWN,
            withdrawal=Withdrawal.NOT_VALID,
            article__trashed_at=None,
        )

    def unarchived(self) -> Self:
        """Without the articles that staff have put into the archive."""
        return self.filter(~Exists(_its_article().filter(archived_at__isnull=False)))

    def listed(self, at: datetime | None = None) -> Self:
        """What stands in lists: without what has ended, unless it shall stay there, marked."""
        now = at or written.now()
        return self.unarchived().filter(
            Q(ends_at=None) | Q(ends_at__gt=now) | Q(leaves_when_ended=False)
        )

    def listed_parts(self) -> tuple[Self, Self, Self]:
        """`listed()` in three that an index answers each."""
        rows = self.unarchived()
        return *rows.current_parts(), rows.filter(leaves_when_ended=False)

    def waiting(self) -> Self:
        """Drafts, submitted and returned editions of articles that are not in the trash."""
        return self.filter(state__in=WAITING, article__trashed_at=None)

    def owing_approval(self) -> Self:
        """Published before a second person had seen them, and still not approved."""
        return self.live().exclude(urgent_reason="").filter(approved_by=None)

    def in_language(self, language: str) -> Self:
        return self.filter(language=language)

    def news(self) -> Self:
        return self.filter(category__is_notice_board=False)

    def notices(self) -> Self:
        return self.filter(category__is_notice_board=True)

    def current_parts(self) -> tuple[Self, Self]:
        """`current()` in two that an index answers each: without an end, and with one to come."""
        return self.filter(ends_at=None), self.filter(ends_at__gt=written.now())

    def current(self, at: datetime | None = None) -> Self:
        """Without the notices whose time is over."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at or written.now()))

    def newest_first(self) -> Self:
        return self.order_by("-listed_at", "-article_id")

    def by_urgency(self) -> Self:
        return self.order_by("-is_pinned", "notice_level", "-listed_at", "-article_id")

    def before(self, edition: Edition) -> Self:
        """What follows this one in a list that has the newest first."""
        earlier = Q(listed_at__lt=edition.listed_at)
        return self.filter(
            earlier | Q(listed_at=edition.listed_at, article_id__lt=edition.article_id),
            # Says nothing new, but no database takes the edge of an index from an “or”.
            listed_at__lte=edition.listed_at,
        )

    def after(self, edition: Edition) -> Self:
        later = Q(listed_at__gt=edition.listed_at)
        return self.filter(
            later | Q(listed_at=edition.listed_at, article_id__gt=edition.article_id),
            listed_at__gte=edition.listed_at,
        )

    def for_cards(self) -> Self:
        """What a list shows of each, and nothing else, in the query of the list."""
        return self.select_related("article", "category", "lead_photo").only(*_ON_A_CARD)


class Edition(Versioned):
    """All that a reader sees of an article from one instant to another."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="editions")
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="editions"
    )
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="editions")
    title = models.CharField(
        _("title"),
        max_length=250,
        help_text=_("Says what happened, in one line and not in capitals."),
    )
    slug = models.SlugField(
        _("slug"),
        max_length=80,
        blank=True,
        help_text=_("Part of the address. Left empty, it is made from the title."),
    )
    lead = models.TextField(
        _("lead"), blank=True, help_text=_("Two or three sentences that can stand alone in a list.")
    )
    body = RichTextField(
        _("text"),
        blank=True,
        help_text=_(
            "A line that holds only [Photo 1] marks where photo 1 stands; "
            "photos without such a line follow the text."
        ),
    )
    author_line = models.CharField(
        _("author"), max_length=120, blank=True, help_text=_("As it is to be read under the text.")
    )
    dated = models.DateField(
        _("date of the article"),
        null=True,
        blank=True,
        help_text=_(
            "Only for an older report that shall carry its own date. "
            "Left empty, it is the day of publication. Example: 28/12/2021"
        ),
    )
    source = models.CharField(
        _("source"), max_length=160, blank=True, help_text=_("Where a taken-over text comes from.")
    )
    lead_photo = models.ForeignKey(
        Photo,
        verbose_name=_("photo of the card"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Left empty, lists show the article without a photo."),
    )
    notice_level = models.PositiveSmallIntegerField(
        _("notice level"), choices=NoticeLevel, default=NoticeLevel.ORDINARY
    )
    is_pinned = models.BooleanField(
        _("pinned"), default=False, help_text=_("Stays on top of its list.")
    )
    ends_at = models.DateTimeField(
        _("ends at"),
        null=True,
        blank=True,
        help_text=_("From then on a notice leaves the list; its address stays."),
    )
    leaves_when_ended = models.BooleanField(
        _("leaves the lists when it has ended"),
        default=True,
        help_text=_("Without the tick it stays in its list, marked as ended."),
    )
    related: models.ManyToManyField[Article, Any] = models.ManyToManyField(
        Article,
        verbose_name=_("related articles"),
        blank=True,
        related_name="+",
        help_text=_("Shown under the text, before those that share a tag."),
    )
    change_note = models.CharField(
        _("change note"),
        max_length=300,
        blank=True,
        help_text=_("What this edition changes; readers see it in the list of updates."),
    )
    change_kind = models.CharField(
        _("kind of change"), max_length=10, choices=ChangeKind, default=ChangeKind.UPDATE
    )
    is_minor = models.BooleanField(
        _("minor change"),
        default=False,
        help_text=_("A slip of the pen: not in the list of updates."),
    )

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    live_from = models.DateTimeField(_("live from"), null=True, blank=True)
    live_until = models.DateTimeField(_("live until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    edited_at = models.DateTimeField(_("edited at"), auto_now=True)
    edited_by = _staff(_("edited by"))
    # Everybody whose words may stand in it: none of them may approve it.
    editors: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", editable=False, blank=True
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    submitted_by = _staff(_("submitted by"))
    # When and by whom the button was pressed; `live_from` may lie elsewhere.
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    published_by = _staff(_("published by"))
    approved_by = _staff(_("approved by"))
    urgent_reason = models.CharField(
        _("why it was published before approval"), max_length=300, blank=True, editable=False
    )
    withdrawal = models.CharField(
        _("reason for withdrawing"), max_length=10, choices=Withdrawal, blank=True, editable=False
    )
    withdrawal_note = models.CharField(
        _("explanation for readers"), max_length=300, blank=True, editable=False
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    withdrawn_by = _staff(_("withdrawn by"))
    merged_into = models.ForeignKey(
        Article, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    # What a dropped document was taken to mean; the form marks it as proposed.
    suggestions = models.JSONField(default=list, editable=False, blank=True)

    # What follows from the article and from `dated`, so that a list of 100,000 is read from one index.
    language = models.CharField(_("language"), max_length=5, editable=False)
    listed_at = models.DateTimeField(null=True, editable=False)
    # Of lead and text, which is their length in Vietnamese.
    syllables = models.PositiveIntegerField(editable=False, default=0)
    # Title, lead and text without accents, between spaces: what search compares with.
    folded = models.TextField(editable=False, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-pk"]
        permissions = [
            ("edit_others", _("Can change what others wrote")),
            ("publish_edition", _("Can approve, publish and withdraw")),
            ("publish_urgently", _("Can publish before approval where the category allows it")),
            ("empty_trash", _("Can delete articles for good")),
            ("share_edition", _("Can make links for comments")),
            ("export_edition", _("Can export the report of articles")),
        ]
        indexes = [
            # Both with all that decides whether a row stands in a list: what a page of a high number
            # leaves out is counted without being read.
            models.Index(
                "language", F("listed_at").desc(), F("article_id").desc(), "category",
                "live_from", "live_until", "ends_at", "leaves_when_ended", "state", "id",
                condition=Q(state="approved"), name="news_list",
            ),
            models.Index(
                "category", "language", F("listed_at").desc(), F("article_id").desc(),
                "live_from", "live_until", "ends_at", "leaves_when_ended", "state", "id",
                condition=Q(state="approved"), name="news_category_list",
            ),
            models.Index(
                "category", "language", "ends_at",
                condition=Q(state="approved"), name="news_notice_ends",
            ),
            models.Index(
                "category", "language", condition=Q(state="approved", leaves_when_ended=False),
                name="news_notice_stays",
            ),
            models.Index(
                "category", "language", F("is_pinned").desc(), "notice_level",
                F("listed_at").desc(), F("article_id").desc(),
                condition=Q(state="approved", ends_at__isnull=True), name="news_notice_unended",
            ),
            # For the next instant at which the clock changes what is public (`news.instants`).
            models.Index("live_from", condition=Q(state="approved"), name="news_begins"),
            models.Index(
                "live_until",
                condition=Q(state="approved", live_until__isnull=False), name="news_goes",
            ),
            models.Index(
                "ends_at", condition=Q(state="approved", ends_at__isnull=False), name="news_ends"
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(live_until=None) | Q(live_until__gt=F("live_from")),
                name="news_edition_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(live_from__isnull=False, listed_at__isnull=False),
                name="news_approved_edition_has_its_times",
            ),
            models.UniqueConstraint(
                "article",
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="news_one_waiting_edition_per_article",
            ),
            NoOverlap(
                name="news_editions_do_not_overlap",
                group="article",
                start="live_from",
                end="live_until",
                state="state",
                states=[State.APPROVED],
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_derived()
        super().save(*args, **kwargs)

    def fill_derived(self) -> None:
        """What follows from other fields; a bulk write calls it for each row."""
        self.slug = self.slug or slugify(self.title)
        self.language = self.article.language
        self.listed_at = self.article.first_published_at
        if self.dated is not None:
            self.listed_at = timezone.make_aware(datetime.combine(self.dated, time()))
        text = f"{self.lead} {plain_text(self.body)}"
        self.syllables = count_syllables(text)
        self.folded = f" {fold(f'{self.title} {text}')} "

    def get_absolute_url(self) -> str:
        return address("news:article", self.slug or "-", self.article_id, language=self.language)

    @property
    def reading_minutes(self) -> int:
        """How long lead and text take to read, in whole minutes, one at least."""
        return max(1, round(self.syllables / SYLLABLES_A_MINUTE))

    @property
    def is_ended(self) -> bool:
        return self.ends_at is not None and self.ends_at <= timezone.now()

    @property
    def owes_approval(self) -> bool:
        return bool(self.urgent_reason) and self.approved_by_id is None

    @property
    def audio(self) -> File | None:
        """The article read aloud, where staff have attached it."""
        files = (each.file for each in self.attachments.all())
        return next((each for each in files if each.extension in SOUND), None)

    @property
    def is_notice(self) -> bool:
        return self.category.is_notice_board

    def is_live(self, at: datetime | None = None) -> bool:
        now = at or timezone.now()
        begun = self.live_from is not None and self.live_from <= now
        return self.state == State.APPROVED and begun and not self.is_over(now)

    def is_over(self, at: datetime) -> bool:
        return self.live_until is not None and self.live_until <= at


class Describing(models.TextChoices):
    """How a reader who cannot see it learns what a photo shows."""

    DESCRIBED = "described", _("photo description")
    CAPTION = "caption", _("The caption is enough")
    DECORATIVE = "decorative", _("decorative photo (needs no description)")


class EditionPhoto(models.Model):
    """A photo in an article, with what is said under it there."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="photos")
    photo = models.ForeignKey(
        Photo,
        verbose_name=_("photo"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="uses",
    )
    position = models.PositiveSmallIntegerField(_("number"), default=1)
    caption = models.CharField(_("photo caption"), max_length=400, blank=True)
    description = models.CharField(
        _("photo description"),
        max_length=300,
        blank=True,
        help_text=_("For this article; left empty, the description of the library holds."),
    )
    describing = models.CharField(
        _("for readers who cannot see it"),
        max_length=10,
        choices=Describing,
        blank=True,
        help_text=_("One of the three must be chosen before publishing."),
    )

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.caption or str(_("Photo %s") % self.position)

    @property
    def is_described(self) -> bool:
        """Whether one of the three choices is made, so that nobody is left without."""
        match self.describing:
            case Describing.DECORATIVE:
                return True
            case Describing.CAPTION:
                return bool(self.caption)
        return bool(self.alt)

    @property
    def alt(self) -> str:
        if self.describing in (Describing.CAPTION, Describing.DECORATIVE) or self.photo is None:
            return ""
        return self.description or self.photo.description


class Attachment(models.Model):
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(
        File, verbose_name=_("file"), on_delete=models.PROTECT, related_name="uses"
    )
    title = models.CharField(
        _("title"), max_length=250, help_text=_("Example: “Notice 12/TB-BQL of 3 May 2026”")
    )
    position = models.PositiveSmallIntegerField(_("number"), default=1)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

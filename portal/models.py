from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import Appointment
from editing import written
from editing.addresses import address
from editing.models import Photo
from editing.richtext import RichTextField
from editing.slugs import KeepsOldSlugs
from editing.versions import Versioned
from news.models import Article
from portal import colours
from portal.alerts import models as _of_alerts  # noqa: F401

# Django finds the models of an app here.
__all__ = [
    *(
        "Agency",
        "Destination",
        "Emergency",
        "FileText",
        "Link",
        "LinkGroup",
        "Mention",
        "MenuItem",
        "MissingAddress",
    ),
    *(
        "Page",
        "PageQuerySet",
        "Place",
        "ROUTES",
        "Redirect",
        "SearchDocument",
        "SearchWord",
        "Task",
    ),
    *("TaskQuerySet",),
]


class Agency(models.Model):
    """Whose portal this is: one row, so that no name stands in a template."""

    name = models.CharField(_("name of the agency"), max_length=150)
    short_name = models.CharField(
        _("short name"), max_length=40, blank=True, help_text=_("Example: “BQL KKT”")
    )
    superior = models.CharField(
        _("superior body"),
        max_length=150,
        blank=True,
        help_text=_("The line above the name in the header. Example: “UBND tỉnh”"),
    )
    emblem = models.ForeignKey(
        Photo,
        verbose_name=_("emblem"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Left empty, the header shows a neutral line mark."),
    )
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write it as # and six digits."))],
        help_text=_("Example: “#0a4b6b”. It must be dark enough to read white text on it."),
    )
    person_responsible = models.CharField(
        _("person responsible for the content"), max_length=150, blank=True
    )
    license = models.CharField(
        _("licence of the portal"),
        max_length=200,
        blank=True,
        help_text=_("Number, date and issuer, if the portal has one."),
    )
    set_up_on = models.DateField(
        _("published since"),
        null=True,
        blank=True,
        help_text=_(
            "Until a date stands here the site says “Trial run” and asks robots to stay away."
        ),
    )
    maintenance_from = models.DateTimeField(
        _("maintenance from"),
        null=True,
        blank=True,
        help_text=_(
            "Enter it eight working days ahead: readers are told during the seven working days "
            "before. While it lasts they read on, and staff can save nothing."
        ),
    )
    maintenance_until = models.DateTimeField(_("maintenance until"), null=True, blank=True)
    first_content_at = models.DateTimeField(null=True, editable=False)
    has_samples = models.BooleanField(default=False, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agency")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="portal_there_is_one_agency"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.accent and not colours.is_readable_accent(self.accent):
            raise ValidationError(
                {
                    "accent": _(
                        "White text on this colour would be hard to read: choose a darker one."
                    )
                }
            )
        self._check_maintenance()

    def _check_maintenance(self) -> None:
        start, end = self.maintenance_from, self.maintenance_until
        if (start is None) != (end is None):
            missing = "maintenance_from" if start is None else "maintenance_until"
            raise ValidationError({missing: _("Enter both, or neither.")})
        if start is not None and end is not None and end <= start:
            raise ValidationError({"maintenance_until": _("The end comes after the beginning.")})

    @property
    def shows_maintenance(self) -> bool:
        from portal.maintenance import is_announced

        return is_announced(self, timezone.now())

    @classmethod
    def load(cls) -> Self:
        """The agency, made with neutral values if it is not there yet."""
        row, _made = cls.objects.get_or_create(
            pk=1,
            defaults={
                "name_vi": "Cổng thông tin điện tử",
                "name_en": "Public information portal",
            },
        )
        return row

    @property
    def is_trial(self) -> bool:
        return self.set_up_on is None


class PageQuerySet(models.QuerySet["Page"]):
    def public(self) -> Self:
        return self.filter(is_public=True)


class Page(KeepsOldSlugs, Versioned):
    """A text without a date: about the agency, privacy, accessibility."""

    slug_field = "path"

    title = models.CharField(_("title"), max_length=150)
    path = models.CharField(
        _("address"),
        max_length=120,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z0-9-]+(/[a-z0-9-]+)*$",
                _("Small letters without dấu, digits and hyphens; a slash between two parts."),
            )
        ],
        help_text=_("Example: “gioi-thieu/chuc-nang”"),
    )
    summary = models.CharField(
        _("summary"),
        max_length=250,
        blank=True,
        help_text=_("One sentence for cards and search engines."),
    )
    body = RichTextField(_("text"), blank=True)
    is_public = models.BooleanField(_("public"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=100)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address("page", self.path)


class Destination(models.TextChoices):
    """What a menu entry leads to, other than a page or a link."""

    HOME = "home", _("home page")
    NEWS = "news", _("news")
    NOTICES = "notices", _("notices")
    HOTLINE = "hotline", _("hotline")
    ORGANISATION = "organisation", _("organisation")
    CONTACT = "contact", _("contact")
    FEEDBACK = "feedback", _("feedback")
    STATISTICS = "statistics", _("visit statistics")
    SEARCH = "search", _("search")
    SITEMAP = "sitemap", _("site map")
    FEED = "feed", _("news feed (RSS)")
    ALERTS = "alerts", _("news by e-mail")

    @property
    def url(self) -> str:
        return address(ROUTES[self])


ROUTES: dict[str, str] = {
    Destination.HOME: "home",
    Destination.NEWS: "news:news",
    Destination.NOTICES: "news:notices",
    Destination.HOTLINE: "contacts:hotline",
    Destination.ORGANISATION: "contacts:organisation",
    Destination.CONTACT: "contacts:contact",
    Destination.FEEDBACK: "contacts:feedback",
    Destination.STATISTICS: "stats:overview",
    Destination.SEARCH: "search",
    Destination.SITEMAP: "sitemap",
    Destination.FEED: "feed",
    Destination.ALERTS: "alerts:subscribe",
}


class Place(models.TextChoices):
    MENU = "menu", _("menu")
    TASKS = "tasks", _("strip of tasks on the home page")
    CARDS = "cards", _("cards on the home page")
    FOOTER = "footer", _("footer")


class MenuItem(models.Model):
    place = models.CharField(_("place"), max_length=6, choices=Place, default=Place.MENU)
    label = models.CharField(_("label"), max_length=60)
    note = models.CharField(_("note under the label"), max_length=120, blank=True)
    destination = models.CharField(_("leads to"), max_length=12, choices=Destination, blank=True)
    page = models.ForeignKey(
        Page,
        verbose_name=_("or to the page"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
    )
    url = models.URLField(_("or to the address"), blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("menu entry")
        verbose_name_plural = _("menu entries")
        ordering = ["place", "position", "pk"]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        if [bool(self.destination), self.page is not None, bool(self.url)].count(True) != 1:
            raise ValidationError(_("Choose one: a part of the portal, a page, or an address."))


class LinkGroup(models.Model):
    title = models.CharField(_("title"), max_length=80)
    position = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("link group")
        verbose_name_plural = _("link groups")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class Link(models.Model):
    group = models.ForeignKey(LinkGroup, on_delete=models.CASCADE, related_name="links")
    title = models.CharField(_("title"), max_length=120)
    url = models.URLField(_("address"))
    position = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["group__position", "group_id", "position", "pk"]

    def __str__(self) -> str:
        return self.title


class Redirect(models.Model):
    """Leads an address of the old site, or one that has moved, to where it is now."""

    old_path = models.CharField(
        _("old address"),
        max_length=500,
        unique=True,
        validators=[RegexValidator(r"^/", _("Begin with a slash."))],
        help_text=_("Example: “/Default.aspx?id=12”"),
    )
    new_path = models.CharField(
        _("new address"),
        max_length=500,
        validators=[RegexValidator(r"^(/|https://)", _("Begin with a slash or with https://."))],
    )

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        ordering = ["old_path"]

    def __str__(self) -> str:
        return f"{self.old_path} → {self.new_path}"

    def clean(self) -> None:
        if self.old_path == self.new_path or self._next_path() == self.old_path:
            raise ValidationError({"new_path": _("This leads back to the same address.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        # One step for every reader: what led here or leads on is shortened, and no loop is made.
        self.clean()
        self.new_path = self._next_path() or self.new_path
        super().save(*args, **kwargs)
        Redirect.objects.filter(new_path=self.old_path).update(new_path=self.new_path)

    def _next_path(self) -> str | None:
        further = Redirect.objects.filter(old_path=self.new_path).exclude(pk=self.pk)
        return further.values_list("new_path", flat=True).first()


class MissingAddress(models.Model):
    """An address that readers asked for in vain."""

    path = models.CharField(_("address"), max_length=200, unique=True)
    count = models.PositiveIntegerField(_("how often"), default=0)
    last_at = models.DateTimeField(_("last asked for at"), default=timezone.now)

    class Meta:
        verbose_name = _("missing address")
        verbose_name_plural = _("missing addresses")
        ordering = ["-count", "path"]

    def __str__(self) -> str:
        return self.path


class TaskQuerySet(models.QuerySet["Task"]):
    def take_due(self, worker: str, *, now: datetime, lease: timedelta) -> Task | None:
        """Leases the task that has waited longest, or none.

        The conditional update decides between two runners; a lease that ran out with its runner
        dead is taken over.
        """
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        for task in self.filter(free, due_at__lte=now).order_by("due_at")[:5]:
            rows = self.filter(free, pk=task.pk, due_at=task.due_at)
            if rows.update(leased_until=now + lease, leased_by=worker):
                return task
        return None


class Task(models.Model):
    """Something that the runner does again and again; its name is that of a function in
    `portal.tasks`."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    due_at = models.DateTimeField(_("due at"))
    leased_until = models.DateTimeField(null=True, blank=True)
    leased_by = models.CharField(max_length=80, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("recurring task")
        verbose_name_plural = _("recurring tasks")
        ordering = ["due_at"]

    def __str__(self) -> str:
        return self.name

    def finish(self, *, every: timedelta, error: str = "") -> None:
        now = timezone.now()
        self.finished_at = now
        self.due_at = now + every
        self.leased_until, self.leased_by, self.error = None, "", error
        self.save()


class Mention(models.Model):
    """An official in an article, by the appointment that he or she held on that day."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="mentions")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="mentions")

    class Meta:
        verbose_name = _("official in an article")
        verbose_name_plural = _("officials in articles")
        constraints = [
            models.UniqueConstraint(
                fields=["article", "appointment"], name="portal_one_mention_of_an_official"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment} – {self.article}"


class BackupQuerySet(models.QuerySet["Backup"]):
    def latest_proven(self) -> Backup | None:
        return self.exclude(proven_at=None).order_by("-made_at").first()

    def latest_failure(self) -> Backup | None:
        """The failure since which none has succeeded."""
        return self.filter(name="").first()


class Backup(models.Model):
    """A backup in the storage, or, without a name, the latest attempt that failed."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    made_at = models.DateTimeField(_("made at"))
    size = models.BigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    proven_at = models.DateTimeField(_("restored on trial at"), null=True)
    problem = models.TextField(_("problem"), blank=True)

    objects = BackupQuerySet.as_manager()

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name or self.problem


class EmergencyQuerySet(models.QuerySet["Emergency"]):
    def current(self, at: datetime | None = None) -> Self:
        now = at or written.now()
        return self.filter(starts_at__lte=now, ends_at__gt=now)


def _in_a_day() -> datetime:
    return timezone.now() + timedelta(days=1)


class Emergency(models.Model):
    """What stands over every page while people may be in danger; a save takes effect at once."""

    headline = models.CharField(
        _("headline"),
        max_length=150,
        help_text=_("What happens, and where. Example: “Bão số 5: đóng cảng từ 18 giờ”"),
    )
    text = models.CharField(
        _("what people should do"),
        max_length=300,
        blank=True,
        help_text=_("One or two sentences: what to do, what to leave, whom to call."),
    )
    url = models.CharField(
        _("address of more about it"),
        max_length=200,
        blank=True,
        validators=[
            RegexValidator(r"^(/(?!/)|https://)", _("Begin with a slash or with https://."))
        ],
    )
    starts_at = models.DateTimeField(_("shown from"), default=timezone.now)
    ends_at = models.DateTimeField(
        _("shown until"),
        default=_in_a_day,
        help_text=_("It goes by itself at this moment; take it down earlier, or make it longer."),
    )

    objects = EmergencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency information")
        verbose_name_plural = _("emergency information")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="portal_emergency_ends_after_it_begins",
                violation_error_message=_("The period ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    @property
    def is_current(self) -> bool:
        return self.starts_at <= timezone.now() < self.ends_at

    def take_down(self) -> None:
        """Ends it now; of what has not begun nothing is left to show either."""
        now = timezone.now()
        self.starts_at = min(self.starts_at, now - timedelta(seconds=1))
        self.ends_at = min(self.ends_at, now)
        self.save(update_fields=["starts_at", "ends_at"])

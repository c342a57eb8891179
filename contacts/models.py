from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contacts import phones
from contacts.messages import phone_error_message
from contacts.reach import from_json, rows_as_json
from contacts.slugs import fill_slugs
from editing import written
from editing.addresses import address
from editing.intervals import NoOverlap
from editing.models import Photo
from editing.translated import text_of
from editing.versions import Versioned
from vietnamese.folding import fold
from vietnamese.sorting import name_sort_key

# After this time somebody is asked whether the entry is still true.
CONFIRMATION_LASTS = timedelta(days=180)

# What of them is shown.
_NUMBER_FIELDS = ("raw", "kind", "e164", "extension", "dial", "label", "languages")
_CHANNEL_FIELDS = ("kind", "value", "label")


class Entry(Versioned):
    """A row of the directory. Every save makes the version one higher, not only those of forms: who
    has the form open while somebody is succeeded must not write the old state back."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            self.version += 1
        super().save(*args, **kwargs)


class Confirmable(models.Model):
    """An entry that is public and says whether, and when, somebody found it true."""

    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    reminded_on = models.DateField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_on is not None

    @property
    def is_stale(self) -> bool:
        """Confirmed, but so long ago that it should be looked at again."""
        day = self.confirmed_on
        return day is not None and day <= timezone.localdate() - CONFIRMATION_LASTS

    def confirm(self, *, by: Any) -> None:
        self.confirmed_on, self.confirmed_by = timezone.localdate(), by
        self.save()


class HasNumbers(models.Model):
    """Owns phone numbers; `contacts.phonebook` makes them of what was typed in one field."""

    numbers_as_typed = models.TextField(_("phone numbers"), blank=True)

    class Meta:
        abstract = True

    @property
    def typed_numbers(self) -> str:
        """What staff typed; for numbers that came in one by one, each in its own line."""
        if self.numbers_as_typed or self.pk is None:
            return self.numbers_as_typed
        return "\n".join(number.raw for number in self.phonenumbers.all())  # type: ignore[attr-defined]

    def _numbers(self) -> list[PhoneNumber]:
        """Read with the row, if the query asked for them, or now."""
        if "number_rows" in self.__dict__:
            return from_json(PhoneNumber, self.__dict__["number_rows"])
        return list(self.phonenumbers.public())  # type: ignore[attr-defined]

    def _channels(self) -> list[Channel]:
        if "channel_rows" in self.__dict__:
            return from_json(Channel, self.__dict__["channel_rows"])
        return list(self.channels.public())  # type: ignore[attr-defined]

    @cached_property
    def public_numbers(self) -> list[PhoneNumber]:
        return self._numbers()

    @cached_property
    def public_channels(self) -> list[Channel]:
        return self._channels()


class UnitQuerySet(models.QuerySet["Unit"]):
    def for_display(self) -> Self:
        """With the public numbers and channels, all in one query."""
        return self.annotate(
            number_rows=rows_as_json(PhoneNumber.objects.public(), *_NUMBER_FIELDS, unit="pk"),
            channel_rows=rows_as_json(Channel.objects.public(), *_CHANNEL_FIELDS, unit="pk"),
        )


class Unit(Confirmable, HasNumbers, Entry):
    """A part of the agency. The root is the agency itself and owns address, hours and numbers."""

    parent = models.ForeignKey(
        "self",
        verbose_name=_("belongs to"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    name = models.CharField(_("name"), max_length=150, help_text=_("Example: “Office”"))
    slug = models.SlugField(
        _("address of the page"),
        max_length=80,
        unique=True,
        null=True,
        blank=True,
        help_text=_("Made of the name when left empty. Changing it breaks links from elsewhere."),
    )
    functions = models.TextField(_("functions and duties"), blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    hours = models.CharField(
        _("opening hours"),
        max_length=250,
        blank=True,
        help_text=_(
            "Written by the portal when the hours are entered below. "
            "Example: “Monday to Friday, 7:30–11:30 and 13:30–17:00”"
        ),
    )
    map_url = models.URLField(_("link to a map"), blank=True)
    is_information_contact = models.BooleanField(
        _("contact point for information requests"),
        default=False,
        help_text=_("The law on access to information asks for one; name it once."),
    )
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("keeps these entries true"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Gets the reminders, also for the units below that name nobody."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                F("is_information_contact"),
                condition=Q(is_information_contact=True),
                name="contacts_one_information_contact",
                violation_error_message=_(
                    "Another unit is the contact point for information requests already."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        fill_slugs(self, "name")
        super().save(*args, **kwargs)

    def clean(self) -> None:
        above, seen = self.parent, {self.pk}
        while above is not None:
            if above.pk in seen:
                raise ValidationError(
                    {"parent": _("A unit cannot belong to itself or to a unit below it.")}
                )
            seen.add(above.pk)
            above = above.parent

    def get_absolute_url(self) -> str:
        return address("contacts:unit", self.slug)


class Post(HasNumbers, Entry):
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="posts"
    )
    title = models.CharField(_("title"), max_length=120, help_text=_("Example: “Chief of Office”"))
    rank = models.PositiveSmallIntegerField(
        _("rank"), default=100, help_text=_("The smallest number stands first in every list.")
    )
    has_one_seat = models.BooleanField(
        _("held by one person at a time"),
        default=True,
        help_text=_("Take the tick away for a post such as Deputy Head, which several may hold."),
    )

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["rank", "pk"]

    def __str__(self) -> str:
        return self.title

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        # What the database compares follows the post.
        self.appointments.update(seat=self.pk if self.has_one_seat else None)

    def clean(self) -> None:
        if not (self.pk and self.has_one_seat):
            return
        rows = list(self.appointments.select_related("person"))
        for row in rows:
            row.post = self
            if other := row.other_holders().first():
                names = {"one": row.person, "other": other.person}
                raise ValidationError(
                    {"has_one_seat": _("%(one)s and %(other)s hold it at the same time.") % names}
                )


def _label(choices: type[models.TextChoices], value: str) -> str:
    """As Django's own `get_…_display`, which makes a dictionary of all labels each time."""
    try:
        return str(choices(value).label)
    except ValueError:
        return value


class Honorific(models.TextChoices):
    MR = "mr", _("Mr")
    MS = "ms", _("Ms")


class Person(Entry):
    honorific = models.CharField(_("honorific"), max_length=2, choices=Honorific, blank=True)
    name = models.CharField(_("full name"), max_length=120)
    portrait = models.ForeignKey(
        Photo,
        verbose_name=_("portrait"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="portraits",
    )
    biography = models.TextField(_("short biography"), blank=True)
    duties = models.TextField(_("duties"), blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.full_name

    def get_honorific_display(self) -> str:  # type: ignore[no-redef]
        return _label(Honorific, self.honorific)

    @property
    def full_name(self) -> str:
        """With the honorific of the reader's language: “Ông Đỗ Văn An”, “Mr Đỗ Văn An”."""
        return f"{self.get_honorific_display()} {self.name}".strip()

    @property
    def sort_key(self) -> Any:
        """As Vietnamese sort names: by the given name, which stands last."""
        return name_sort_key(self.name)

    @property
    def plain_name(self) -> str:
        """Without dấu, for readers who cannot type or say them."""
        return " ".join(word.capitalize() for word in fold(self.name).split())


class AppointmentKind(models.TextChoices):
    FULL = "full", _("in full")
    ACTING = "acting", _("acting")
    IN_CHARGE = "in_charge", _("in charge")
    CONCURRENT = "concurrent", _("concurrently")


# How a post is called that is held like this.
_HELD_AS: dict[str, Any] = {
    AppointmentKind.ACTING: _("Acting %s"),
    AppointmentKind.IN_CHARGE: _("In charge as %s"),
    AppointmentKind.CONCURRENT: _("%s (concurrently)"),
}


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """The one place where it is decided who holds a post in public."""

    def current(self, on: date | None = None) -> Self:
        """Who holds a post on that day (today in Vietnam, if none is given)."""
        day = on or written.today()
        return self.filter(
            Q(started_on=None) | Q(started_on__lte=day), Q(ended_on=None) | Q(ended_on__gt=day)
        )

    def on_hotline(self, on: date | None = None) -> Self:
        return self.current(on).filter(is_on_hotline=True).by_rank()

    def by_rank(self) -> Self:
        return self.order_by("post__rank", "position", "pk")

    def for_display(self) -> Self:
        """With person, post, stand-in, and the public numbers and channels: all in one query."""
        owners = {"appointment": "pk", "post": "post_id"}
        return self.select_related(
            "person__portrait", "post__unit", "stand_in__person", "stand_in__post__unit"
        ).annotate(
            number_rows=rows_as_json(PhoneNumber.objects.public(), *_NUMBER_FIELDS, **owners),
            channel_rows=rows_as_json(Channel.objects.public(), *_CHANNEL_FIELDS, **owners),
        )

    def former(self, on: date | None = None) -> Self:
        """Who has left a post, the latest first."""
        return self.filter(ended_on__lte=on or timezone.localdate()).order_by("-ended_on", "pk")

    def to_confirm(self, on: date | None = None) -> Self:
        """Public entries that nobody confirmed, or not for a long time."""
        day = on or timezone.localdate()
        return self.current(day).filter(
            Q(confirmed_on=None) | Q(confirmed_on__lte=day - CONFIRMATION_LASTS)
        )


class Appointment(Confirmable, HasNumbers, Entry):
    """A person in a post, from one day up to (not including) another."""

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="appointments"
    )
    post = models.ForeignKey(
        Post, verbose_name=_("post"), on_delete=models.PROTECT, related_name="appointments"
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=AppointmentKind, default=AppointmentKind.FULL
    )
    decision = models.CharField(
        _("decision"),
        max_length=120,
        blank=True,
        help_text=_("Number and date. Example: “Decision 12/QĐ-UBND of 3 May 2026”"),
    )
    started_on = models.DateField(_("in the post since"), null=True, blank=True)
    ended_on = models.DateField(
        _("left the post on"),
        null=True,
        blank=True,
        help_text=_("From this day on the entry is shown nowhere as current."),
    )
    stand_in = models.ForeignKey(
        "self",
        verbose_name=_("stand-in"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="stands_in_for",
        help_text=_("Whom to call while this official is away."),
    )
    absent_from = models.DateField(_("away from"), null=True, blank=True)
    absent_until = models.DateField(_("away up to and including"), null=True, blank=True)
    is_on_hotline = models.BooleanField(_("on the hotline"), default=False)
    position = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("Among people of the same rank.")
    )
    # The post, where it has one seat: what the database compares to keep holders apart.
    seat = models.BigIntegerField(null=True, editable=False)
    old_page_on = models.DateField(
        _("from the old site's page of"), null=True, blank=True, editable=False
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["post__rank", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gt=F("started_on")),
                name="contacts_appointment_ends_after_it_begins",
                violation_error_message=_("The last day stands before the first."),
            ),
            models.CheckConstraint(
                condition=Q(absent_from=None)
                | Q(absent_until=None)
                | Q(absent_until__gte=F("absent_from")),
                name="contacts_absence_ends_after_it_begins",
                violation_error_message=_("The absence ends before it begins."),
            ),
            NoOverlap(
                name="contacts_one_holder_of_a_seat",
                group="seat",
                start="started_on",
                end="ended_on",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} – {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.seat = self.post_id if self.post.has_one_seat else None
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.stand_in is not None and self.stand_in.pk == self.pk:
            raise ValidationError({"stand_in": _("Nobody stands in for himself or herself.")})
        if not (self.post_id and self.post.has_one_seat):
            return
        if other := self.other_holders().first():
            names = {"post": self.post, "person": other.person}
            raise ValidationError(
                {
                    "post": ValidationError(
                        _(
                            "%(post)s is held by %(person)s in that time. "
                            "Write first when he or she left the post."
                        )
                        % names,
                        code="held",
                    )
                }
            )

    def other_holders(self) -> AppointmentQuerySet:
        """Who else holds this post at some time of this appointment, whatever the kind."""
        constraint = next(each for each in self._meta.constraints if isinstance(each, NoOverlap))
        others = Appointment.objects.filter(post=self.post).exclude(pk=self.pk)
        return others.filter(constraint.overlapping(self.started_on, self.ended_on))

    @property
    def title(self) -> str:
        """The post as it is held: “Trưởng ban”, “Quyền Trưởng ban”."""
        return self._held_as % self.post.title

    @property
    def marked_title(self) -> str:
        """The same as HTML, its language marked where it is not that of the page."""
        title = text_of(self.post, "title")
        held_as = self._held_as
        return title if held_as == "%s" else format_html(held_as.replace("%s", "{}"), title)

    @property
    def _held_as(self) -> str:
        return str(_HELD_AS.get(self.kind, "%s"))

    def is_current(self, on: date | None = None) -> bool:
        day = on or timezone.localdate()
        begun = self.started_on is None or self.started_on <= day
        return begun and (self.ended_on is None or self.ended_on > day)

    @property
    def is_away(self) -> bool:
        day = timezone.localdate()
        begun = self.absent_from is not None and self.absent_from <= day
        return begun and (self.absent_until is None or self.absent_until >= day)

    @property
    def current_stand_in(self) -> Appointment | None:
        other = self.stand_in
        return other if other is not None and other.is_current() else None

    @cached_property
    def public_numbers(self) -> list[PhoneNumber]:
        """Those of the person in the post, then those of the post itself, each once."""
        has_rows = "number_rows" in self.__dict__
        numbers = self._numbers() if has_rows else [*self._numbers(), *self.post._numbers()]
        return list({number.uri: number for number in reversed(numbers)}.values())[::-1]

    @cached_property
    def public_channels(self) -> list[Channel]:
        has_rows = "channel_rows" in self.__dict__
        channels = self._channels() if has_rows else [*self._channels(), *self.post._channels()]
        return list({channel.value: channel for channel in reversed(channels)}.values())[::-1]

    @property
    def as_text(self) -> str:
        """Name, post and numbers in a few lines, to paste into a letter or a message."""
        lines = [f"{self.person.full_name} – {self.title}", self.post.unit.name]
        lines += [number.shown_in_full for number in self.public_numbers]
        return "\n".join([*lines, *[channel.value for channel in self.public_channels]])

    def get_absolute_url(self) -> str:
        return address("contacts:person", self.person_id)


class ChannelQuerySet(models.QuerySet[Any]):
    def public(self, on: date | None = None) -> Self:
        day = on or written.today()
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_until=None) | Q(valid_until__gt=day),
            is_public=True,
        )


class OwnedChannel(models.Model):
    """What reaches a unit, a post or whoever holds it: exactly one of the three owns it."""

    unit = models.ForeignKey(
        Unit, on_delete=models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )
    post = models.ForeignKey(
        Post, on_delete=models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )
    label = models.CharField(_("label"), max_length=60, blank=True)
    is_public = models.BooleanField(
        _("public"), default=True, help_text=_("Without the tick only staff see it.")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("From this day on it is not shown.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    @staticmethod
    def has_one_owner(name: str) -> models.CheckConstraint:
        owners = ("unit", "post", "appointment")
        one_of_them = Q()
        for owner in owners:
            nobody_else = {f"{other}__isnull": True for other in owners if other != owner}
            one_of_them |= Q(**{f"{owner}__isnull": False}, **nobody_else)
        return models.CheckConstraint(condition=one_of_them, name=name)


class NumberKind(models.TextChoices):
    LANDLINE = "landline", _("landline")
    MOBILE = "mobile", _("mobile")
    FAX = "fax", _("fax")
    SHORT = "short", _("short number")
    TOLL = "toll", _("service number")


# Those of the investors who write to the authority.
SPOKEN_LANGUAGES = [
    ("vi", pgettext_lazy("spoken", "Vietnamese")),
    ("en", pgettext_lazy("spoken", "English")),
    ("ko", pgettext_lazy("spoken", "Korean")),
    ("ja", pgettext_lazy("spoken", "Japanese")),
    ("zh", pgettext_lazy("spoken", "Chinese")),
]


class PhoneNumber(OwnedChannel):
    raw = models.CharField(
        _("number"), max_length=120, help_text=_("As you would write it. Example: “0257 3503 168”")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=NumberKind, editable=False)
    # E.164, empty for short codes, which are dialled as they are.
    e164 = models.CharField(max_length=20, blank=True, editable=False)
    extension = models.CharField(max_length=10, blank=True, editable=False)
    dial = models.CharField(max_length=20, editable=False)
    languages = models.CharField(
        _("languages spoken"),
        max_length=40,
        blank=True,
        help_text=_("Only if the one who answers speaks more than Vietnamese."),
    )

    class Meta(OwnedChannel.Meta):
        verbose_name = _("phone number")
        verbose_name_plural = _("phone numbers")
        constraints = [OwnedChannel.has_one_owner("contacts_number_has_one_owner")]

    def __str__(self) -> str:
        return self.national

    def clean(self) -> None:
        try:
            parsed = phones.parse_numbers(self.raw)
        except phones.PhoneError as error:
            raise ValidationError({"raw": phone_error_message(error)}) from error
        if len(parsed) != 1:
            raise ValidationError({"raw": _("Write one number in each line.")})
        self.take(parsed[0])

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.dial:
            self.take(phones.parse_numbers(self.raw)[0])
        super().save(*args, **kwargs)

    def take(self, parsed: phones.ParsedNumber) -> None:
        """Fills what follows from the number as it was typed."""
        self.kind, self.e164 = parsed.kind, parsed.e164
        self.extension, self.dial = parsed.extension, parsed.dial

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        return _label(NumberKind, self.kind)

    @property
    def language_codes(self) -> list[str]:
        return [code for code in self.languages.split(",") if code]

    @property
    def spoken(self) -> list[str]:
        """The languages by name, in the reader's language."""
        return [str(name) for code, name in SPOKEN_LANGUAGES if code in self.language_codes]

    @property
    def parsed(self) -> phones.ParsedNumber:
        return phones.ParsedNumber(
            raw=self.raw, kind=self.kind, e164=self.e164, extension=self.extension, dial=self.dial
        )

    @property
    def uri(self) -> str:
        return phones.tel_uri(self.parsed)

    @property
    def national(self) -> str:
        return phones.national(self.parsed)

    @property
    def shown(self) -> str:
        """Grouped as Vietnamese read it; on English pages with the country code."""
        if translation.get_language() == "vi":
            return self.national
        return phones.international(self.parsed)

    @property
    def shown_in_full(self) -> str:
        """With the extension, where nothing else says it."""
        if not self.extension:
            return self.shown
        extension = gettext("ext. %(extension)s") % {"extension": self.extension}
        return f"{self.shown} ({extension})"


class ChannelKind(models.TextChoices):
    EMAIL = "email", _("e-mail")
    ZALO = "zalo", _("Zalo")
    FACEBOOK = "facebook", _("Facebook")
    WEBSITE = "website", _("website")


class Channel(OwnedChannel):
    kind = models.CharField(_("kind"), max_length=10, choices=ChannelKind)
    value = models.CharField(
        _("address"), max_length=200, help_text=_("An e-mail address, or a link with https://.")
    )

    class Meta(OwnedChannel.Meta):
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [OwnedChannel.has_one_owner("contacts_channel_has_one_owner")]

    def __str__(self) -> str:
        return self.value

    def clean(self) -> None:
        validate = models.EmailField if self.kind == ChannelKind.EMAIL else models.URLField
        try:
            validate().run_validators(self.value)
        except ValidationError as error:
            raise ValidationError({"value": error.messages}) from error

    @property
    def uri(self) -> str:
        return f"mailto:{self.value}" if self.kind == ChannelKind.EMAIL else self.value


class Duty(Entry):
    """A matter that people come with, and who at the authority answers for it."""

    name = models.CharField(_("matter"), max_length=120, help_text=_("Example: “Investment”"))
    slug = models.SlugField(
        _("address of the page"),
        max_length=80,
        unique=True,
        null=True,
        blank=True,
        help_text=_("Made of the name when left empty. Changing it breaks links from elsewhere."),
    )
    description = models.TextField(
        _("what belongs to it"),
        blank=True,
        help_text=_("Example: “Investment registration, changes of projects, incentives.”"),
    )
    post = models.ForeignKey(
        Post,
        verbose_name=_("post that answers for it"),
        on_delete=models.PROTECT,
        related_name="duties",
        help_text=_("Whoever holds the post is shown: nothing is to change when holders do."),
    )
    holder = models.ForeignKey(
        Appointment,
        verbose_name=_("only this holder"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="duties",
        help_text=_("For a post that several hold."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("officials by matter")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        fill_slugs(self, "name")
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.holder is not None and self.post_id and self.holder.post_id != self.post_id:
            raise ValidationError({"holder": _("This official holds another post.")})

    def get_absolute_url(self) -> str:
        return address("contacts:duty", self.slug)


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OpeningHours(models.Model):
    """One span of the day, on every weekday from one to another; by the clock of Viet Nam."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), on_delete=models.CASCADE, related_name="opening_hours"
    )
    first_weekday = models.PositiveSmallIntegerField(
        _("from"), choices=Weekday, default=Weekday.MONDAY
    )
    last_weekday = models.PositiveSmallIntegerField(
        _("to"), choices=Weekday, default=Weekday.FRIDAY
    )
    opens = models.TimeField(_("opens at"))
    closes = models.TimeField(_("closes at"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["first_weekday", "opens", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="contacts_closes_after_it_opens",
                violation_error_message=_("It closes before it opens."),
            ),
            models.CheckConstraint(
                condition=Q(last_weekday__gte=F("first_weekday"), last_weekday__lte=6),
                name="contacts_weekdays_in_order",
                violation_error_message=_("The last weekday stands before the first."),
            ),
        ]

    def __str__(self) -> str:
        days = f"{self.get_first_weekday_display()} – {self.get_last_weekday_display()}"
        return f"{days}, {self.opens:%H:%M}–{self.closes:%H:%M}"


class SpecialDay(models.Model):
    """A day that differs from what the law's list of holidays says: Tết, a swapped day."""

    day = models.DateField(_("day"), unique=True)
    is_working_day = models.BooleanField(
        _("the authority works on this day"),
        default=False,
        help_text=_("With the tick: a swapped day, with the hours of a Monday."),
    )
    name = models.CharField(_("name"), max_length=120, help_text=_("Example: “Lunar New Year”"))

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} – {self.name}"

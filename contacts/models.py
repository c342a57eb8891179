from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from contacts import phones
from contacts.messages import phone_error_message
from editing.models import Photo
from vietnamese.folding import fold


class Unit(models.Model):
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
    functions = models.TextField(_("functions and duties"), blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    hours = models.CharField(
        _("opening hours"),
        max_length=250,
        blank=True,
        help_text=_("Example: “Monday to Friday, 7:30–11:30 and 13:30–17:00”"),
    )
    map_url = models.URLField(_("link to a map"), blank=True)
    is_information_contact = models.BooleanField(
        _("contact point for information requests"),
        default=False,
        help_text=_("The law on access to information asks for one; name it once."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=100)

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

    @cached_property
    def public_numbers(self) -> list[PhoneNumber]:
        return list(self.phonenumbers.public())

    @cached_property
    def public_channels(self) -> list[Channel]:
        return list(self.channels.public())


class Post(models.Model):
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


class Honorific(models.TextChoices):
    MR = "mr", _("Mr")
    MS = "ms", _("Ms")


class Person(models.Model):
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

    @property
    def full_name(self) -> str:
        """With the honorific of the reader's language: “Ông Đỗ Văn An”, “Mr Đỗ Văn An”."""
        return f"{self.get_honorific_display()} {self.name}".strip()

    @property
    def plain_name(self) -> str:
        """Without dấu, for readers who cannot type or say them."""
        return " ".join(word.capitalize() for word in fold(self.name).split())


class AppointmentKind(models.TextChoices):
    FULL = "full", _("in full")
    ACTING = "acting", _("acting")
    IN_CHARGE = "in_charge", _("in charge")
    CONCURRENT = "concurrent", _("concurrently")


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """The one place where it is decided who holds a post in public."""

    def current(self, on: date | None = None) -> Self:
        """Who holds a post on that day (today in Vietnam, if none is given)."""
        day = on or timezone.localdate()
        return self.filter(
            Q(started_on=None) | Q(started_on__lte=day), Q(ended_on=None) | Q(ended_on__gt=day)
        )

    def on_hotline(self, on: date | None = None) -> Self:
        return self.current(on).filter(is_on_hotline=True).by_rank()

    def by_rank(self) -> Self:
        return self.order_by("post__rank", "position", "pk")

    def with_numbers(self, on: date | None = None) -> Self:
        """With person, post and public numbers, in one query more."""
        numbers = PhoneNumber.objects.public(on)
        return self.select_related("person", "post__unit").prefetch_related(
            models.Prefetch("phonenumbers", queryset=numbers, to_attr="public_numbers")
        )


class Appointment(models.Model):
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
    )
    is_on_hotline = models.BooleanField(_("on the hotline"), default=False)
    position = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("Among people of the same rank.")
    )
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
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
        ]

    def __str__(self) -> str:
        return f"{self.person} – {self.post}"

    def clean(self) -> None:
        if self.post_id and self.post.has_one_seat and self._other_holders().exists():
            raise ValidationError(
                {
                    "post": _(
                        "%(post)s is held by %(person)s in that time. "
                        "Write first when he or she left the post."
                    )
                    % {"post": self.post, "person": self._other_holders()[0].person}
                }
            )

    def _other_holders(self) -> AppointmentQuerySet:
        """Who else holds this post at some time of this appointment."""
        others = Appointment.objects.filter(post=self.post).exclude(pk=self.pk)
        others = others.exclude(kind=AppointmentKind.CONCURRENT)
        if self.started_on:
            others = others.filter(Q(ended_on=None) | Q(ended_on__gt=self.started_on))
        if self.ended_on:
            others = others.filter(Q(started_on=None) | Q(started_on__lt=self.ended_on))
        return others

    @property
    def title(self) -> str:
        """The post as it is held: “Trưởng ban”, “Quyền Trưởng ban”."""
        if self.kind == AppointmentKind.ACTING:
            return _("Acting %s") % self.post.title
        if self.kind == AppointmentKind.IN_CHARGE:
            return _("In charge as %s") % self.post.title
        return self.post.title

    def is_current(self, on: date | None = None) -> bool:
        day = on or timezone.localdate()
        begun = self.started_on is None or self.started_on <= day
        return begun and (self.ended_on is None or self.ended_on > day)

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_on is not None

    @cached_property
    def public_numbers(self) -> list[PhoneNumber]:
        return list(self.phonenumbers.public())

    def get_absolute_url(self) -> str:
        return reverse("contacts:person", args=[self.person_id])


class ChannelQuerySet(models.QuerySet[Any]):
    def public(self, on: date | None = None) -> Self:
        day = on or timezone.localdate()
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


class PhoneNumber(OwnedChannel):
    raw = models.CharField(
        _("number"), max_length=80, help_text=_("As you would write it. Example: “0257 3503 168”")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=NumberKind, editable=False)
    # E.164, empty for short codes, which are dialled as they are.
    e164 = models.CharField(max_length=20, blank=True, editable=False)
    extension = models.CharField(max_length=10, blank=True, editable=False)
    dial = models.CharField(max_length=20, editable=False)

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

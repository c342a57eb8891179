from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance
from django.forms.widgets import Script
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contacts import phones
from contacts.models import (
    SPOKEN_LANGUAGES,
    Appointment,
    AppointmentKind,
    Honorific,
    Person,
    PhoneNumber,
    Post,
)
from contacts.phonebook import LONGEST_TEXT, check_numbers
from editing.opened import OpenedForm
from vietnamese.folding import fold
from vietnamese.normalizing import clean_line


def chips_context(text: str) -> dict[str, Any]:
    """What was read in the text, for the chips under the field."""
    numbers, errors = check_numbers(text)
    has_old = any(number.replaces for number in numbers)
    return {
        "numbers": [
            {
                "shown": phones.national(number),
                "international": phones.international(number) if number.e164 else "",
                "number": number,
                "kind": PhoneNumber(kind=number.kind).get_kind_display(),
            }
            for number in numbers
        ],
        "errors": errors,
        "renewed": phones.renew_text(text) if has_old else "",
    }


class NumbersWidget(forms.Textarea):
    """A field for all numbers, and under it the numbers that were read in it, as chips."""

    class Media:
        # A module waits for the page that it works on.
        js = (Script("staff/numbers.js", type="module"),)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        field = super().render(name, value, attrs, renderer)
        context = {"field": field, **chips_context(value or "")}
        return render_to_string("admin/contacts/numbers_widget.html", context)


class NumbersField(forms.CharField):
    widget = NumbersWidget

    def __init__(self) -> None:
        super().__init__(
            label=_("Phone numbers"),
            required=False,
            max_length=LONGEST_TEXT,
            widget=NumbersWidget(attrs={"rows": 3, "cols": 60}),
            help_text=_(
                "All of them in this field, as you would write them. "
                "Example: “0257. 3503 168 - 0913 705 521; Fax: 0257 3828 251; 0903 522 442 (internal)”"
            ),
        )


class NumbersForm(OpenedForm):
    """A form whose owner has phone numbers."""

    numbers_as_typed = NumbersField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["numbers_as_typed"] = self.instance.typed_numbers

    def clean_numbers_as_typed(self) -> str:
        text: str = self.cleaned_data["numbers_as_typed"]
        if "renew_numbers" in self.data:
            with suppress(phones.PhoneError):  # which is said below
                text = phones.renew_text(text)
        _numbers, errors = check_numbers(text)
        if errors:
            raise ValidationError(errors)
        return text


class LanguagesField(forms.MultipleChoiceField):
    """Languages to be ticked, kept as their codes between commas."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        return value.split(",") if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        return ",".join(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial or None), data)


class NumberForm(forms.ModelForm):
    """What is said of one number, beside the number itself."""

    languages = LanguagesField(
        label=_("languages spoken"), choices=SPOKEN_LANGUAGES, required=False
    )

    class Meta:
        model = PhoneNumber
        fields = ("label", "is_public", "languages", "valid_from", "valid_until")

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("valid_from"), cleaned.get("valid_until")
        if start and end and end <= start:
            self.add_error("valid_until", _("The last day must come after the first."))
        return cleaned

    def _post_clean(self) -> None:
        # The number itself is not checked: that was done in the field where it was typed.
        if self.instance.pk is None:
            text = _("The numbers have been changed meanwhile: please look at them again.")
            self.add_error(None, text)
            return
        self.instance = construct_instance(self, self.instance, self._meta.fields)


class AppointmentForm(NumbersForm):
    """One screen for one official: who, in which post, reached how."""

    new_honorific = forms.ChoiceField(
        label=_("honorific"), choices=[("", "–"), *Honorific.choices], required=False
    )
    new_name = forms.CharField(
        label=_("full name"),
        max_length=120,
        required=False,
        help_text=_("For somebody who is not in the directory yet."),
    )
    is_namesake = forms.BooleanField(label=_("another person of the same name"), required=False)

    class Meta:
        model = Appointment
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "person" in self.fields:
            self.fields["person"].required = False

    def clean_new_name(self) -> str:
        return clean_line(self.cleaned_data["new_name"])

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        name, person = cleaned.get("new_name"), cleaned.get("person")
        if name and person:
            self.add_error("new_name", _("Choose a person or write a new name, not both."))
        elif name and not cleaned.get("is_namesake") and _is_known(name):
            self.add_error(
                "new_name",
                _("%s is in the directory already: choose that person, or tick the box.") % name,
            )
        elif not name and not person and "person" in self.fields:
            self.add_error("person", _("Choose a person, or write a new name below."))
        elif name:
            # Saved with the form only; until then it lets the other rules be checked.
            cleaned["person"] = Person(name=name, honorific=cleaned.get("new_honorific", ""))
        return cleaned

    def _post_clean(self) -> None:
        post = self.cleaned_data.get("post")
        if post is not None:
            # Whoever saves the same post at the same time waits here, and is refused then.
            Post.objects.select_for_update().filter(pk=post.pk).first()
        super()._post_clean()  # type: ignore[misc]

    def _get_validation_exclusions(self) -> set[str]:
        exclude: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclude | {"person"} if self.cleaned_data.get("new_name") else exclude


def _is_known(name: str) -> bool:
    return any(fold(known) == fold(name) for known in Person.objects.values_list("name", flat=True))


class HandOverForm(forms.Form):
    """Who leaves when, and who follows: one step."""

    on = forms.DateField(
        label=_("leaves the post on"),
        widget=AdminDateWidget,
        help_text=_("From this day on the entry is shown nowhere as current."),
    )
    successor: forms.ModelChoiceField[Person] = forms.ModelChoiceField(
        label=_("successor"),
        queryset=Person.objects.all(),
        required=False,
        help_text=_("Leave it empty if the post stays vacant."),
    )
    new_honorific = forms.ChoiceField(
        label=_("honorific"), choices=[("", "–"), *Honorific.choices], required=False
    )
    new_name = forms.CharField(
        label=_("or a new person: full name"), max_length=120, required=False
    )
    kind = forms.ChoiceField(label=_("kind"), choices=AppointmentKind, initial=AppointmentKind.FULL)
    decision = forms.CharField(label=_("decision"), max_length=120, required=False)
    keep = forms.ModelMultipleChoiceField(
        label=_("numbers that the successor takes over"),
        queryset=PhoneNumber.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, leaving: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leaving = leaving
        numbers = leaving.phonenumbers.all()
        keep = self.fields["keep"]
        assert isinstance(keep, forms.ModelMultipleChoiceField)
        keep.queryset = numbers
        # A mobile goes with its owner, a number of the office stays in the office.
        keep.initial = [number.pk for number in numbers if number.kind != "mobile"]
        self.fields["on"].initial = timezone.localdate()
        successor = self.fields["successor"]
        assert isinstance(successor, forms.ModelChoiceField)
        people = sorted(Person.objects.all(), key=lambda person: person.sort_key)
        successor.choices = [("", "–"), *[(person.pk, person.full_name) for person in people]]

    def clean_new_name(self) -> str:
        return clean_line(self.cleaned_data["new_name"])

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("successor") and cleaned.get("new_name"):
            self.add_error("new_name", _("Choose a person or write a new name, not both."))
        return cleaned

    def person(self) -> Person | None:
        """The successor, made now if the name is new."""
        if name := self.cleaned_data["new_name"]:
            return Person.objects.create(name=name, honorific=self.cleaned_data["new_honorific"])
        successor: Person | None = self.cleaned_data["successor"]
        return successor


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=_(
            "Excel (.xlsx) or CSV (UTF-8), with the columns of the list that can be saved here."
        ),
    )
    renew = forms.BooleanField(
        label=_("Write numbers of before 2017 and 2018 as they are dialled today"), required=False
    )

import simple_history
from modeltranslation.translator import TranslationOptions, register

from contacts.models import (
    Appointment,
    Channel,
    Duty,
    OpeningHours,
    Person,
    PhoneNumber,
    Post,
    SpecialDay,
    Unit,
)
from editing.languages import columns


@register(Unit)
class UnitTranslation(TranslationOptions):
    fields = ("name", "slug", "functions", "address", "hours")
    required_languages = {"vi": ("name",)}
    empty_values = {"slug": None}


@register(Post)
class PostTranslation(TranslationOptions):
    fields = ("title",)
    required_languages = {"vi": ("title",)}


@register(Person)
class PersonTranslation(TranslationOptions):
    fields = ("biography", "duties")


@register(Duty)
class DutyTranslation(TranslationOptions):
    fields = ("name", "slug", "description")
    required_languages = {"vi": ("name",)}
    empty_values = {"slug": None}


# After the translations: a history that is registered before them does not know their columns.
for _model in (PhoneNumber, Channel, OpeningHours, SpecialDay):
    simple_history.register(_model, app="contacts")
simple_history.register(Post, app="contacts", excluded_fields=["version"])
simple_history.register(Person, app="contacts", excluded_fields=["version"])
# Translated columns would stay unique in the history, which repeats them.
_SLUGS = ["slug", *columns("slug")]
simple_history.register(Unit, app="contacts", excluded_fields=[*_SLUGS, "reminded_on", "version"])
simple_history.register(Duty, app="contacts", excluded_fields=[*_SLUGS, "version"])
simple_history.register(Appointment, app="contacts", excluded_fields=["reminded_on", "version"])

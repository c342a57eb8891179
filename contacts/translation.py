from modeltranslation.translator import TranslationOptions, register

from contacts.models import Person, Post, Unit


@register(Unit)
class UnitTranslation(TranslationOptions):
    fields = ("name", "functions", "address", "hours")
    required_languages = {"vi": ("name",)}


@register(Post)
class PostTranslation(TranslationOptions):
    fields = ("title",)
    required_languages = {"vi": ("title",)}


@register(Person)
class PersonTranslation(TranslationOptions):
    fields = ("biography", "duties")

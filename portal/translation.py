from modeltranslation.translator import TranslationOptions, register

from portal.models import Agency, Emergency, Link, LinkGroup, MenuItem, Page


@register(Agency)
class AgencyTranslation(TranslationOptions):
    fields = ("name", "short_name", "superior", "person_responsible", "license")
    required_languages = {"vi": ("name",)}


@register(Page)
class PageTranslation(TranslationOptions):
    fields = ("title", "path", "summary", "body")
    required_languages = {"vi": ("title", "path")}
    empty_values = {"path": None}


@register(MenuItem)
class MenuItemTranslation(TranslationOptions):
    fields = ("label", "note", "url")
    required_languages = {"vi": ("label",)}


@register(LinkGroup)
class LinkGroupTranslation(TranslationOptions):
    fields = ("title",)
    required_languages = {"vi": ("title",)}


@register(Link)
class LinkTranslation(TranslationOptions):
    fields = ("title", "url")
    required_languages = {"vi": ("title", "url")}


@register(Emergency)
class EmergencyTranslation(TranslationOptions):
    fields = ("headline", "text", "url")
    required_languages = {"vi": ("headline",)}

from modeltranslation.translator import TranslationOptions, register

from news.models import Category, Tag


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name", "slug", "introduction")
    required_languages = {"vi": ("name",)}
    empty_values = {"slug": None}


@register(Tag)
class TagTranslation(TranslationOptions):
    fields = ("name", "slug")
    required_languages = {"vi": ("name",)}
    empty_values = {"slug": None}

from news.models.articles import (
    Article,
    ArticleQuerySet,
    Attachment,
    Edition,
    EditionPhoto,
    EditionQuerySet,
    NoticeLevel,
    State,
)
from news.models.categories import Category, Tag, fill_slugs

__all__ = [
    "Article",
    "ArticleQuerySet",
    "Attachment",
    "Category",
    "Edition",
    "EditionPhoto",
    "EditionQuerySet",
    "NoticeLevel",
    "State",
    "Tag",
    "fill_slugs",
]

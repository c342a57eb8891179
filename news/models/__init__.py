from news.models.articles import (
    WAITING,
    Article,
    ArticleQuerySet,
    Attachment,
    ChangeKind,
    Edition,
    EditionPhoto,
    EditionQuerySet,
    NoticeLevel,
    State,
    Withdrawal,
)
from news.models.categories import Category, Review, Tag, fill_slugs
from news.models.checking import Dismissal
from news.models.talking import LinkApproval, OneTimeCode, Remark, Reviewer, ShareLink

__all__ = [
    "WAITING",
    "Article",
    "ArticleQuerySet",
    "Attachment",
    "Category",
    "ChangeKind",
    "Dismissal",
    "Edition",
    "EditionPhoto",
    "EditionQuerySet",
    "LinkApproval",
    "NoticeLevel",
    "OneTimeCode",
    "Remark",
    "Review",
    "Reviewer",
    "ShareLink",
    "State",
    "Tag",
    "Withdrawal",
    "fill_slugs",
]

from news.models.articles import (
    WAITING,
    Article,
    ArticleQuerySet,
    Attachment,
    ChangeKind,
    Describing,
    Edition,
    EditionPhoto,
    EditionQuerySet,
    NoticeLevel,
    State,
    Withdrawal,
    keys_of,
)
from news.models.categories import Category, Review, Tag, fill_slugs
from news.models.checking import Dismissal
from news.models.front import FRONT_PLACES, FrontStory
from news.models.months import MonthCount
from news.models.ratings import Rating, ReaderRemark
from news.models.talking import LinkApproval, OneTimeCode, Remark, Reviewer, ShareLink
from news.models.videos import EditionVideo, video_rows, videos_of

__all__ = [
    "FRONT_PLACES",
    "WAITING",
    "Article",
    "ArticleQuerySet",
    "Attachment",
    "Category",
    "ChangeKind",
    "Describing",
    "Dismissal",
    "Edition",
    "EditionPhoto",
    "EditionQuerySet",
    "EditionVideo",
    "FrontStory",
    "LinkApproval",
    "MonthCount",
    "NoticeLevel",
    "OneTimeCode",
    "Rating",
    "ReaderRemark",
    "Remark",
    "Review",
    "Reviewer",
    "ShareLink",
    "State",
    "Tag",
    "Withdrawal",
    "fill_slugs",
    "video_rows",
    "videos_of",
    "keys_of",
]

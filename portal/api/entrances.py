"""Every address of the interface: the one table, of which routes, description and tests are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.api import parameters, reading, shapes
from portal.api.parameters import Parameter


def _none() -> list[Parameter]:
    return []


def _language() -> list[Parameter]:
    return [parameters.language()]


def _of_articles() -> list[Parameter]:
    return [
        parameters.language(),
        parameters.text("category", "Slug of a category; those below it are included."),
        parameters.text("tag", "Slug of a tag."),
        parameters.day("since", "Published on this day or later."),
        parameters.day("until", "Published on this day or earlier."),
        parameters.key("before", "Id of the last article of the page before: `next` has it."),
        parameters.limit(50, 20),
    ]


def _of_notices() -> list[Parameter]:
    return [parameters.language(), parameters.limit(reading.MOST_NOTICES, 20)]


def _of_tags() -> list[Parameter]:
    after = parameters.key("after", "Id of the last tag of the page before: `next` has it.")
    return [parameters.language(), after, parameters.limit(100, 100)]


def _of_officials() -> list[Parameter]:
    return [parameters.language(), parameters.flag("on_hotline", "Those of the hotline alone.")]


@dataclass(frozen=True)
class Entrance:
    name: str
    route: str
    summary: str
    answer: type
    read: Callable[..., Any]
    parameters: Callable[[], list[Parameter]] = _language

    @property
    def template(self) -> str:
        return "/" + self.route.replace("<key:", "{").replace(">", "}")

    @property
    def places(self) -> list[str]:
        return [part.partition("}")[0] for part in self.template.split("{")[1:]]


ENTRANCES = [
    Entrance("agency", "agency", "Whose portal this is", shapes.Agency, reading.agency),
    Entrance(
        "articles", "articles", "News, the newest first", shapes.ArticleList, reading.articles,
        _of_articles,
    ),
    Entrance(
        "article", "articles/<key:article_id>", "One article or notice, in its own language",
        shapes.Article, reading.article, _none,
    ),
    Entrance(
        "notices", "notices", "Notices in force", shapes.NoticeList, reading.notices, _of_notices
    ),
    Entrance(
        "categories", "categories", "Categories", shapes.CategoryList, reading.categories
    ),
    Entrance("tags", "tags", "Tags", shapes.TagList, reading.tags, _of_tags),
    Entrance("units", "units", "Units of the agency", shapes.UnitList, reading.units),
    Entrance(
        "officials", "officials", "Who holds a post today, and by which public numbers to call",
        shapes.OfficialList, reading.officials, _of_officials,
    ),
    Entrance("pages", "pages", "Pages without a date", shapes.PageList, reading.pages),
    Entrance("page", "pages/<key:page_id>", "One page", shapes.Page, reading.page),
]  # fmt: skip

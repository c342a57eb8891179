"""Every field that the interface gives, and nothing else: the answers and their description are both
made of these. A test asks of each field how it is known to be public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated


@dataclass(frozen=True)
class Format:
    """As JSON Schema names it."""

    name: str


Address = Annotated[str, Format("uri")]
Language = Annotated[str, "ISO 639-1, such as “vi”."]


@dataclass(frozen=True)
class Rendition:
    url: Address
    media_type: str
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    caption: Annotated[str, "As it stands under the photo."]
    alt: Annotated[str, "What the photo shows; empty where the caption says it or nothing need be."]
    credit: str
    is_ai: Annotated[bool, "Made or changed by AI."]
    renditions: Annotated[list[Rendition], "The smallest first."]


@dataclass(frozen=True)
class Attachment:
    title: str
    url: Address
    file_name: str
    media_type: str
    size: Annotated[int, "In bytes."]
    pages: int | None
    number: Annotated[str, "Number and symbol of an official document."]
    issued_on: date | None
    issuer: str
    signer: str
    abstract: str
    validity: Annotated[str, "“in_force”, “not_yet”, “partly”, “ended”, or empty."]


@dataclass(frozen=True)
class Term:
    """A category or a tag, where something else names it."""

    id: int
    name: str
    url: Address


@dataclass(frozen=True)
class Translation:
    language: Language
    id: int
    title: str
    url: Address
    api_url: Address


@dataclass(frozen=True)
class Update:
    at: datetime
    kind: Annotated[str, "“update” or “correction”."]
    note: str


@dataclass(frozen=True)
class ArticleInList:
    id: int
    language: Language
    title: str
    lead: str
    url: Address
    api_url: Address
    category: Term
    published_at: Annotated[datetime, "Its place in lists."]
    changed_at: Annotated[datetime, "Since when this text of it stands on the site."]
    picture: Annotated[Picture | None, "Of its card."]
    is_notice: bool
    notice_level: Annotated[int | None, "1 urgent, 2 important, 3 ordinary; of notices alone."]
    is_pinned: bool
    ends_at: datetime | None
    is_sample: Annotated[bool, "Invented for a demonstration."]


@dataclass(frozen=True)
class Article(ArticleInList):
    author: str
    source: str
    body_html: Annotated[str, "Clean HTML with its figures; every address in it is absolute."]
    tags: list[Term]
    pictures: list[Picture]
    attachments: list[Attachment]
    translations: list[Translation]
    updates: Annotated[list[Update], "The newest first, without the first publication."]
    is_archived: bool


@dataclass(frozen=True)
class ArticleList:
    items: list[ArticleInList]
    next: Annotated[Address | None, "Where the list goes on; null at its end."]


@dataclass(frozen=True)
class NoticeList:
    items: Annotated[list[ArticleInList], "Those in force: pinned and urgent ones first."]


@dataclass(frozen=True)
class Category:
    id: int
    slug: str
    name: str
    introduction: str
    url: Address
    is_notice_board: bool
    parent_id: int | None


@dataclass(frozen=True)
class CategoryList:
    items: list[Category]


@dataclass(frozen=True)
class Tag:
    id: int
    slug: str
    name: str
    url: Address


@dataclass(frozen=True)
class TagList:
    items: Annotated[list[Tag], "Those that a public article has."]
    next: Annotated[Address | None, "Where the list goes on; null at its end."]


@dataclass(frozen=True)
class Number:
    kind: Annotated[str, "“landline”, “mobile”, “fax”, “short” or “toll”."]
    label: str
    shown: Annotated[str, "As people read it, in the language of the answer."]
    uri: Annotated[str, "To call it: “tel:+842573500001”."]
    e164: Annotated[str, "Empty for short numbers."]
    extension: str
    languages: Annotated[list[str], "That are spoken there."]


@dataclass(frozen=True)
class Channel:
    kind: Annotated[str, "“email”, “zalo”, “facebook” or “website”."]
    label: str
    value: str


@dataclass(frozen=True)
class Unit:
    id: int
    parent_id: Annotated[int | None, "Null: the agency itself."]
    name: str
    url: Address
    functions: str
    address: str
    hours: str
    map_url: str
    is_information_contact: Annotated[bool, "Answers requests for information."]
    numbers: list[Number]
    channels: list[Channel]
    confirmed_on: Annotated[date | None, "Null: nobody has confirmed it yet."]


@dataclass(frozen=True)
class UnitList:
    items: list[Unit]


@dataclass(frozen=True)
class Official:
    """An appointment: a person in a post."""

    id: int
    person_id: int
    honorific: str
    name: str
    plain_name: Annotated[str, "Without dấu."]
    title: str
    unit_id: int
    unit: str
    url: Address
    biography: str
    duties: str
    portrait: Picture | None
    is_on_hotline: bool
    numbers: list[Number]
    channels: list[Channel]
    is_away: bool
    away_until: Annotated[date | None, "The last day away, while away."]
    confirmed_on: Annotated[date | None, "Null: not confirmed."]
    old_page_on: Annotated[date | None, "Taken from the old site's page of that day."]


@dataclass(frozen=True)
class OfficialList:
    items: Annotated[list[Official], "By rank."]


@dataclass(frozen=True)
class PageInList:
    id: int
    title: str
    summary: str
    url: Address
    api_url: Address
    changed_at: datetime


@dataclass(frozen=True)
class Page(PageInList):
    body_html: str


@dataclass(frozen=True)
class PageList:
    items: list[PageInList]


@dataclass(frozen=True)
class Agency:
    name: str
    short_name: str
    superior: str
    url: Address
    emblem: Address | None
    person_responsible: str
    license: str
    is_trial: Annotated[bool, "The portal is not published yet."]
    has_samples: Annotated[bool, "Some of the content is invented for a demonstration."]
    address: str
    hours: str
    numbers: list[Number]
    channels: list[Channel]
    languages: list[str]


@dataclass(frozen=True)
class Entrance:
    name: str
    url: Address


@dataclass(frozen=True)
class Index:
    description: Annotated[Address, "The OpenAPI description."]
    items: list[Entrance]


@dataclass(frozen=True)
class Mistake:
    parameter: str
    detail: str


@dataclass(frozen=True)
class Problem:
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Mistake]

"""Rows as the shapes of the interface. Every function starts from what its model calls public."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.urls import reverse
from django.utils import timezone, translation

from contacts import models as contacts
from contacts.directory import branches, ranked
from editing.models import Photo
from editing.photos import FORMATS
from editing.richtext import safe_html
from news.feeds import with_whole_addresses
from news.figures import body_with_figures
from news.models import Category, Edition, EditionPhoto, EditionQuerySet, State, Tag
from news.views import article_context, by_slug, edition_to_read
from portal.api import shapes
from portal.api.problems import ParameterRefused
from portal.models import Agency, Page

MOST_NOTICES = 100


class Gone(Exception):
    """It was public, and was withdrawn."""


def whole(path: str) -> str:
    return settings.SITE_URL + path


def _api(name: str, *args: Any) -> str:
    return whole(reverse(f"api:{name}", args=args))


# Articles


def articles(asked: dict[str, Any]) -> shapes.ArticleList:
    rows = _period(Edition.objects.live().listed().news(), asked).in_language(asked["language"])
    if asked["category"]:
        row = _named(Category, "category", asked["category"])
        rows = rows.filter(Q(category=row) | Q(category__parent=row))
    if asked["tag"]:
        rows = rows.filter(tags=_named(Tag, "tag", asked["tag"]))
    if asked["before"] is not None:
        rows = rows.before(_place_of(asked["before"]))
    found = list(rows.newest_first().for_cards()[: asked["limit"] + 1])
    shown = found[: asked["limit"]]
    after = _next("articles", asked, before=shown[-1].article_id) if found != shown else None
    return shapes.ArticleList([shapes.ArticleInList(**_card(row)) for row in shown], after)


def _named(model: Any, parameter: str, slug: str) -> Any:
    try:
        return by_slug(model.objects.all(), slug)
    except Http404:
        raise ParameterRefused(parameter, "There is none with this slug.") from None


def _period(rows: EditionQuerySet, asked: dict[str, Any]) -> EditionQuerySet:
    """From the first moment of one day to the last of another, by the clock of Viet Nam."""
    if asked["since"]:
        rows = rows.filter(listed_at__gte=timezone.make_aware(_midnight(asked["since"])))
    if asked["until"]:
        rows = rows.filter(listed_at__lte=timezone.make_aware(_last_moment(asked["until"])))
    return rows


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time.min)


def _last_moment(day: Any) -> datetime:
    return datetime.combine(day, time.max)


def _place_of(article_id: int) -> Edition:
    shown = Edition.objects.filter(article=article_id, live_from__lte=timezone.now())
    row = shown.only("article_id", "listed_at").order_by("-live_from").first()
    if row is None:
        raise ParameterRefused("before", "No article with this id was ever public.")
    return row


def _next(name: str, asked: dict[str, Any], **place: int) -> str:
    query = {key: value for key, value in {**asked, **place}.items() if value is not None}
    return f"{_api(name)}?{urlencode(query)}"


def notices(asked: dict[str, Any]) -> shapes.NoticeList:
    rows = Edition.objects.live().unarchived().notices().current().in_language(asked["language"])
    found = rows.by_urgency().for_cards()[: asked["limit"]]
    return shapes.NoticeList([shapes.ArticleInList(**_card(row)) for row in found])


def article(asked: dict[str, Any], article_id: int) -> shapes.Article:
    edition = edition_to_read(article_id)
    if edition is None:
        raise _missing(article_id)
    with translation.override(edition.language):
        return _article(edition)


def _missing(article_id: int) -> Exception:
    gone = Edition.objects.filter(
        article=article_id, state=State.WITHDRAWN, article__trashed_at=None
    )
    return Gone() if gone.exclude(withdrawal="").exists() else Http404()


def _article(edition: Edition) -> shapes.Article:
    around = article_context(edition)
    updates = [
        shapes.Update(row.live_from, row.change_kind, row.change_note) for row in around["updates"]
    ]
    return shapes.Article(
        **_card(edition),
        author=edition.author_line,
        source=edition.source,
        body_html=with_whole_addresses(body_with_figures(edition)),
        tags=[_term(tag) for tag in edition.tags.all()],
        pictures=[_used(use) for use in edition.photos.all() if use.photo is not None],
        attachments=[_attachment(each) for each in edition.attachments.all()],
        translations=[_translation(row) for row in around["translations"].values()],
        updates=updates,
        is_archived=edition.article.is_archived,
    )


def _card(edition: Edition) -> dict[str, Any]:
    assert edition.listed_at is not None
    assert edition.live_from is not None  # both by constraint
    return {
        "id": edition.article_id,
        "language": edition.language,
        "title": edition.title,
        "lead": edition.lead,
        "url": whole(edition.get_absolute_url()),
        "api_url": _api("article", edition.article_id),
        "category": _term(edition.category),
        "published_at": edition.listed_at,
        "changed_at": edition.live_from,
        "picture": _picture(edition.lead_photo) if edition.lead_photo else None,
        "is_notice": edition.is_notice,
        "notice_level": edition.notice_level if edition.is_notice else None,
        "is_pinned": edition.is_pinned,
        "ends_at": edition.ends_at,
        "is_sample": edition.article.is_sample,
    }


def _term(row: Category | Tag) -> shapes.Term:
    return shapes.Term(row.pk, row.name, whole(row.get_absolute_url()))


def _translation(row: Edition) -> shapes.Translation:
    address, own = whole(row.get_absolute_url()), _api("article", row.article_id)
    return shapes.Translation(row.language, row.article_id, row.title, address, own)


def _used(use: EditionPhoto) -> shapes.Picture:
    assert use.photo is not None
    return _picture(use.photo, caption=use.caption, alt=use.alt)


def _picture(photo: Photo, *, caption: str = "", alt: str = "") -> shapes.Picture:
    renditions = [
        shapes.Rendition(
            whole(photo.url(width, extension)), FORMATS[extension], width, photo.height_at(width)
        )
        for width in photo.widths
        for extension in photo.formats
    ]
    return shapes.Picture(caption, alt, photo.credit, photo.is_ai, renditions)


def _attachment(row: Any) -> shapes.Attachment:
    file = row.file
    return shapes.Attachment(
        title=row.title,
        url=whole(file.get_absolute_url()),
        file_name=file.name,
        media_type=file.content_type,
        size=file.size,
        pages=file.pages,
        number=file.number,
        issued_on=file.issued_on,
        issuer=file.issuer,
        signer=file.signer,
        abstract=file.abstract,
        validity=file.validity,
    )


# Categories and tags


def categories(asked: dict[str, Any]) -> shapes.CategoryList:
    return shapes.CategoryList(
        [
            shapes.Category(
                id=row.pk,
                slug=row.slug,
                name=row.name,
                introduction=row.introduction,
                url=whole(row.get_absolute_url()),
                is_notice_board=row.is_notice_board,
                parent_id=row.parent_id,
            )
            for row in Category.objects.all()
        ]
    )


def tags(asked: dict[str, Any]) -> shapes.TagList:
    """A tag that only drafts have would tell what they are about."""
    used = (
        Edition.objects.live().listed().in_language(asked["language"]).filter(tags=OuterRef("pk"))
    )
    rows = Tag.objects.filter(Exists(used), pk__gt=asked["after"] or 0).order_by("pk")
    found = list(rows[: asked["limit"] + 1])
    shown = found[: asked["limit"]]
    after = _next("tags", asked, after=shown[-1].pk) if found != shown else None
    return shapes.TagList(
        [shapes.Tag(row.pk, row.slug, row.name, whole(row.get_absolute_url())) for row in shown],
        after,
    )


# The directory


def units(asked: dict[str, Any]) -> shapes.UnitList:
    rows = branches(contacts.Unit.objects.for_display())
    return shapes.UnitList([_unit(row) for row, _depth in rows])


def _unit(row: contacts.Unit) -> shapes.Unit:
    return shapes.Unit(
        id=row.pk,
        parent_id=row.parent_id,
        name=row.name,
        url=whole(row.get_absolute_url()) if row.slug else whole(reverse("contacts:organisation")),
        functions=row.functions,
        address=row.address,
        hours=row.hours,
        map_url=row.map_url,
        is_information_contact=row.is_information_contact,
        numbers=_numbers(row),
        channels=_channels(row),
        confirmed_on=row.confirmed_on,
    )


def officials(asked: dict[str, Any]) -> shapes.OfficialList:
    rows = contacts.Appointment.objects.current().for_display()
    if asked["on_hotline"] is not None:
        rows = rows.filter(is_on_hotline=asked["on_hotline"])
    return shapes.OfficialList([_official(row) for row in ranked(rows)])


def _official(row: contacts.Appointment) -> shapes.Official:
    person = row.person
    return shapes.Official(
        id=row.pk,
        person_id=person.pk,
        honorific=person.get_honorific_display(),
        name=person.name,
        plain_name=person.plain_name,
        title=row.title,
        unit_id=row.post.unit_id,
        unit=row.post.unit.name,
        url=whole(row.get_absolute_url()),
        biography=person.biography,
        duties=person.duties,
        portrait=_picture(person.portrait, alt=person.name) if person.portrait else None,
        is_on_hotline=row.is_on_hotline and bool(row.public_numbers),
        numbers=_numbers(row),
        channels=_channels(row),
        is_away=row.is_away,
        away_until=row.absent_until if row.is_away else None,
        confirmed_on=row.confirmed_on,
        old_page_on=row.old_page_on,
    )


def _numbers(row: contacts.HasNumbers) -> list[shapes.Number]:
    return [
        shapes.Number(
            kind=number.kind,
            label=number.label,
            shown=number.shown_in_full,
            uri=number.uri,
            e164=number.e164,
            extension=number.extension,
            languages=number.language_codes,
        )
        for number in row.public_numbers
    ]


def _channels(row: contacts.HasNumbers) -> list[shapes.Channel]:
    return [shapes.Channel(each.kind, each.label, each.value) for each in row.public_channels]


# Pages and the agency


def pages(asked: dict[str, Any]) -> shapes.PageList:
    rows = Page.objects.public().defer("body")
    return shapes.PageList([shapes.PageInList(**_page_card(row)) for row in rows])


def page(asked: dict[str, Any], page_id: int) -> shapes.Page:
    row = Page.objects.public().filter(pk=page_id).first()
    if row is None:
        raise Http404
    body = with_whole_addresses(safe_html(row.body))
    return shapes.Page(**_page_card(row), body_html=body)


def _page_card(row: Page) -> dict[str, Any]:
    return {
        "id": row.pk,
        "title": row.title,
        "summary": row.summary,
        "url": whole(row.get_absolute_url()),
        "api_url": _api("page", row.pk),
        "changed_at": row.changed_at,
    }


def agency(asked: dict[str, Any]) -> shapes.Agency:
    row = Agency.load()
    root = contacts.Unit.objects.filter(parent=None).for_display().first()
    return shapes.Agency(
        name=row.name,
        short_name=row.short_name,
        superior=row.superior,
        url=whole(reverse("home")),
        emblem=whole(reverse("emblem")) if row.emblem_id else None,
        person_responsible=row.person_responsible,
        license=row.license,
        is_trial=row.is_trial,
        has_samples=row.has_samples,
        address=root.address if root else "",
        hours=root.hours if root else "",
        numbers=_numbers(root) if root else [],
        channels=_channels(root) if root else [],
        languages=[code for code, _name in settings.LANGUAGES],
    )

"""Field by field: nothing comes out of the interface but what public pages show.

Every text of every row is written over: with one word where a page shows it, with another where no
page does. Then every address is asked with every parameter, for hidden rows too, and each field of
each answer must keep the rule that stands here for it. A field without a rule fails, and so does a
new text of a model that nobody has put among the public ones.
"""

import re
from datetime import date, datetime, timedelta

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from contacts.models import Appointment, Channel, Person, PhoneNumber, Post, Unit
from editing.models import File, Photo
from news import workflow
from news.models import Attachment, Category, Edition, EditionPhoto, ShareLink, Tag
from portal.api import describing
from portal.api.entrances import ENTRANCES
from portal.models import Agency, Page
from tests.making import (
    make_agency,
    make_category,
    make_draft,
    make_edition,
    make_notice,
    make_official,
    make_unit,
    make_user,
    today,
)
from tests.word_files import paragraph, word_file
from vietnamese.folding import fold

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
OPEN, SECRET = "Công khai", "Bí mật"
OPEN_NUMBER, SECRET_NUMBER = "0257 3500 001", "0257 3999 777"

# Texts that public pages show of a row that is public; whatever is not here counts as private.
PUBLIC_TEXTS = {
    "news.category": {"name", "introduction"},
    "news.tag": {"name"},
    "news.edition": {"title", "lead", "body", "author_line", "source", "change_note"},
    "news.editionphoto": {"caption", "description"},
    "news.attachment": {"title"},
    "editing.photo": {"credit"},
    "editing.file": {"number", "issuer", "signer", "abstract"},
    "contacts.unit": {"name", "functions", "address", "hours", "map_url"},
    "contacts.post": {"title"},
    "contacts.person": {"name", "biography", "duties"},
    "contacts.phonenumber": {"label"},
    "contacts.channel": {"label", "value"},
    "portal.page": {"title", "summary", "body"},
    "portal.agency": {"name", "short_name", "superior", "person_responsible", "license"},
}
# What the code goes by: writing over it would change what is public, or where a file lies.
GONE_BY = {
    *("state", "language", "extension", "sha256", "path", "e164", "dial", "languages", "kind"),
    *("password", "accent", "nonce", "origin", "file.name"),
}


def texts_of(model):
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
        is_word = field.choices or isinstance(field, models.SlugField | models.URLField)
        name = re.sub("_(vi|en)$", "", field.name)
        if is_text and not is_word and not {name, f"{model._meta.model_name}.{name}"} & GONE_BY:
            yield field, name


def write_over(model, rows, *, is_public):
    public = PUBLIC_TEXTS.get(model._meta.label_lower, set())
    for field, name in texts_of(model):
        word = OPEN if is_public and name in public else SECRET
        if isinstance(field, models.JSONField):
            rows.update(**{field.name: [SECRET]})
            continue
        for row in rows.values_list("pk", flat=True):
            text = f"{word} {row}"[: field.max_length or 100]
            model._base_manager.filter(pk=row).update(
                **{field.name: f"<p>{text}</p>" if name == "body" else text}
            )


@pytest.fixture
def world(drawn_photo):
    """Everything twice: as readers may see it, and as they may not."""
    agency = make_agency(license="x", superior="x", short_name="x", person_responsible="x")
    agency.emblem = Photo.store(drawn_photo(300, 300))
    agency.save()
    root = make_unit(functions_vi="x", address_vi="x", hours_vi="x")
    live = make_edition(lead="x", author_line="x", source="x")
    second = workflow.edit_anew(live, by=None)
    second.change_note = "x"
    workflow.approve(second, by=None)
    second.tags.add(Tag.objects.create(name_vi="Cảng"))
    photo, file = (
        Photo.store(drawn_photo()),
        File.store(word_file(paragraph("Nghị định")), "Quyết định.docx"),
    )
    EditionPhoto.objects.create(edition=second, photo=photo, caption="x", description="x")
    Edition.objects.filter(pk=second.pk).update(lead_photo=photo)
    Attachment.objects.create(edition=second, file=file, title="x")
    notice = make_notice(ends_at=timezone.now() + timedelta(days=1))
    ended = make_notice(ends_at=timezone.now() - timedelta(days=1))
    english = make_draft(language="en", category=live.category)
    english.article.translation_group = live.article.translation_group
    english.article.save()
    workflow.approve(english, by=None)
    official = make_official(OPEN_NUMBER, post=Post.objects.create(title_vi="x", unit=root))
    Person.objects.update(portrait=photo, biography_vi="x", duties_vi="x")
    Channel.objects.create(appointment=official, kind="email", value="x", label="x")
    PhoneNumber.objects.create(unit=root, raw=OPEN_NUMBER, label="x")
    Page.objects.create(title_vi="x", path_vi="gioi-thieu", summary_vi="x", body_vi="x")
    public = {
        model: set(model.objects.values_list("pk", flat=True))
        for model in (Unit, Post, Person, PhoneNumber, Channel, Page, Photo, File, Tag)
    } | {Edition: {second.pk, notice.pk, ended.pk, english.pk}, Agency: {1}}
    public[EditionPhoto] = set(EditionPhoto.objects.values_list("pk", flat=True))
    public[Attachment] = set(Attachment.objects.values_list("pk", flat=True))
    hide_much(drawn_photo, official, root, second)
    public[Category] = set(Category.objects.values_list("pk", flat=True))
    for model in apps.get_models():
        if model._meta.app_label in {"editing", "news", "contacts", "portal"}:
            rows = model._base_manager.all()
            write_over(model, rows.filter(pk__in=public.get(model, ())), is_public=True)
            write_over(model, rows.exclude(pk__in=public.get(model, ())), is_public=False)
    Unit.objects.update(map_url="https://vi-du.vn/cong-khai")
    return {"articles": {each.article_id for each in (second, notice, ended, english)}}


def hide_much(drawn_photo, official, root, live):
    """What nobody but staff may see; their files and tags too."""
    draft = make_draft(category=make_category(name_vi="Nháp"), language="vi")
    tag = Tag.objects.create(name_vi="Sắp sáp nhập")
    hidden = [
        draft,
        workflow.submit(make_draft(), by=None),
        workflow.approve(make_draft(), by=None, live_from=timezone.now() + timedelta(days=1)),
        workflow.withdraw(make_edition(), by=None, reason="in_error", note="x"),
        workflow.withdraw(make_edition(), by=None, reason="not_valid", note="x"),
        workflow.edit_anew(live, by=None),
        make_edition(),
    ]
    workflow.move_to_trash(hidden[-1].article, by=None)
    photo = Photo.store(drawn_photo(640, 480))
    for edition in hidden:
        edition.tags.set([tag])
        Edition.objects.filter(pk=edition.pk).update(lead_photo=photo, slug="bi-mat")
    EditionPhoto.objects.create(edition=draft, photo=photo, caption="x")
    hidden_file = File.store(word_file(paragraph("Bí mật")), "Bí mật.docx")
    Attachment.objects.create(edition=draft, file=hidden_file, title="x")
    link = ShareLink.objects.create(nonce="bi-mat-nonce", expires_at=timezone.now())
    link.editions.add(draft)
    editor = make_user(email="bi-mat@example.vn", first_name="x", last_name="x")
    Edition.objects.update(published_by=editor, edited_by=editor)
    internal = {"appointment": official, "raw": SECRET_NUMBER, "is_public": False}
    PhoneNumber.objects.create(**internal, label="x")
    Channel.objects.create(appointment=official, kind="email", value="x", is_public=False)
    PhoneNumber.objects.create(unit=root, raw=SECRET_NUMBER, valid_until=today())
    PhoneNumber.objects.create(post=official.post, raw=SECRET_NUMBER, valid_from=date(2999, 1, 1))
    seats = {"unit": root, "title_vi": "x", "has_one_seat": False}
    left = make_official(SECRET_NUMBER, name="Cũ", post=Post.objects.create(**seats))
    Appointment.objects.filter(pk=left.pk).update(ended_on=today())
    coming = make_official(SECRET_NUMBER, name="Mới", post=Post.objects.create(**seats))
    Appointment.objects.filter(pk=coming.pk).update(started_on=date(2999, 1, 1))
    Page.objects.create(title_vi="x", path_vi="bi-mat", body_vi="x", is_public=False)


# Rules: what a value must be to be known as public.


def text(value, client, world):
    """Written over as public; or empty."""
    return value == "" or "cong khai" in fold(value)


def address(value, client, world):
    """Whole, and answered to a reader without an account."""
    answer = client.get(value.removeprefix(SITE))
    if answer.streaming:
        answer.getvalue()  # which closes the file, and not the connection of the test
    return value.startswith(f"{SITE}/") and answer.status_code == 200


def one_of(*words):
    return lambda value, client, world: value in words


def small(value, client, world):
    return isinstance(value, int) and 0 <= value < 10**7


def flag(value, client, world):
    return isinstance(value, bool)


def day(value, client, world):
    return bool(date.fromisoformat(value))


def moment(value, client, world):
    then = datetime.fromisoformat(value)
    return then.utcoffset() == timedelta(hours=7)


def past(value, client, world):
    return moment(value, client, world) and datetime.fromisoformat(value) <= timezone.now()


def key_of(rows):
    return lambda value, client, world: rows().filter(pk=value).exists()


def article(value, client, world):
    return value in world["articles"]


def slug(value, client, world):
    return re.fullmatch("[a-z0-9-]+", value) is not None and "bi-mat" not in value


def number(value, client, world):
    digits = re.sub(r"\D", "", value)
    return digits in {"02573500001", "842573500001", ""}


def matching(pattern):
    return lambda value, client, world: re.fullmatch(pattern, value) is not None


LANGUAGE = one_of("vi", "en")
current = Appointment.objects.current
IN_LIST = {
    "id": article, "language": LANGUAGE, "title": text, "lead": text, "url": address,
    "api_url": address, "published_at": past, "changed_at": past, "is_notice": flag,
    "notice_level": one_of(1, 2, 3), "is_pinned": flag, "ends_at": moment, "is_sample": flag,
}  # fmt: skip
PAGE = {
    "id": key_of(Page.objects.public), "title": text, "summary": text, "url": address,
    "api_url": address, "changed_at": past,
}  # fmt: skip
# For every shape, every field that is not itself a shape or a list of shapes.
RULES = {
    "Rendition": {
        "url": address, "width": small, "height": small,
        "media_type": one_of("image/avif", "image/webp", "image/jpeg"),
    },
    "Picture": {"caption": text, "alt": text, "credit": text, "is_ai": flag},
    "Attachment": {
        "title": text, "url": address, "file_name": matching(r"quyet-dinh\.docx"), "media_type": matching("[a-z.+/-]+"),
        "size": small, "pages": small, "number": text, "issued_on": day, "issuer": text,
        "signer": text, "abstract": text,
        "validity": one_of("", "in_force", "not_yet", "partly", "ended"),
    },
    "Term": {"id": small, "name": text, "url": address},
    "Translation": {
        "language": LANGUAGE, "id": article, "title": text, "url": address, "api_url": address,
    },
    "Update": {"at": past, "kind": one_of("update", "correction"), "note": text},
    "ArticleInList": IN_LIST,
    "Article": IN_LIST | {
        "author": text, "source": text, "body_html": text, "is_archived": flag,
    },
    "ArticleList": {"next": address},
    "NoticeList": {},
    "Category": {
        "id": small, "slug": slug, "name": text, "introduction": text, "url": address,
        "is_notice_board": flag, "parent_id": small,
    },
    "CategoryList": {},
    "Tag": {"id": small, "slug": slug, "name": text, "url": address},
    "TagList": {"next": address},
    "Number": {
        "kind": one_of("landline"), "label": text, "shown": number, "uri": number, "e164": number,
        "extension": one_of(""), "languages": one_of([]),
    },
    "Channel": {"kind": one_of("email"), "label": text, "value": text},
    "Unit": {
        "id": small, "parent_id": small, "name": text, "url": address, "functions": text,
        "address": text, "hours": text, "map_url": one_of("https://vi-du.vn/cong-khai"),
        "is_information_contact": flag, "confirmed_on": day,
    },
    "UnitList": {},
    "Official": {
        "id": key_of(current), "person_id": key_of(lambda: Person.objects.filter(
            pk__in=current().values("person"))),
        "honorific": one_of("Bà", "Ms"), "name": text, "plain_name": text, "title": text,
        "unit_id": small, "unit": text, "url": address, "biography": text, "duties": text,
        "is_on_hotline": flag, "is_away": flag, "away_until": day, "confirmed_on": day,
        "old_page_on": day,
    },
    "OfficialList": {},
    "PageInList": PAGE,
    "Page": PAGE | {"body_html": text},
    "PageList": {},
    "Agency": {
        "name": text, "short_name": text, "superior": text, "url": address, "emblem": address,
        "person_responsible": text, "license": text, "is_trial": flag, "has_samples": flag,
        "address": text, "hours": text, "languages": one_of(["vi", "en"]),
    },
    "Entrance": {"name": one_of(*[each.name for each in ENTRANCES]), "url": address},
    "Index": {"description": address},
    "Mistake": {"parameter": matching(".*"), "detail": matching(".*")},
    "Problem": {
        "type": one_of("about:blank"), "title": matching("[A-Za-z ]+"), "status": small,
        "detail": matching(".*"),
    },
}  # fmt: skip


def broken(shape, value, client, world, at="$"):
    """The places in an answer where a rule is not kept."""
    schema = describing.schemas()[shape]
    for name, inner in schema["properties"].items():
        found, place = value[name], f"{at}.{shape}.{name}"
        below = inner.get("items") or next(iter(inner.get("anyOf", [])), inner)
        if found is None:
            assert "anyOf" in inner, place
        elif "$ref" in below:
            each = found if isinstance(found, list) else [found]
            for number, row in enumerate(each):
                kind = below["$ref"].rpartition("/")[2]
                yield from broken(kind, row, client, world, f"{at}.{name}[{number}]")
        elif not RULES[shape][name](found, client, world):
            yield f"{place}: {found!r}"


def test_every_field_has_a_rule_and_every_rule_a_field():
    for shape, schema in describing.schemas().items():
        plain = {name for name, each in schema["properties"].items() if "$ref" not in str(each)}
        assert set(RULES[shape]) == plain, shape
    assert set(RULES) == set(describing.schemas())


def asked(entrance):
    """Every value that could make a difference, hidden rows included, each by itself."""
    keys = {
        "article_id": Edition.objects.values_list("article_id", flat=True).distinct(),
        "page_id": Page.objects.values_list("pk", flat=True),
    }
    places = [{}]
    for name in entrance.places:
        places = [{name: key} for key in keys[name]]
    queries = [{}]
    for parameter in entrance.parameters():
        queries += [{parameter.name: value} for value in VALUES[parameter.name]()]
    for place in places:
        for query in queries:
            yield "/api/v1" + entrance.template.format(**place), query


def slugs(model):
    return [slug for row in model.objects.all() for slug in (row.slug_vi, row.slug_en) if slug]


VALUES = {
    "language": lambda: ["vi", "en"],
    "limit": lambda: [1, 50],
    "category": lambda: slugs(Category),
    "tag": lambda: slugs(Tag),
    "since": lambda: ["2000-01-01", "2199-01-01"],
    "until": lambda: ["2000-01-01", "2199-01-01"],
    "before": lambda: Edition.objects.values_list("article_id", flat=True).distinct(),
    "after": lambda: [0],
    "on_hotline": lambda: ["true", "false"],
}


def test_the_world_of_this_test_has_secrets_in_it(world):
    """Or the test below would prove nothing."""
    assert Edition.objects.filter(title__contains=SECRET).count() >= 7
    assert Person.objects.filter(name__contains=SECRET).count() == 2
    assert PhoneNumber.objects.filter(label__contains=SECRET).count() >= 4
    assert Photo.objects.filter(consent__contains=SECRET).count() == Photo.objects.count()


@pytest.mark.slow
@pytest.mark.parametrize("entrance", ENTRANCES, ids=lambda each: each.name)
def test_nothing_comes_out_but_what_is_public(citizen, world, entrance):
    answered = set()
    for address_, query in asked(entrance):
        answer = citizen.get(address_, query)
        answered.add(answer.status_code)
        whole = answer.content.decode()
        for word in (SECRET, "bi-mat", "bi mat", "3999777", "3999 777"):
            assert word not in whole, (address_, query)
        shape = entrance.answer.__name__ if answer.status_code == 200 else "Problem"
        assert list(broken(shape, answer.json(), citizen, world)) == []
    assert 200 in answered
    assert answered <= {200, 400, 404, 410}


def test_the_first_address_names_public_addresses_alone(citizen, world):
    assert list(broken("Index", citizen.get("/api/v1/").json(), citizen, world)) == []

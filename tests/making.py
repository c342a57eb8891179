"""Rows for tests: valid as they are, Vietnamese, and about nobody."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from contacts.models import Appointment, Person, PhoneNumber, Post, Unit
from editing.models import User
from news.models import Article, Category, Edition
from news.workflow import approve
from portal.models import Agency

_numbers = count(1)


def make_user(**changes: Any) -> User:
    values = {"username": f"canbo{next(_numbers)}", "is_staff": True, "is_superuser": True}
    user = User(**values | changes)
    user.set_password("mat-khau-thu-2026")
    user.save()
    return user


def make_agency(**changes: Any) -> Agency:
    agency = Agency.load()
    agency.name_vi, agency.name_en = "Ban Quản lý Khu kinh tế", "Economic Zone Authority"
    for name, value in changes.items():
        setattr(agency, name, value)
    agency.save()
    return agency


def make_category(**changes: Any) -> Category:
    number = next(_numbers)
    values = {"name_vi": f"Đầu tư {number}", "name_en": f"Investment {number}"}
    return Category.objects.create(**values | changes)


def make_board(**changes: Any) -> Category:
    return make_category(**{"name_vi": "Thông báo", "is_notice_board": True} | changes)


def make_draft(**changes: Any) -> Edition:
    """A draft of a new article; `language` and `origin` are the article's."""
    article = Article.objects.create(
        language=changes.pop("language", "vi"), origin=changes.pop("origin", None)
    )
    values = {
        "article": article,
        "title": "Khởi công tuyến đường trục Khu kinh tế",
        "lead": "Sáng nay, đơn vị thi công bắt đầu san nền.",
        "body": "<p>Tuyến đường dài bốn ki-lô-mét, có hai cầu vượt.</p>",
    }
    if "category" not in changes:
        changes["category"] = Category.objects.filter(is_notice_board=False).first() or (
            make_category()
        )
    return Edition.objects.create(**values | changes)


def make_edition(*, live_from: datetime | None = None, **changes: Any) -> Edition:
    """A live edition, an hour old unless told otherwise."""
    start = live_from or timezone.now() - timedelta(hours=1)
    return approve(make_draft(**changes), by=None, live_from=start)


def make_notice(**changes: Any) -> Edition:
    board = Category.objects.filter(is_notice_board=True).first() or make_board()
    return make_edition(**{"category": board, "title": "Lịch tiếp công dân"} | changes)


def make_unit(**changes: Any) -> Unit:
    values = {"name_vi": "Ban Quản lý Khu kinh tế", "name_en": "Economic Zone Authority"}
    return Unit.objects.create(**values | changes)


def make_post(**changes: Any) -> Post:
    values = {"title_vi": "Trưởng phòng Đầu tư", "title_en": "Head of Investment"}
    unit = changes.pop("unit", None) or Unit.objects.first() or make_unit()
    return Post.objects.create(**values | {"unit": unit} | changes)


def make_official(*numbers: str, **changes: Any) -> Appointment:
    """Somebody on the hotline with these numbers."""
    name = changes.pop("name", "Đặng Thị Ngọc Ưu")
    person = Person.objects.create(name=name, honorific=changes.pop("honorific", "ms"))
    post = changes.pop("post", None) or make_post()
    values = {"person": person, "post": post, "is_on_hotline": True}
    official = Appointment.objects.create(**values | changes)
    for raw in numbers or ("0257 3500 001",):
        PhoneNumber.objects.create(appointment=official, raw=raw)
    return official


def today() -> date:
    """The day in Vietnam."""
    return timezone.localdate()

"""Asks every staff address as every role; `python -m tests.portal.matrix` writes what it finds."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_name("permission_matrix.txt")
METHODS = ("get", "post")
NOBODY, SUPERUSER = "không có quyền", "quản trị tối cao"
ROLES = [
    NOBODY,
    "Người viết bài",
    "Biên tập viên",
    "Người duyệt đăng",
    "Phụ trách danh bạ",
    "Phụ trách thông báo khẩn",
    "Xem thống kê",
    "Quản trị viên",
    SUPERUSER,
]
CLOSED = (403, 404, 405)

Cells = dict[str, tuple[bool, ...]]


def _patterns() -> list[tuple[str, str]]:
    from tests.portal.test_staff_rights import ADDRESSES, FOR_EVERYBODY

    rows = [row for row in ADDRESSES if row[0] not in FOR_EVERYBODY and "(?P" not in row[1]]
    return sorted(each for row in rows for each in _each_step(*row))


def _each_step(name: str, address: str) -> list[tuple[str, str]]:
    """Every step of the publishing life has its own right behind one address."""
    from news.steps import STEPS

    if name != "admin:news_edition_step":
        return [(name, address)]
    words = ["publish", *(step.name for step in STEPS)]
    return [(f"{name}:{word}", address.replace("/publish/", f"/{word}/")) for word in words]


def names() -> list[str]:
    return [name for name, _address in _patterns()]


def addresses(rows: Mapping[str, int]) -> dict[str, str]:
    """With the keys of rows that are there, so that nobody is refused for want of them."""
    from django.contrib.contenttypes.models import ContentType

    found = {}
    for name, address in _patterns():
        model = next((label for label in rows if name.startswith(f"admin:{label}_")), "")
        key = rows.get(model, rows["news_article"])
        if name == "admin:view_on_site":  # where a draft would be read
            kind = ContentType.objects.get_by_natural_key("news", "edition").pk
            found[name] = address.replace("/1/1/", f"/{kind}/{rows['news_edition']}/")
            continue
        found[name] = address.replace("/1/", f"/{key}/").replace("<table:extension>", "csv")
    return found


def make_rows() -> dict[str, int]:
    """One row of each kind, by the name that its addresses begin with."""
    from django.contrib.auth.models import Group
    from django.utils import timezone

    from contacts.models import Duty, SpecialDay
    from editing.models import Abbreviation, Action, File, Periods, Photo
    from editing.trail import record
    from news.models import FrontStory, ReaderRemark, Reviewer, Tag
    from portal.alerts.models import Subscription
    from portal.models import Emergency, LinkGroup, MenuItem, MissingAddress, Page, Redirect, Task
    from stats.models import CounterOffset, DayTotal, ImportedDay, RuleDecision
    from tests.making import make_agency, make_draft, make_edition, make_official, make_user

    today = timezone.localdate()
    agency, official, draft = make_agency(), make_official(), make_draft()
    trail = record(Action.CHANGED, agency, by=None)
    rows = {
        "contacts_appointment": official,
        "contacts_duty": Duty.objects.create(name_vi="Cấp phép", post=official.post),
        "contacts_person": official.person,
        "contacts_post": official.post,
        "contacts_specialday": SpecialDay.objects.create(day=today, name="Nghỉ bão"),
        "contacts_unit": official.post.unit,
        "editing_abbreviation": Abbreviation.objects.create(short="XYQ", full="Xã Yên Quang"),
        "editing_auditentry": trail,
        "editing_file": File.objects.create(name="a.pdf", extension="pdf", path="a", size=1),
        "editing_periods": Periods.objects.get_or_create(pk=1)[0],
        "editing_photo": Photo.objects.create(width=9, height=9, sha256="0" * 64),
        "editing_user": make_user(is_superuser=False),
        "auth_user": make_user(is_superuser=False),
        "auth_group": Group.objects.first(),
        "news_article": draft.article,
        "news_category": draft.category,
        "news_edition": draft,
        "news_frontstory": FrontStory.objects.create(article=make_edition().article),
        "news_readerremark": ReaderRemark.objects.create(
            article=draft.article, is_useful=True, text="Rõ ràng"
        ),
        "news_reviewer": Reviewer.objects.create(name="Lê Thị An", email="an@example.vn"),
        "news_tag": Tag.objects.create(name_vi="Cảng biển"),
        "portal_agency": agency,
        "portal_emergency": Emergency.objects.create(headline="Bão số 5"),
        "portal_linkgroup": LinkGroup.objects.create(title="Bộ, ngành"),
        "portal_menuitem": MenuItem.objects.create(label_vi="Tin", url="/tin-tuc/"),
        "portal_missingaddress": MissingAddress.objects.create(path="/cu/"),
        "portal_page": Page.objects.create(title_vi="Chức năng", path_vi="chuc-nang"),
        "portal_redirect": Redirect.objects.create(old_path="/a", new_path="/b"),
        "portal_subscription": Subscription.objects.create(email="doc@example.vn", language="vi"),
        "portal_task": Task.objects.create(name="x", due_at=timezone.now()),
        "stats_counteroffset": CounterOffset.objects.create(figure=1, reason="Bộ đếm cũ"),
        "stats_daytotal": DayTotal.objects.create(day=today),
        "stats_importedday": ImportedDay.objects.create(day=today, pageviews=1),
        "stats_ruledecision": RuleDecision.objects.create(rule="x", reason="y"),
    }
    return {label: row.pk for label, row in rows.items()}


def opened(role: str, method: str) -> set[str]:
    """The addresses that answer this role otherwise than by a refusal."""
    from django.contrib.auth.models import Group
    from django.test import Client

    from tests.making import make_user

    rows = make_rows()
    user = make_user(is_superuser=role == SUPERUSER)
    if role not in (NOBODY, SUPERUSER):
        user.groups.add(Group.objects.get(name=role))
    client, found = Client(), set()
    client.force_login(user)
    for name, address in addresses(rows).items():
        answer = getattr(client, method)(address)
        # Who is led to the login or to the desk has not been let in.
        is_led_away = answer.status_code == 302 and answer["Location"] in ("/quan-tri/",)
        if answer.status_code not in CLOSED and not is_led_away:
            found.add(name)
    return found


def read() -> dict[str, Cells]:
    said = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("admin:"):
            name, *cells = line.split()
            said[name] = {
                method: tuple(mark != "-" for mark in marks)
                for method, marks in zip(METHODS, cells, strict=True)
            }
    return said


def write(found: Mapping[tuple[str, str], set[str]]) -> None:
    head = [f"# {number}: {role}" for number, role in enumerate(ROLES)]
    digits = "".join(str(number) for number in range(len(ROLES)))
    lines = [f"{'# address':<44} {digits} {digits}", f"{'#':<44} GET       POST"]
    for name in names():
        cells = [
            "".join(mark if name in found[role, method] else "-" for role in ROLES)
            for method, mark in zip(METHODS, "rw", strict=True)
        ]
        lines.append(f"{name:<44} {' '.join(cells)}")
    FILE.write_text("\n".join([*head, "", *lines, ""]), encoding="utf-8")


def main() -> None:
    import pytest

    class Writer:
        found: dict[tuple[str, str], set[str]] = {}

        @pytest.fixture
        def matrix_writer(self) -> dict[tuple[str, str], set[str]]:
            return self.found

    status = pytest.main(["-q", "-p", "no:xdist", __file__], plugins=[Writer()])
    if status == 0:
        write(Writer.found)
    sys.exit(status)


if __name__ == "__main__":
    main()
else:
    import pytest

    # Collected only by `main`: a test run by itself finds tests in files named test_….
    @pytest.mark.django_db
    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("role", ROLES)
    def test_ask(matrix_writer: dict[tuple[str, str], set[str]], role: str, method: str) -> None:
        matrix_writer[role, method] = opened(role, method)

"""The directory as a table that staff save, fill in and bring back: all of it or nothing.

`make_plan` reads a table and says of every row what would become of it, and of every mistake where
it is; it writes nothing. `carry_out` does what the plan says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import phones
from contacts.messages import phone_error_message
from contacts.models import (
    Appointment,
    AppointmentKind,
    Channel,
    ChannelKind,
    Person,
    Post,
    Unit,
)
from contacts.phonebook import check_numbers, write_numbers
from vietnamese.folding import fold
from vietnamese.normalizing import clean_line

MOST_ROWS = 5000

# A row by the names of its columns, and its number as the spreadsheet counts.
TableRow = tuple[int, dict[str, str]]

# Name in code → heading for staff. What is not in the table stays as it is.
COLUMNS = {
    "id": gettext_lazy("No."),
    "unit": gettext_lazy("Unit"),
    "post": gettext_lazy("Post"),
    "rank": gettext_lazy("Rank"),
    "honorific": gettext_lazy("Honorific"),
    "name": gettext_lazy("Full name"),
    "kind": gettext_lazy("Kind"),
    "decision": gettext_lazy("Decision"),
    "started_on": gettext_lazy("From"),
    "ended_on": gettext_lazy("To"),
    "is_on_hotline": gettext_lazy("On the hotline"),
    "numbers": gettext_lazy("Phone numbers"),
    "emails": gettext_lazy("E-mail"),
    "zalo": gettext_lazy("Zalo"),
}
# Without these a row says nothing.
NEEDED = ("unit", "post", "name")
_LONGEST = {"unit": 150, "post": 120, "name": 120, "decision": 120, "numbers": 1000}
_YES = {"x", "co", "yes", "1", "true"}
_NO = {"", "khong", "no", "0", "false", "–", "-"}


class TableError(ValidationError):
    """The table as a whole cannot be read."""


@dataclass
class Line:
    """One row of the table, and what becomes of it."""

    number: int  # as the spreadsheet counts, the header being 1
    name: str = ""
    is_new: bool = False
    changes: list[tuple[str, str, str]] = field(default_factory=list)  # heading, before, after
    errors: list[tuple[str, str]] = field(default_factory=list)  # heading, reason
    apply: Callable[[], None] | None = None

    def refuse(self, column: str, reason: str) -> None:
        self.errors.append((str(COLUMNS[column]), reason))

    def compare(self, before: dict[str, str], after: dict[str, str], row: dict[str, str]) -> None:
        for column in after:
            old, new = before.get(column, ""), after[column]
            if old != new and (column in row or self.is_new):
                self.changes.append((str(COLUMNS[column]), old, new))


@dataclass
class Plan:
    lines: list[Line]

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.errors]

    @property
    def new(self) -> list[Line]:
        return [line for line in self.lines if line.is_new and not line.errors]

    @property
    def changed(self) -> list[Line]:
        return [line for line in self.lines if line.changes and not line.is_new and not line.errors]

    @property
    def same_count(self) -> int:
        return len(self.lines) - len(self.wrong) - len(self.new) - len(self.changed)

    @property
    def fingerprint(self) -> str:
        """Of all that would happen: another one means that the directory has changed since."""
        said = [[line.number, line.is_new, line.changes, line.errors] for line in self.lines]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


# The table


def export_table(officials: Iterable[Appointment]) -> list[list[str]]:
    """The directory for staff, internal numbers included, in the columns that can be brought back."""
    return [[str(heading) for heading in COLUMNS.values()], *map(_cells, officials)]


def _cells(row: Appointment) -> list[str]:
    return [
        str(row.pk),
        row.post.unit.name,
        row.post.title,
        str(row.post.rank),
        row.person.get_honorific_display(),
        row.person.name,
        row.get_kind_display(),
        row.decision,
        _day(row.started_on),
        _day(row.ended_on),
        "x" if row.is_on_hotline else "",
        row.typed_numbers,
        "; ".join(_values(row, ChannelKind.EMAIL)),
        "; ".join(_values(row, ChannelKind.ZALO)),
    ]


def _values(row: Appointment, kind: str) -> list[str]:
    return [channel.value for channel in row.channels.all() if channel.kind == kind]


def _day(value: date | None) -> str:
    return f"{value:%d/%m/%Y}" if value else ""


def read_columns(table: list[list[str]]) -> list[TableRow]:
    """The rows by the names of their columns. Raises TableError for a table that has not those it
    needs, or too many rows."""
    if not table:
        raise TableError(_("The table is empty."))
    names = [_column(cell) for cell in table[0]]
    missing = [str(COLUMNS[name]) for name in NEEDED if name not in names]
    if missing:
        raise TableError(_("These columns are missing: %s.") % ", ".join(missing))
    twice = {str(COLUMNS[name]) for name in names if name and names.count(name) > 1}
    if twice:
        raise TableError(_("These columns stand there twice: %s.") % ", ".join(sorted(twice)))
    rows = [(number, dict(zip(names, cells, strict=False))) for number, cells in _filled(table)]
    if len(rows) > MOST_ROWS:
        raise TableError(
            _("The table has %(rows)s rows; at most %(most)s can be taken.")
            % {"rows": len(rows), "most": MOST_ROWS}
        )
    return [(number, {name: cell for name, cell in row.items() if name}) for number, row in rows]


def _filled(table: list[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(table[1:], start=2):
        if any(cell.strip() for cell in cells):
            yield number, cells


def _column(heading: str) -> str:
    """The column of that heading, in any language that the portal has."""
    known = fold(heading)
    return next((name for name in COLUMNS if known in _headings(name)), "")


_ALSO = {
    "id": {"no", "id", "ma", "ma so"},
    "unit": {"unit", "don vi"},
    "post": {"post", "chuc vu", "chuc danh"},
    "rank": {"rank", "thu bac"},
    "honorific": {"honorific", "xung ho"},
    "name": {"full name", "name", "ho ten", "ho va ten"},
    "kind": {"kind", "hinh thuc"},
    "decision": {"decision", "quyet dinh"},
    "started_on": {"from", "tu ngay"},
    "ended_on": {"to", "den ngay"},
    "is_on_hotline": {"on the hotline", "hotline", "duong day nong"},
    "numbers": {"phone numbers", "phone", "dien thoai", "so dien thoai"},
    "emails": {"e mail", "email", "thu dien tu"},
    "zalo": {"zalo"},
}


def _headings(name: str) -> set[str]:
    return {fold(str(COLUMNS[name])), *_ALSO[name]}


# The plan


def make_plan(rows: list[TableRow], *, renew: bool = False) -> Plan:
    """What would become of every row; seven queries, whatever their number."""
    return _Planner(renew=renew).plan(rows)


@transaction.atomic
def carry_out(rows: list[TableRow], *, renew: bool = False, expected: str = "") -> Plan:
    """Does what the plan says. Raises TableError, and does nothing, if there is any mistake, or if
    the plan is no longer the one whose fingerprint is expected."""
    # Two imports, or an import and a change by hand, go one after the other.
    list(Post.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    plan = make_plan(rows, renew=renew)
    if plan.wrong:
        raise TableError(_("There are mistakes in the table: nothing has been changed."))
    if expected and plan.fingerprint != expected:
        raise TableError(
            _("The directory has changed meanwhile: please look at the changes again.")
        )
    for line in plan.lines:
        if line.apply is not None:
            line.apply()
    return plan


class _Planner:
    """Knows the whole directory, and what the rows read so far would add to it."""

    def __init__(self, *, renew: bool) -> None:
        self.renew = renew
        self.units: dict[str, list[Unit]] = {}
        for unit in Unit.objects.all():
            self.units.setdefault(fold(unit.name), []).append(unit)
        self.posts: dict[tuple[str, str], Post] = {}
        for post in Post.objects.select_related("unit"):
            self.posts.setdefault((fold(post.unit.name), fold(post.title)), post)
        self.people: dict[str, list[Person]] = {}
        for person in Person.objects.all():
            self.people.setdefault(person.name, []).append(person)
        self.officials: dict[int, Appointment] = {}
        self.current: dict[tuple[str, str, str], Appointment] = {}
        for official in Appointment.objects.select_related("person", "post__unit").prefetch_related(
            "phonenumbers", "channels"
        ):
            self.officials[official.pk] = official
            if official.ended_on is None or official.is_current():
                self.current[self._key(official)] = official
        self.line_of: dict[int, Line] = {}  # by id() of the official that it is about
        self.root = next((unit for unit in Unit.objects.filter(parent=None)), None)

    @staticmethod
    def _key(official: Appointment) -> tuple[str, str, str]:
        post = official.post
        return official.person.name, fold(post.unit.name), fold(post.title)

    def plan(self, rows: list[TableRow]) -> Plan:
        lines = [self._line(number, _cleaned(cells)) for number, cells in rows]
        self._check_seats()
        return Plan(lines)

    def _line(self, number: int, row: dict[str, str]) -> Line:
        line = Line(number, name=row.get("name", "")[:120])
        _check_lengths(line, row)
        values = self._read(line, row)
        official = self._find(line, row)
        if line.errors or official is None:
            return line
        if first := self.line_of.get(id(official)):
            line.refuse("name", _("the same entry as in row %s") % first.number)
            return line
        self.line_of[id(official)] = line
        before = {} if line.is_new else _state(official)
        _take(official, values)
        line.compare(before, {**_state(official), **_listed(values)}, row)
        if line.changes or line.is_new:
            line.apply = lambda: _save(official, values)
        return line

    def _read(self, line: Line, row: dict[str, str]) -> dict[str, Any]:
        """The cells, understood; a reason for each that cannot be."""
        values: dict[str, Any] = {}
        for column, read in _READERS.items():
            if column not in row:
                continue
            try:
                is_old = column == "numbers" and self.renew
                values[column] = read(_renewed(row[column]) if is_old else row[column])
            except ValidationError as error:
                for message in error.messages:
                    line.refuse(column, message)
        start, end = values.get("started_on"), values.get("ended_on")
        if start and end and end <= start:
            line.refuse("ended_on", _("The last day stands before the first."))
        return values

    def _find(self, line: Line, row: dict[str, str]) -> Appointment | None:
        """Whom the row is about, perhaps somebody new who is not saved; None where a reason says
        why nobody."""
        for column in NEEDED:
            if not row.get(column):
                line.refuse(column, _("must not be empty"))
        if row.get("id"):
            return self._known(line, row)
        if line.errors:
            return None
        key = (row["name"], fold(row["unit"]), fold(row["post"]))
        return self.current.get(key) or self._new(line, row, key)

    def _known(self, line: Line, row: dict[str, str]) -> Appointment | None:
        key = row["id"]
        is_number = key.isascii() and key.isdigit() and len(key) < 16
        official = self.officials.get(int(key)) if is_number else None
        if official is None:
            line.refuse("id", _("no entry has the number %s") % key[:20])
            return None
        for column, now in (("unit", official.post.unit.name), ("post", official.post.title)):
            if row.get(column) and fold(row[column]) != fold(now):
                line.refuse(
                    column,
                    _("is “%s” now: end this appointment and write a row without number") % now,
                )
        return official

    def _new(
        self, line: Line, row: dict[str, str], key: tuple[str, str, str]
    ) -> Appointment | None:
        people = self.people.setdefault(row["name"], [])
        if len(people) > 1:
            line.refuse("name", _("several people have this name: write the number of the entry"))
        if len(self.units.get(key[1], [])) > 1:
            line.refuse("unit", _("several units have this name: write the number of the entry"))
        if line.errors:
            return None
        if not people:
            people.append(Person(name=row["name"]))
        line.is_new = True
        official = Appointment(person=people[0], post=self._post(line, row, key))
        self.current[key] = official
        return official

    def _post(self, line: Line, row: dict[str, str], key: tuple[str, str, str]) -> Post:
        if post := self.posts.get(key[1:]):
            return post
        units = self.units.setdefault(key[1], [])
        if not units:
            units.append(Unit(name=row["unit"], parent=self.root))
            line.changes.append((str(COLUMNS["unit"]), "", _("new unit: %s") % row["unit"]))
        line.changes.append((str(COLUMNS["post"]), "", _("new post: %s") % row["post"]))
        post = self.posts[key[1:]] = Post(unit=units[0], title=row["post"])
        return post

    def _check_seats(self) -> None:
        """A post with one seat has one holder at a time; a new post has as many seats as holders."""
        holders: dict[int, list[Appointment]] = {}
        for official in {id(row): row for row in self._everybody()}.values():
            holders.setdefault(id(official.post), []).append(official)
        posts = {id(post): post for post in self.posts.values()}
        for official in self.officials.values():
            posts.setdefault(id(official.post), official.post)
        by_pk: dict[int, list[Appointment]] = {}
        for rows in holders.values():
            post = rows[0].post
            if post.pk:
                by_pk.setdefault(post.pk, []).extend(rows)
            else:
                post.has_one_seat = not any(_overlap(*pair) for pair in combinations(rows, 2))
        for rows in by_pk.values():
            if rows[0].post.has_one_seat:
                self._refuse_overlaps(rows)

    def _everybody(self) -> Iterator[Appointment]:
        yield from self.officials.values()
        yield from self.current.values()

    def _refuse_overlaps(self, rows: list[Appointment]) -> None:
        for one, other in combinations(rows, 2):
            line = self.line_of.get(id(other)) or self.line_of.get(id(one))
            if line is not None and _overlap(one, other):
                name = (one if line is self.line_of.get(id(other)) else other).person.name
                line.refuse(
                    "post", _("is held by %s in that time: write first when it ends") % name
                )


def _overlap(one: Appointment, other: Appointment) -> bool:
    return _begins_before_end(one, other) and _begins_before_end(other, one)


def _begins_before_end(one: Appointment, other: Appointment) -> bool:
    return one.started_on is None or other.ended_on is None or one.started_on < other.ended_on


# Cells


def _cleaned(cells: dict[str, str]) -> dict[str, str]:
    """Without what an export put before a cell so that no spreadsheet calculates it."""
    lines = {name: cell.strip().removeprefix("'") for name, cell in cells.items()}
    return {
        name: cell.replace("\x00", "") if name == "numbers" else clean_line(cell)
        for name, cell in lines.items()
    }


def _check_lengths(line: Line, row: dict[str, str]) -> None:
    for column, most in _LONGEST.items():
        if len(row.get(column, "")) > most:
            line.refuse(column, _("at most %s characters") % most)


def _renewed(cell: str) -> str:
    try:
        return phones.renew_text(cell) if cell else ""
    except phones.PhoneError as error:
        raise ValidationError(phone_error_message(error)) from error


def _read_numbers(cell: str) -> str:
    _numbers, errors = check_numbers(cell)
    if errors:
        raise ValidationError(errors)
    return cell


def _read_day(cell: str) -> date | None:
    if not cell:
        return None
    parts = cell.split("/")
    text = "-".join([parts[2], parts[1].zfill(2), parts[0].zfill(2)]) if len(parts) == 3 else cell
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise ValidationError(_("“%s” is no day. Example: 03/05/2026") % cell[:40])
    return day


def _read_yes(cell: str) -> bool:
    word = fold(cell).strip()
    if word not in _YES | _NO:
        raise ValidationError(_("write x, or leave it empty"))
    return word in _YES


def _read_rank(cell: str) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit() and int(cell[:6]) <= 32767 and len(cell) < 6):
        raise ValidationError(_("a number from 0 to 32767"))
    return int(cell)


def _read_honorific(cell: str) -> str:
    return _choice(cell, {"ong": "mr", "ba": "ms", "mr": "mr", "ms": "ms", "mrs": "ms", "": ""})


def _read_kind(cell: str) -> str:
    words = {fold(str(label)): value for value, label in AppointmentKind.choices}
    return _choice(cell, words | _KINDS)


_KINDS = {
    "": "full",
    "chinh thuc": "full",
    "quyen": "acting",
    "phu trach": "in_charge",
    "kiem nhiem": "concurrent",
}


def _choice(cell: str, words: dict[str, str]) -> str:
    value = words.get(fold(cell).strip())
    if value is None:
        known = ", ".join(word for word in words if word)
        raise ValidationError(
            _("“%(cell)s” is not known. These are: %(known)s") % {"cell": cell[:40], "known": known}
        )
    return value


def _read_list(cell: str, validate: Callable[[str], None]) -> list[str]:
    values = [part.strip() for part in cell.replace(",", ";").split(";") if part.strip()]
    for value in values:
        validate(value)
        if len(value) > 200:
            raise ValidationError(_("at most %s characters") % 200)
    return list(dict.fromkeys(values))


_IS_EMAIL = EmailValidator(gettext_lazy("“%(value)s” is no e-mail address"))
_IS_LINK = URLValidator(
    schemes=["https", "http"], message=gettext_lazy("“%(value)s” is no address with https://")
)

_READERS: dict[str, Callable[[str], Any]] = {
    "honorific": _read_honorific,
    "name": lambda cell: cell,
    "kind": _read_kind,
    "decision": lambda cell: cell,
    "started_on": _read_day,
    "ended_on": _read_day,
    "is_on_hotline": _read_yes,
    "rank": _read_rank,
    "numbers": _read_numbers,
    "emails": lambda cell: _read_list(cell, _IS_EMAIL),
    "zalo": lambda cell: _read_list(cell, _IS_LINK),
}


# Rows


def _state(official: Appointment) -> dict[str, str]:
    """What is compared, as staff read it."""
    cells = (
        dict(zip(COLUMNS, _cells(official), strict=True))
        if official.pk
        else _cells_of_new(official)
    )
    return {name: cell for name, cell in cells.items() if name not in ("id", "unit", "post")}


def _cells_of_new(official: Appointment) -> dict[str, str]:
    return {
        "rank": str(official.post.rank),
        "honorific": official.person.get_honorific_display(),
        "name": official.person.name,
        "kind": official.get_kind_display(),
        "decision": official.decision,
        "started_on": _day(official.started_on),
        "ended_on": _day(official.ended_on),
        "is_on_hotline": "x" if official.is_on_hotline else "",
    }


def _listed(values: dict[str, Any]) -> dict[str, str]:
    """What is kept in rows of its own, as it will be."""
    texts = {name: "; ".join(values[name]) for name in ("emails", "zalo") if name in values}
    return texts | ({"numbers": values["numbers"]} if "numbers" in values else {})


def _take(official: Appointment, values: dict[str, Any]) -> None:
    for name in ("kind", "decision", "started_on", "ended_on", "is_on_hotline"):
        if name in values:
            setattr(official, name, values[name])
    for name in ("honorific", "name"):
        if name in values:
            setattr(official.person, name, values[name])
    if values.get("rank") is not None:
        official.post.rank = values["rank"]


def _save(official: Appointment, values: dict[str, Any]) -> None:
    unit, post, person = official.post.unit, official.post, official.person
    if unit.pk is None:
        unit.save()
    if post.pk is None or values.get("rank") is not None:
        post.unit = unit
        post.save()
    if person.pk is None or {"honorific", "name"} & values.keys():
        person.save()
    official.person, official.post = person, post
    # What was brought in from elsewhere is to be confirmed by somebody who knows.
    official.confirmed_on = official.confirmed_by = None
    official.save()
    if "numbers" in values:
        write_numbers(official, values["numbers"])
    for column, kind in (("emails", ChannelKind.EMAIL), ("zalo", ChannelKind.ZALO)):
        if column in values:
            _write_channels(official, kind, values[column])


def _write_channels(official: Appointment, kind: str, wanted: list[str]) -> None:
    known = {row.value: row for row in Channel.objects.filter(appointment=official, kind=kind)}
    for value in known.keys() - set(wanted):
        known[value].delete()
    for position, value in enumerate(wanted, start=1):
        if value not in known:
            Channel.objects.create(
                appointment=official, kind=kind, value=value, position=position * 10
            )

"""What readers looked for and did not find, told only once five of them have asked.

A request appends one line to a small file, and the runner takes it from there. What is kept until
the fifth visitor are no words but a keyed hash of them, and of each visitor the number of one of 63
seats, drawn by a hash with those very words in its key. Two visitors may share a seat, so taken
seats never say that more have asked than did; and nobody's seats under two searches can be
brought together. Seats, hashes and their key go with their week, and no backup has them.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from portal.search.answers import Answer
from portal.search.asking import read
from portal.search.models import SearchWeek, VainKey, VainSearch, VainSeats, monday_of
from stats import sender
from stats.drain import overwrite_what_is_deleted
from stats.robots import rule_for
from vietnamese.words import Word

FEWEST_VISITORS = 5
LONGEST = 80  # characters; nobody types the same long sentence as four others
SEATS = 63  # as many as a number of the database has bits
MOST_A_WEEK = 20_000  # different searches; more are the work of robots
MOST_TOLD = 100  # of a week
WEEKS_TOLD = 104
LARGEST_FILE = 256 * 1024  # bytes; what comes after is not noted
# A number of a telephone, an identity card, an account: with or without gaps between its digits.
_NUMBER = re.compile(r"\d(?:[\W_]*\d){8,}")


class Noted(NamedTuple):
    """One line of the file: the Monday of the week, the words, the visitor's seat."""

    week: str
    words: str
    seat: int


def note(request: HttpRequest, answer: Answer) -> None:
    """Never fails: a full disk costs the note, not the page."""
    words = _words(answer.query)
    week = monday_of(timezone.localdate())
    secret = answer.week_keys.get(week.isoformat())
    agent = sender.user_agent(request)
    if not words or not secret or request.method != "GET" or rule_for(agent):
        return
    address = request.META.get("REMOTE_ADDR", "")
    prefix = settings.STATS_IPV6_PREFIX
    drawn = sender.visitor_hash(_key(secret, words), address, agent, ipv6_prefix=prefix)
    _append(Noted(week.isoformat(), " ".join(word.spelled for word in words), drawn % SEATS))


def _words(query: str) -> tuple[Word, ...]:
    """None where the query may name a person: by a long number or a mail address."""
    if len(query) > LONGEST or "@" in query or _NUMBER.search(query):
        return ()
    return read(query).words


def _key(secret: str, words: Iterable[Word]) -> bytes:
    """Differs for each week and for each search, and stands nowhere."""
    folded = " ".join(word.folded for word in words)
    return blake2b(folded.encode(), key=bytes.fromhex(secret), digest_size=32).digest()


def _path() -> Path:
    return Path(settings.VAR_DIR) / "searches-in-vain"


def _append(line: Noted) -> None:
    with suppress(OSError):
        path = _path()
        if path.exists() and path.stat().st_size > LARGEST_FILE:
            return
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a", encoding="ascii") as file:
            file.write(json.dumps(line) + "\n")


# What the runner does


def gather_searches_in_vain() -> int:
    """Gives how many lines there were. A file that could not be gathered is read once more: a seat
    that is taken twice is taken."""
    this_week = monday_of(timezone.localdate())
    SearchWeek.objects.get_or_create(monday=this_week)
    for week in (this_week, this_week + timedelta(days=7)):
        VainKey.objects.get_or_create(week=week)
    taken = _path().with_suffix(".taken")
    with suppress(FileNotFoundError):
        if not taken.exists():
            _path().replace(taken)
    lines = list(_lines(taken))
    _seat(lines)
    taken.unlink(missing_ok=True)
    _forget(this_week)
    return len(lines)


def _lines(path: Path) -> Iterator[Noted]:
    if not path.exists():
        return
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        with suppress(ValueError, TypeError):
            noted = Noted(*json.loads(line))
            date.fromisoformat(noted.week)
            if 0 <= noted.seat < SEATS:
                yield noted


def _seat(lines: Iterable[Noted]) -> None:
    keys = {row.week: row.key for row in VainKey.objects.all()}
    for line in lines:
        week, words = date.fromisoformat(line.week), read(line.words).words
        if week not in keys:  # over, and forgotten
            continue
        digest = blake2b(_key(keys[week], words), digest_size=16).hexdigest()
        with transaction.atomic():
            row = _seats_of(week, digest)
            if row is None:
                continue
            row.taken |= 1 << line.seat
            row.save(update_fields=["taken"])
            if row.taken.bit_count() >= FEWEST_VISITORS:
                _tell(week, words, visitors(row.taken))


def _seats_of(week: date, digest: str) -> VainSeats | None:
    rows = VainSeats.objects.select_for_update()
    row = rows.filter(week=week, digest=digest).first()
    if row is None and VainSeats.objects.filter(week=week).count() < MOST_A_WEEK:
        row = VainSeats.objects.create(week=week, digest=digest)
    return row


def visitors(taken: int) -> int:
    """How many drew these seats, most likely (linear counting); never fewer than there are seats."""
    seats = taken.bit_count()
    if seats >= SEATS:
        return round(SEATS * math.log(SEATS))
    return max(seats, round(-SEATS * math.log(1 - seats / SEATS)))


def _tell(week: date, words: tuple[Word, ...], count: int) -> None:
    SearchWeek.objects.get_or_create(monday=week)
    VainSearch.objects.update_or_create(
        week_id=week,
        folded=" ".join(word.folded for word in words)[:LONGEST],
        defaults={"words": " ".join(word.spelled for word in words)[:LONGEST], "visitors": count},
    )


def _forget(this_week: date) -> None:
    overwrite_what_is_deleted()
    VainSeats.objects.filter(week__lt=this_week).delete()
    VainKey.objects.filter(week__lt=this_week).delete()
    SearchWeek.objects.filter(monday__lt=this_week - timedelta(weeks=WEEKS_TOLD)).delete()


def told(week: date) -> list[VainSearch] | None:
    """Of the week that begins on this Monday, the most wanted first; None if nobody counted then."""
    if not SearchWeek.objects.filter(monday=week).exists():
        return None
    return list(VainSearch.objects.filter(week_id=week)[:MOST_TOLD])

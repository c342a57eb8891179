"""What a rule is taken for: people, suspects or robots; staff may decide otherwise, from a day on.

The sums are kept per rule and never rewritten. A decision changes what is added up when figures
are asked for, so it works backwards as well as forwards and can be taken back.

The sums of everybody (`PERSON`) contain the suspects and no robot. So a robot rule that is taken
for people is added to them, and a suspect rule that is taken for robots is taken off.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import BigIntegerField, Case, Q, Value, When
from django.db.models.expressions import Combinable

from stats import clock
from stats.models import RuleDecision, TakenFor
from stats.robots import PERSON, is_suspect

BEGINNING = date.min


class Span(NamedTuple):
    """From this day until the day before the next span, or for ever."""

    rule: str
    first: date
    end: date  # not included
    taken_for: str


def native(rule: str) -> str:
    """What a rule is taken for while nobody has decided."""
    return TakenFor.SUSPECT if is_suspect(rule) else TakenFor.ROBOT


def spans() -> list[Span]:
    """Of every rule about which something was decided, without gaps. One query."""
    steps: dict[str, dict[date, str]] = {}
    for decision in RuleDecision.objects.order_by("pk"):
        first = decision.valid_from or BEGINNING
        earlier = steps.get(decision.rule, {BEGINNING: native(decision.rule)})
        kept = {day: taken for day, taken in earlier.items() if day < first}
        steps[decision.rule] = kept | {first: decision.taken_for}
    return [span for rule, taken in steps.items() for span in _spans_of(rule, taken)]


def _spans_of(rule: str, taken: dict[date, str]) -> Iterable[Span]:
    ends = [*list(taken)[1:], date.max]
    for (first, taken_for), end in zip(taken.items(), ends, strict=True):
        yield Span(rule, first, end, taken_for)


def taken_for(rule: str, day: date, decided: list[Span]) -> str:
    for span in decided:
        if span.rule == rule and span.first <= day < span.end:
            return span.taken_for
    return native(rule)


def weight(rule: str, day: date, decided: list[Span]) -> int:
    """How often the sums of a rule on a day go into the main figures: once, not at all, or off."""
    if rule == PERSON:
        return 1
    return _weight(rule, taken_for(rule, day, decided))


def _weight(rule: str, taken: str) -> int:
    if is_suspect(rule):  # is among the people's sums already
        return -1 if taken == TakenFor.ROBOT else 0
    return 0 if taken == TakenFor.ROBOT else 1


def weights(decided: list[Span], field: str = "day") -> Combinable:
    """The same as an expression over rows of sums, by their `day` or their hour's `start`."""
    cases = [
        When(_within(span, field), then=Value(weight))
        for span in decided
        if (weight := _weight(span.rule, span.taken_for))
    ]
    return Case(
        When(rule=PERSON, then=Value(1)), *cases, default=Value(0), output_field=BigIntegerField()
    )


def relevant(decided: list[Span]) -> Q:
    """Rows that may have a weight: people's own, and those of rules decided about."""
    return Q(rule__in=[PERSON, *sorted({span.rule for span in decided})])


def _within(span: Span, field: str) -> Q:
    found = Q(rule=span.rule)
    if span.first > BEGINNING:
        found &= Q(**{f"{field}__gte": _bound(span.first, field)})
    if span.end < date.max:
        found &= Q(**{f"{field}__lt": _bound(span.end, field)})
    return found


def _bound(day: date, field: str) -> date | datetime:
    if field == "day":
        return day
    return datetime(day.year, day.month, day.day, tzinfo=clock.LOCAL)

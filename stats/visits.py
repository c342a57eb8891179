"""Visits as intervals, so that pageviews may arrive in any order.

A visitor's intervals follow from the set of their pageviews alone, and the figures follow from the
intervals alone. Whoever adds a pageview takes the figures before and after and books the
difference: order, number of spools and number of hosts cannot matter.

Midnight: a hash lives for one local day, yet a visit may cross midnight. A pageview of a day's
first 30 minutes is therefore recorded under two hashes, its own day's and the day before's, and
visits that begin in those 30 minutes are counted by the earlier hash only, which alone can see
whether they continue a visit of the evening. The two hashes are never stored together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from stats.clock import DAY, MINUTE, SECOND, start_of

GAP = 30 * MINUTE  # a gap of exactly 30 minutes is still the same visit
ONLINE = 300 * SECOND


class Interval(NamedTuple):
    first: int
    last: int


class Figures(NamedTuple):
    """What one hash adds to the figures of its own day and of the next day."""

    visitors: int
    visits: int
    visits_next_day: int


def with_moments(intervals: Iterable[Interval], moments: Iterable[int]) -> list[Interval]:
    """The intervals after more pageviews, in order of time."""
    pieces = sorted([*intervals, *(Interval(moment, moment) for moment in moments)])
    merged: list[Interval] = []
    for piece in pieces:
        if merged and piece.first - merged[-1].last <= GAP:
            merged[-1] = Interval(merged[-1].first, max(merged[-1].last, piece.last))
        else:
            merged.append(piece)
    return merged


def figures(day: int, intervals: Iterable[Interval]) -> Figures:
    """The figures of one hash of that day (a day number of `stats.clock`)."""
    starts = [interval.first for interval in intervals]
    midnight, next_midnight = start_of(day), start_of(day) + DAY
    return Figures(
        visitors=int(any(start < next_midnight for start in starts)),
        visits=sum(midnight + GAP <= start < next_midnight for start in starts),
        visits_next_day=sum(next_midnight <= start for start in starts),
    )

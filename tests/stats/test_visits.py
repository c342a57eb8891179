from hypothesis import given
from hypothesis import strategies as st

from stats.clock import DAY, MINUTE, as_date, day_number, hour_of, start_of
from stats.visits import GAP, Figures, Interval, figures, with_moments

TODAY = 20_759
MIDNIGHT = start_of(TODAY)


def test_a_pause_of_exactly_thirty_minutes_is_the_same_visit() -> None:
    assert with_moments([], [0, GAP]) == [Interval(0, GAP)]
    assert with_moments([], [0, GAP + 1]) == [Interval(0, 0), Interval(GAP + 1, GAP + 1)]


def test_a_pageview_may_join_two_visits() -> None:
    apart = [Interval(0, 5), Interval(GAP * 2, GAP * 2 + 5)]
    assert with_moments(apart, [GAP]) == [Interval(0, GAP * 2 + 5)]


def test_a_day_begins_at_midnight_in_vietnam() -> None:
    assert day_number(MIDNIGHT) == TODAY
    assert day_number(MIDNIGHT - 1) == TODAY - 1
    assert str(hour_of(MIDNIGHT)) == f"{as_date(TODAY - 1)} 17:00:00+00:00"


def test_a_visit_that_begins_early_is_left_to_the_hash_of_the_day_before() -> None:
    early = [Interval(MIDNIGHT, MIDNIGHT)]
    assert figures(TODAY, early) == Figures(visitors=1, visits=0, visits_next_day=0)
    assert figures(TODAY - 1, early) == Figures(visitors=0, visits=0, visits_next_day=1)


def test_a_visit_over_midnight_belongs_to_the_evening() -> None:
    visit = [Interval(MIDNIGHT - MINUTE, MIDNIGHT + MINUTE)]
    assert figures(TODAY - 1, visit) == Figures(visitors=1, visits=1, visits_next_day=0)


moments = st.lists(st.integers(0, 4 * DAY), max_size=40)


@given(moments, st.randoms())
def test_the_order_of_pageviews_changes_nothing(times: list[int], chance) -> None:  # type: ignore[no-untyped-def]
    intervals: list[Interval] = []
    for time in chance.sample(times, len(times)):
        intervals = with_moments(intervals, [time])
    assert intervals == with_moments([], times)


@given(st.lists(st.integers(-DAY, 2 * DAY), max_size=30))
def test_the_hashes_of_the_days_together_count_every_visit_once(offsets: list[int]) -> None:
    times = [MIDNIGHT + offset for offset in offsets]
    total = 0
    for day in range(TODAY - 2, TODAY + 3):
        seen = [t for t in times if day_number(t) == day or t - start_of(day + 1) in range(GAP)]
        sums = figures(day, with_moments([], seen))
        total += sums.visits + sums.visits_next_day
    assert total == len(with_moments([], times))

"""A sales cycle counts the deals that are still open, and an outcome curve says what became of all of them."""

import copy
import pickle
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.errors import LogError, NaiveTimeError
from salesproc.metrics import (
    Breakdown,
    Deal,
    DurationCounts,
    OutcomeCurve,
    OutcomePoint,
    finish_durations,
    finish_outcome_curve,
    outcome_curve,
    reduce_outcome_curve,
    reduce_sales_cycle,
    sales_cycle_length,
    time_to_convert,
)
from salesproc.periods import Period
from salesproc.stages import Process
from salesproc.testing import Exponential, simulate

DAY = timedelta(days=1)
START = date(2025, 1, 1)
AS_OF = date(2025, 2, 1)


def deal(opened, closed=None, outcome="open", **more):
    """A deal by days since the start."""
    return Deal(None, START + opened * DAY, None if closed is None else START + closed * DAY, outcome, **more)


ended = st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from(["won", "lost"]))
deals = st.lists(
    st.one_of(
        st.integers(0, 40).map(deal),
        ended.map(lambda one: deal(one[0], one[0] + one[1], one[2], owner="Ann")),
    ),
    max_size=25,
)
outcomes = st.sampled_from(["won", "lost", "closed"])

# Laws


@given(deals, deals, outcomes)
def test_counts_of_disjoint_deals_add_up(north, south, outcome):
    def counts(rows):
        return reduce_sales_cycle(rows, as_of=AS_OF, outcome=outcome)

    assert counts(north) + counts(south) == counts(north + south)
    assert finish_durations(counts(north + south)) == sales_cycle_length(
        south + north, as_of=AS_OF, outcome=outcome
    )
    parts = reduce_outcome_curve(north, as_of=AS_OF) + reduce_outcome_curve(south, as_of=AS_OF)
    assert finish_outcome_curve(parts) == outcome_curve(iter(south + north), as_of=AS_OF)


@given(deals, outcomes)
def test_every_deal_is_finished_lost_open_or_apart(rows, outcome):
    """Nothing is dropped in silence, and what closed after the review is still open at it."""
    cycle = sales_cycle_length(rows, as_of=AS_OF, outcome=outcome, period=Period(START, START + 20 * DAY))
    counts = cycle.counts
    everybody = cycle.finished + cycle.lost + cycle.open + counts.out_of_period + counts.after_as_of
    assert everybody == len(rows)
    there = [one for one in rows if one.opened_at < START + 20 * DAY]
    done = Counter(one.outcome for one in there if one.closed_at and one.closed_at <= AS_OF)
    won, lost = done["won"], done["lost"]
    expected = {"won": (won, lost), "lost": (lost, won), "closed": (won + lost, 0)}[outcome]
    assert (cycle.finished, cycle.lost) == expected


@given(deals)
def test_the_shares_add_up_to_one_at_every_age(rows):
    curve = outcome_curve(rows, as_of=AS_OF)
    for point in curve.points():
        assert point.won + point.lost + point.open == pytest.approx(1)
        assert min(point[1:]) >= 0
        assert curve.at(point.age) == point
    assert (curve.undefined is None) == (curve.deals > 0) == bool(curve.points())


@given(deals)
def test_closed_is_won_or_lost(rows):
    """The share off the table is the sum of the two ways off it."""
    closed = sales_cycle_length(rows, as_of=AS_OF, outcome="closed")
    for age in (0, 3, 10, 25, 60):
        both, off = outcome_curve(rows, as_of=AS_OF).at(age * DAY), closed.share_within(age * DAY)
        assert (both is None) == (off is None)
        if both is not None:
            assert off == pytest.approx(both.won + both.lost)


@given(deals)
def test_the_owner_parts_add_up_to_the_whole(rows):
    for parts, whole in (
        (sales_cycle_length(rows, as_of=AS_OF, by="owner"), sales_cycle_length(rows, as_of=AS_OF)),
        (outcome_curve(rows, as_of=AS_OF, by=lambda one: one.owner), outcome_curve(rows, as_of=AS_OF)),
    ):
        assert isinstance(parts, Breakdown)
        assert parts.total == whole
        assert set(parts) == {one.owner for one in rows}


# Worked by hand


def test_by_hand():
    """Two lost early, one won in between, one seen open: the won share is of all, not of the closed."""
    rows = [deal(0, 2, "lost"), deal(0, 2, "lost"), deal(0, 5, "won"), deal(25), deal(28, 30, "won")]
    curve = outcome_curve(rows, as_of=AS_OF)
    # Day 2: of 5 in view two are lost and one is won. Day 5: the last two are in view, one is won.
    assert curve.points() == (
        OutcomePoint(2 * DAY, 0.2, 0.4, pytest.approx(0.4)),
        OutcomePoint(5 * DAY, pytest.approx(0.4), 0.4, pytest.approx(0.2)),
        OutcomePoint(6 * DAY, pytest.approx(0.4), 0.4, pytest.approx(0.2)),
    )
    assert curve.at(7 * DAY) is None
    assert curve.at(timedelta(0)) == OutcomePoint(timedelta(0), 0, 0, 1)
    assert repr(curve) == "<OutcomeCurve: 2 won, 2 lost, 1 open>"
    assert curve.to_rows()[0] == {"age_days": 2.0, "won": 0.2, "lost": 0.4, "open": pytest.approx(0.4)}
    assert "<td>40.0%</td>" in curve._repr_html_()
    assert curve.lost.median is None
    nothing = outcome_curve([], as_of=AS_OF)
    assert nothing.undefined == "no deals: nothing was there to be won or lost"
    assert (nothing.points(), nothing.at(DAY), nothing.deals) == ((), None, 0)


def test_lost_deals_taken_for_open_ones_would_overstate_wins():
    """Losing rules winning out: the Kaplan-Meier share of wins is always at least the true one."""
    rows = [deal(0, 2, "lost")] * 5 + [deal(0, 10, "won")] * 5
    honest = outcome_curve(rows, as_of=AS_OF).at(10 * DAY).won
    naive = finish_durations(DurationCounts(finished={864_000_000_000: 5}, open={172_800_000_000: 5}))
    assert (honest, naive.share_within(10 * DAY)) == (0.5, 1.0)


# Oracles


def test_lifelines_finds_the_same_incidence():
    lifelines = pytest.importorskip("lifelines")
    outcome_of = {"open": 0, "won": 1, "lost": 2}
    kinds = ["won", "lost", "open", "won", "open", "lost", "lost", "won", "open", "won"]
    rows = [deal(31 - age) if kind == "open" else deal(0, age, kind) for age, kind in enumerate(kinds, 1)]
    curve = outcome_curve(rows, as_of=AS_OF)
    for kind in ("won", "lost"):
        fitted = lifelines.AalenJohansenFitter(calculate_variance=False).fit(
            range(1, 11), [outcome_of[one] for one in kinds], event_of_interest=outcome_of[kind]
        )
        theirs = fitted.cumulative_density_.iloc[1:, 0].tolist()
        assert [getattr(point, kind) for point in curve.points()] == pytest.approx(theirs)


def test_intervals_cover_the_truth_as_often_as_they_say_and_the_finished_only_median_does_not():
    """Half a year of a process whose median is 60 days, two hundred times over."""
    process = Process.pipeline("sales", stages=["talk"], won="won", lost="lost")
    start = datetime(2025, 1, 1, tzinfo=UTC)
    until = start + 180 * DAY
    covered, shares, finished_only = 0, 0, []
    for seed in range(200):
        log = simulate(
            process,
            entities=120,
            seed=seed,
            start=start,
            until=until,
            rates={"talk": {"win": 1.0}},
            durations={"talk": {"win": Exponential(60 * DAY)}},
        )
        took = time_to_convert(log, "talk", "won", as_of=until)
        low, high = took.quantile_interval(0.5)
        covered += low <= 60 * DAY and (high is None or high >= 60 * DAY)
        low, high = took.share_interval(30 * DAY)
        shares += low <= 1 - 0.5**0.5 <= high
        finished_only.append(took.finished_only_median)
    assert 180 <= covered <= 198
    assert 180 <= shares <= 198
    assert max(finished_only) < 60 * DAY
    assert sorted(finished_only)[100] < 45 * DAY


def test_the_interval_of_the_won_share_covers_the_truth_where_losing_competes():
    """Three in ten are won after 75 days, the others lost after 25; by 60 days so many are won."""
    process = Process.pipeline("sales", stages=["talk"], won="won", lost="lost")
    start = datetime(2025, 1, 1, tzinfo=UTC)
    until = start + 180 * DAY
    truth = 0.3 * (1 - 0.5 ** (60 / 75))
    covered, closed_only = 0, []
    for seed in range(200):
        log = simulate(
            process,
            entities=150,
            seed=seed,
            start=start,
            until=until,
            rates={"talk": {"win": 0.3, "lose": 0.7}},
            durations={"talk": {"win": 75 * DAY, "lose": 25 * DAY}},
        )
        took = time_to_convert(log, "talk", "won", as_of=until, lost=["lost"])
        low, high = took.share_interval(60 * DAY)
        covered += low <= truth <= high
        closed_only.append(took.finished / (took.finished + took.lost))
    assert 180 <= covered <= 198
    assert sorted(closed_only)[100] < 0.25


# Refusals


def test_what_cannot_be_read_is_refused():
    with pytest.raises(ValueError, match="outcome must be one of 'won', 'lost', 'closed', got 'open'"):
        sales_cycle_length([], as_of=AS_OF, outcome="open")
    with pytest.raises(LogError, match="deal 1 closed before it was opened"):
        sales_cycle_length([deal(5, 2, "won")], as_of=AS_OF)
    with pytest.raises(NaiveTimeError, match="opened_at of deal 1 is a plain date"):
        outcome_curve([deal(5, 7, "won")], as_of=datetime(2025, 3, 1))
    with pytest.raises(LogError, match="as_of must be a date or a datetime, got None"):
        outcome_curve([], as_of=None)


# Copies


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_curve_survives_pickling_and_copying(protocol):
    curve = outcome_curve([deal(0, 2, "lost"), deal(1)], as_of=AS_OF)
    assert isinstance(curve, OutcomeCurve)
    assert pickle.loads(pickle.dumps(curve, protocol)) == curve
    assert copy.copy(curve) == copy.deepcopy(curve) == curve

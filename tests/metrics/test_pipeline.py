"""The pipeline: weighted, covered, and how fast it turns into money."""

import math
import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money, NaiveTimeError, Period
from salesproc.metrics import (
    Deal,
    finish_sales_velocity,
    finish_weighted_pipeline,
    forecast_rollup,
    pipeline_coverage,
    reduce_sales_velocity,
    reduce_weighted_pipeline,
    sales_velocity,
    stage_probabilities,
    velocity_change,
    weighted_pipeline,
)
from salesproc.stages import Process
from salesproc.testing import simulate

CHANCES = {"demo": Decimal("0.3"), "offer": Decimal("0.6")}
END = date(2025, 12, 31)
DAYS = st.dates(date(2025, 1, 1), date(2025, 6, 30))


@st.composite
def deals(draw):
    opened, closed = sorted([draw(DAYS), draw(DAYS)])
    outcome = draw(st.sampled_from(["open", "won", "lost"]))
    return Deal(
        draw(st.none() | st.integers(0, 1000).map(lambda euros: Money(euros, "EUR"))),
        opened,
        None if outcome == "open" else closed,
        outcome,
        stage=draw(st.sampled_from(["demo", "offer", "other"])),
        close_date=draw(st.none() | DAYS),
    )


LISTS = st.lists(deals(), max_size=10)


@given(LISTS)
def test_the_weighted_sum_is_the_sum_of_amount_times_chance(found):
    """Never the mean chance times the total."""
    result = weighted_pipeline(iter(found), CHANCES, as_of=END)
    known = [d for d in found if d.outcome == "open" and d.stage in CHANCES]
    worth = sum(d.amount.amount * CHANCES[d.stage] for d in known if d.amount is not None)
    assert (Decimal(0) if result.weighted is None else result.weighted.amount) == worth
    assert result.counts.open.deals == len(known)
    assert result.counts.without_chance.deals == sum(
        d.outcome == "open" and d.stage == "other" for d in found
    )
    if result.weighted is not None:
        assert result.weighted <= result.unweighted


@given(LISTS, LISTS)
def test_weighted_pipelines_add_up(north, south):
    parts = [reduce_weighted_pipeline(part, CHANCES, as_of=END) for part in (north, south)]
    assert finish_weighted_pipeline(parts[0] + parts[1]) == weighted_pipeline(
        north + south, CHANCES, as_of=END
    )
    with pytest.raises(TypeError):
        parts[0] + 1


def test_a_weighted_pipeline_is_a_value_with_a_row():
    day = date(2025, 1, 6)
    found = [
        Deal(Money(100, "EUR"), day, None, "open", stage="demo"),
        Deal(None, day, None, "open", stage="other"),
    ]
    result = weighted_pipeline(found, CHANCES, as_of=END)
    assert result.to_rows() == [
        {"deals": 1, "unweighted": "100", "weighted": "30", "currency": "EUR", "without_amount": 0, "without_chance": 1}
    ]  # fmt: skip
    assert pickle.loads(pickle.dumps(result)) == result
    assert weighted_pipeline([], CHANCES, as_of=END).to_rows()[0]["weighted"] is None


@pytest.mark.parametrize("chance", [30, Decimal(30), 30.0, Decimal("-0.1")])
def test_a_percentage_is_no_chance(chance):
    with pytest.raises(ValueError, match="the chance of stage 'demo' must be a share from 0 to 1"):
        weighted_pipeline([], {"demo": chance}, as_of=END)


def test_chances_learned_from_a_log_are_taken_as_they_are():
    """Two of three deals were won from the demo; nothing is decided from the offer."""
    day = date(2025, 1, 6)
    log = [(who, "demo", day) for who in "abc"] + [("d", "offer", day)]
    log += [("a", "won", END), ("b", "won", END), ("c", "lost", END)]
    learned = stage_probabilities(log, ["demo", "offer"], won=["won"], lost=["lost"], as_of=END)
    found = [Deal(Money(100, "EUR"), day, None, "open", stage=stage) for stage in ("demo", "offer")]
    result = weighted_pipeline(found, learned, as_of=END)
    assert result.counts.weighted == Fraction(200, 3)
    assert result.weighted == Money("66.67", "EUR")
    assert result.counts.without_chance.deals == 1


def test_overdue_deals_are_due_in_no_period_and_are_said():
    day, late = date(2024, 11, 6), date(2024, 12, 15)
    found = [Deal(Money(1000, "EUR"), day, None, "open", stage="demo", close_date=late)]
    covered = pipeline_coverage(found, Money(1000, "EUR"), period=Q1, as_of=END)
    assert (covered.due.deals, covered.overdue.money) == (0, Money(1000, "EUR"))
    assert str(covered).endswith("0.00 times; 1 overdue from before, 1,000.00 EUR")
    rolled = forecast_rollup(found, {"demo": "commit"}, period=Q1, as_of=END)
    assert rolled.counts.overdue.money == Money(1000, "EUR")
    assert str(rolled).endswith("1 overdue from before (1,000.00 EUR)")


def test_a_deal_without_a_stage_and_two_currencies_are_refused():
    day = date(2025, 1, 6)
    with pytest.raises(LogError, match="deal 1 has the stage None"):
        weighted_pipeline([Deal(None, day, None, "open")], CHANCES, as_of=END)
    mixed = [Deal(Money(1, currency), day, None, "open", stage="demo") for currency in ("EUR", "USD")]
    with pytest.raises(CurrencyMismatch):
        weighted_pipeline(mixed, CHANCES, as_of=END)


Q1 = Period.quarter(2025, 1)


@given(LISTS)
def test_coverage_counts_what_is_due_and_what_is_won(found):
    result = pipeline_coverage(iter(found), Money(1000, "EUR"), period=Q1, as_of=END)
    due = [d for d in found if d.outcome == "open" and d.close_date is not None and d.close_date in Q1]
    won = [
        d.amount.amount for d in found if d.outcome == "won" and d.amount is not None and d.closed_at in Q1
    ]
    assert result.due.deals == len(due)
    assert result.won.amount == sum(won)
    assert result.undated == sum(d.outcome == "open" and d.close_date is None for d in found)
    assert result.remaining.amount == max(0, 1000 - sum(won))


def test_the_coverage_needed_is_one_over_the_win_rate():
    result = pipeline_coverage([], Money(1000, "EUR"), period=Q1, as_of=END)
    assert result.ratio.exact == 0
    assert result.required(Fraction(1, 3)) == 3
    assert result.required(Decimal("0.25")) == 4
    assert result.required(Fraction(0)) is None
    with pytest.raises(ValueError, match="a percentage is divided by 100 first"):
        result.required(Decimal(25))


def test_a_target_that_is_reached_needs_no_coverage():
    won = [
        Deal(Money(1000, "EUR"), date(2025, 1, 1), date(2025, 2, 1), "won"),
        Deal(None, date(2025, 1, 1), date(2025, 2, 1), "won"),
    ]
    result = pipeline_coverage(won, Money(900, "EUR"), period=Q1, as_of=END)
    assert result.ratio.undefined == "nothing remains to be won"
    assert result.remaining == Money(0, "EUR")
    assert str(result).endswith("nothing remains")
    assert result.to_rows()[0]["ratio"] is None
    assert pickle.loads(pickle.dumps(result)) == result


def test_deals_with_instants_are_covered_by_days():
    noon = datetime(2025, 1, 6, 12, tzinfo=UTC)
    deal = Deal(Money(100, "EUR"), noon, noon + timedelta(days=1), "won")
    due = Deal(Money(300, "EUR"), noon, None, "open", close_date=date(2025, 3, 1))
    result = pipeline_coverage([deal, due], Money(200, "EUR"), period=Q1, as_of=noon + timedelta(days=9))
    assert result.ratio.exact == 3
    aware = Period.quarter(2025, 1, tz="UTC")
    assert pipeline_coverage(
        [deal], Money(200, "EUR"), period=aware, as_of=noon + timedelta(days=9)
    ).won == Money(100, "EUR")


def test_a_deal_without_a_close_date_field_is_named():
    class Bare:
        amount, opened_at, closed_at, outcome = None, date(2025, 1, 1), None, "open"

    with pytest.raises(LogError, match="has no close_date"):
        pipeline_coverage([Bare()], Money(1, "EUR"), period=Q1, as_of=END)


HALF = Period(date(2025, 2, 1), date(2025, 5, 1))


@given(LISTS, LISTS)
def test_velocities_of_parts_add_up(north, south):
    parts = [reduce_sales_velocity(part, period=HALF) for part in (north, south)]
    whole = reduce_sales_velocity(north + south, period=HALF)
    assert parts[0] + parts[1] == whole
    shorter = reduce_sales_velocity([], period=Period(HALF.start, HALF.start + timedelta(days=1)))
    with pytest.raises(ValueError, match="two lengths"):
        whole + shorter
    with pytest.raises(TypeError):
        whole + 1


@given(LISTS)
def test_the_time_open_is_the_count_of_days_open(found):
    """Counted day by day."""
    counts = reduce_sales_velocity(found, period=HALF)
    days = [HALF.start + timedelta(days=i) for i in range((HALF.end - HALF.start).days)]
    open_days = sum(
        d.opened_at <= day and (d.closed_at is None or day < d.closed_at) for d in found for day in days
    )
    assert counts.open_time == open_days * 86_400_000_000
    assert counts.created == sum(HALF.start <= d.opened_at < HALF.end for d in found)
    closed = [d for d in found if d.closed_at is not None and HALF.start <= d.closed_at < HALF.end]
    assert (counts.won.deals, counts.lost) == tuple(
        sum(d.outcome == one for d in closed) for one in ("won", "lost")
    )
    assert counts.cycle_time == sum((d.closed_at - d.opened_at).days for d in closed) * 86_400_000_000
    assert counts.open_at_end == sum(
        d.opened_at < HALF.end and (d.closed_at is None or d.closed_at >= HALF.end) for d in found
    )


def test_velocity_is_the_rate_at_which_revenue_comes_in():
    """Little's law on a steady pipeline: what the formula gives is what is booked per day."""
    process = Process.pipeline("sales", stages=["talk"], won="won", lost="lost")
    log = simulate(
        process,
        entities=20_000,
        seed=5,
        start=datetime(2024, 1, 1, tzinfo=UTC),
        until=datetime(2027, 1, 1, tzinfo=UTC),
        rates={"talk": {"win": 0.3, "lose": 0.7}},
        durations={"talk": {"win": timedelta(days=40), "lose": timedelta(days=15)}},
    )
    found = []
    for number, journey in enumerate(log.journeys()):
        end = journey.entered_at if journey.stage in {"won", "lost"} else None
        outcome = str(journey.stage) if end else "open"
        found.append(Deal(Money(100 + number % 7, "EUR"), journey.created_at, end, outcome))
    year = Period.year(2026, tz="UTC")
    velocity = sales_velocity(found, period=year, population="open_on_average")
    booked = sum(d.amount.amount for d in found if d.outcome == "won" and d.closed_at in year) / 365
    assert float(velocity.per_day) == pytest.approx(float(booked), rel=0.03)


def test_closed_deals_alone_give_won_value_over_the_cycle():
    jan = date(2025, 2, 1)
    found = [
        Deal(Money(1000, "EUR"), jan, jan + timedelta(days=10), "won"),
        Deal(None, jan, jan + timedelta(days=30), "lost"),
    ]
    velocity = sales_velocity(found, period=HALF, population="closed")
    assert velocity.per_day == Fraction(1000, 20)
    assert velocity.cycle == timedelta(days=20)
    assert sales_velocity(found, period=HALF, population="created").opportunities == 2
    assert sales_velocity(found, period=HALF, population="open_at_end").opportunities == 0
    assert velocity.to_rows()[0]["per_day"] == 50.0
    assert pickle.loads(pickle.dumps(velocity)) == velocity


def test_a_velocity_that_is_none_says_why():
    jan = date(2025, 2, 1)
    none = sales_velocity([], period=HALF, population="closed")
    assert str(none) == "no velocity: no deal has closed in the period"
    assert none.to_rows()[0]["cycle_days"] is None
    unknown = [Deal(None, jan, jan + timedelta(days=1), "won")]
    assert (
        sales_velocity(unknown, period=HALF, population="closed").undefined
        == "no deal with an amount was won in the period"
    )
    at_once = [Deal(Money(1, "EUR"), jan, jan, "won")]
    assert sales_velocity(at_once, period=HALF, population="closed").per_day is None


def test_a_cycle_a_fifth_shorter_is_a_quarter_more():
    jan = date(2025, 2, 1)

    def velocity(days, value=1000):
        deal = Deal(Money(value, "EUR"), jan, jan + timedelta(days=days), "won")
        return sales_velocity([deal], period=HALF, population="closed")

    change = velocity_change(velocity(10), velocity(8))
    assert change.whole == Fraction(5, 4)
    assert change.cycle == Fraction(5, 4)
    both = velocity_change(velocity(10), velocity(8, 1200))
    assert both.whole == Fraction(3, 2)
    assert math.isclose(sum(both.shares.values()), 1)
    assert {row["factor"]: row["ratio"] for row in both.to_rows()}["deal_value"] == 1.2
    assert velocity_change(velocity(10), velocity(10)).shares == {}
    with pytest.raises(ValueError, match="cannot be compared"):
        velocity_change(velocity(10), finish_sales_velocity(velocity(10).counts, population="created"))
    with pytest.raises(ValueError, match="before has no velocity"):
        velocity_change(sales_velocity([], period=HALF, population="closed"), velocity(10))
    dollars = sales_velocity(
        [Deal(Money(1, "USD"), jan, jan + timedelta(days=1), "won")], period=HALF, population="closed"
    )
    with pytest.raises(CurrencyMismatch):
        velocity_change(velocity(10), dollars)
    with pytest.raises(ValueError, match="no population"):
        finish_sales_velocity(velocity(10).counts, population="all")


def test_deals_and_period_are_of_one_kind_of_time():
    with pytest.raises(NaiveTimeError):
        sales_velocity([Deal(None, datetime(2025, 2, 1), None, "open")], period=HALF, population="closed")

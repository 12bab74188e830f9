"""Quota, ramp and capacity."""

import pickle
from decimal import Decimal
from fractions import Fraction
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money, MoneyError
from salesproc.metrics import (
    RampCounts,
    RepMonth,
    SalesRep,
    finish_ramp_time,
    quota_attainment,
    ramp_curve,
    ramp_time,
    reduce_ramp_time,
    sales_capacity,
)

SHARES = st.integers(0, 12).map(lambda tenths: Decimal(tenths) / 10)
MONTHS = st.dictionaries(st.tuples(st.sampled_from("ABCD"), st.integers(1, 12)), SHARES, max_size=20).map(
    lambda found: [RepMonth(*key, share) for key, share in found.items()]
)
FULL = Decimal("0.8")


def test_the_quota_is_prorated_and_what_is_missing_is_exact():
    result = quota_attainment(Money(90_000, "USD"), Money(150_000, "USD"), in_service=Decimal("0.8"))
    assert result.attained == Fraction(3, 4)
    assert result.gap == Money(30_000, "USD")
    assert result.to_rows()[0]["attained"] == 0.75
    assert pickle.loads(pickle.dumps(result)) == result


def test_the_attainment_of_a_team_is_made_of_sums_not_of_averages():
    """100 % of a small quota and 50 % of a large one are not 75 %."""
    team = quota_attainment(Money(10, "EUR"), Money(10, "EUR")) + quota_attainment(
        Money(45, "EUR"), Money(90, "EUR")
    )
    assert team.attained == Fraction(55, 100)
    with pytest.raises(TypeError):
        team + 1


def test_a_quota_of_zero_has_no_share():
    result = quota_attainment(Money(5, "EUR"), Money(0, "EUR"))
    assert result.attained is None
    assert str(result) == "5.00 EUR of 0.00 EUR"
    assert result.to_rows()[0]["attained"] is None


def test_two_currencies_and_percent_are_refused():
    with pytest.raises(CurrencyMismatch, match="won is in USD and the quota in EUR"):
        quota_attainment(Money(5, "USD"), Money(5, "EUR"))
    with pytest.raises(ValueError, match="not percent, got 80"):
        quota_attainment(Money(5, "EUR"), Money(5, "EUR"), in_service=80)


@given(MONTHS)
def test_every_rep_is_ramped_or_still_ramping(months):
    """Product-limit by hand: those still ramping leave after their last month."""
    result = ramp_time(iter(months), threshold=FULL)
    reps = {}
    for rep, month, share in months:
        reps.setdefault(rep, {})[month] = share
    first = {
        rep: min((m for m, s in found.items() if s >= FULL), default=None) for rep, found in reps.items()
    }
    assert result.ramped == sum(month is not None for month in first.values())
    assert result.ramped + result.ramping == len(reps)
    left, median = Fraction(1), None
    for month in range(1, 13):
        at_risk = sum((first[rep] or max(found)) >= month for rep, found in reps.items())
        if at_risk:
            left *= 1 - Fraction(sum(reached == month for reached in first.values()), at_risk)
        if median is None and 1 - left >= Fraction(1, 2):
            median = month
    assert result.median == median


@given(MONTHS)
def test_ramp_counts_of_parts_add_up(months):
    parts = [
        reduce_ramp_time([row for row in months if row.rep in who], threshold=FULL) for who in ("AB", "CD")
    ]
    assert parts[0] + parts[1] == reduce_ramp_time(months, threshold=FULL)
    assert finish_ramp_time(parts[0] + parts[1]) == ramp_time(months, threshold=FULL)
    with pytest.raises(TypeError):
        parts[0] + 1


@given(MONTHS)
def test_the_curve_is_the_mean_of_those_seen_in_the_month(months):
    curve = ramp_curve(months)
    assert list(curve) == sorted({row.month for row in months})
    for month, share in curve.items():
        assert share == mean(Fraction(row.attainment) for row in months if row.month == month)


def test_a_ramp_time_is_a_value_with_a_row():
    result = finish_ramp_time(RampCounts({2: 1}, {3: 1}))
    assert result.to_rows() == [{"ramped": 1, "ramping": 1, "median_month": 2}]
    assert pickle.loads(pickle.dumps(result)) == result
    assert result.quantile(1) is None


@pytest.mark.parametrize(
    ("months", "message"),
    [
        ([("A", 1)], "row 1 begins with"),
        ([("A", 0, 1)], "row 1: months of service count from 1, got 0"),
        ([("A", 1, 1), ("A", 1, 0)], "row 2: month 1 of 'A' comes a second time"),
    ],
)
def test_months_that_make_no_sense_are_named(months, message):
    with pytest.raises(LogError, match=message):
        ramp_time(months, threshold=1)


def test_a_threshold_is_above_zero():
    with pytest.raises(ValueError, match="share above 0"):
        ramp_time([], threshold=0)


def test_the_published_capacity():
    """Seven reps at 85 % of 150,000 and three at 40 %: 1,072,500."""
    quota = Money(150_000, "USD")
    team = [SalesRep(quota, Decimal("0.85"))] * 7 + [SalesRep(quota, Decimal("0.40"))] * 3
    assert sales_capacity(team) == Money(1_072_500, "USD")
    ramping = [SalesRep(quota, 1, Decimal("0.5"))]
    assert sales_capacity(ramping) == Money(75_000, "USD")


def test_a_capacity_needs_reps_and_shares_in_one_currency():
    with pytest.raises(MoneyError):
        sales_capacity([])
    with pytest.raises(ValueError, match="not percent, got 85"):
        sales_capacity([SalesRep(Money(1, "EUR"), 85)])
    with pytest.raises(ValueError, match="ramp must be a share"):
        sales_capacity([SalesRep(Money(1, "EUR"), 1, 40)])
    with pytest.raises(CurrencyMismatch):
        sales_capacity([SalesRep(Money(1, "EUR"), 1), SalesRep(Money(1, "USD"), 1)])

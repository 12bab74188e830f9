"""Whether a goal can be worked towards, letter by letter."""

import pickle
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, Money
from salesproc.goals import Goal, smart_check
from salesproc.metrics import SalesRep, sales_capacity

COUNTS = st.integers(1, 1000)
OK, NOT, UNKNOWN = "ok", "not ok", "unknown"


def states(check):
    return [verdict.state for verdict in check.verdicts]


@given(
    COUNTS, st.lists(st.integers(0, 1000), max_size=5), st.none() | COUNTS, st.none() | st.integers(0, 300)
)
def test_verdicts_follow_from_the_numbers_they_show(target, history, capacity, percent):
    limit = None if percent is None else Fraction(percent, 100)
    check = smart_check(Goal("g", target=target), history=history, capacity=capacity, growth_limit=limit)
    best = max(history, default=0)
    if capacity is not None:
        assert (check.achievable.state == OK) == (target <= capacity)
        assert check.achievable.state != UNKNOWN
    else:
        assert check.achievable.state == (OK if best >= target else UNKNOWN)
    if limit is None or not history or not history[-1]:
        assert check.realistic.state == UNKNOWN
    else:
        assert (check.realistic.state == OK) == (target <= history[-1] * (1 + limit))
    assert {verdict.letter for verdict in check.gaps} == {
        verdict.letter for verdict in check.verdicts if verdict.state != OK
    }


@given(COUNTS, COUNTS, COUNTS)
def test_a_lower_target_is_never_less_achievable(target, lower, capacity):
    high, low = max(target, lower), min(target, lower)
    if smart_check(Goal("g", target=high), capacity=capacity).achievable.state == OK:
        assert smart_check(Goal("g", target=low), capacity=capacity).achievable.state == OK


def test_a_goal_that_is_all_five():
    team = [SalesRep(Money(50_000, "EUR"), Decimal("0.8"))] * 3
    goal = Goal(
        "more in the north",
        metric="revenue won",
        scope="team north",
        target=Money(110_000, "EUR"),
        baseline=Money(100_000, "EUR"),
        start=date(2026, 1, 1),
        deadline=date(2026, 12, 31),
    )
    check = smart_check(
        goal,
        history=[Money(115_000, "EUR"), Money(100_000, "EUR")],
        capacity=sales_capacity(team),
        growth_limit=Decimal("0.1"),
    )
    assert states(check) == [OK] * 5
    assert check.gaps == ()
    assert str(check).splitlines() == [
        "specific     ok       revenue won of team north",
        "measurable   ok       the target is 110,000.00 EUR",
        "achievable   ok       the target of 110,000.00 EUR is within the capacity of 120,000.00 EUR; reached in 1 of 2 earlier periods, the best was 115,000.00 EUR",
        "realistic    ok       it needs growth of 10.0% over 100,000.00 EUR, at most 10.0% is realistic",
        "time-based   ok       by 2026-12-31, 365 days from 2026-01-01 on",
    ]
    assert check.realistic.seen == {
        "baseline": Money(100_000, "EUR"),
        "growth": Fraction(1, 10),
        "growth_limit": Fraction(1, 10),
    }
    assert check.achievable.seen["periods"] == 2
    assert repr(check) == "<SmartCheck of 'more in the north': all five ok>"


def test_a_bare_name_is_none_of_them():
    check = smart_check(Goal("more"))
    assert states(check) == [NOT, NOT, UNKNOWN, UNKNOWN, NOT]
    assert check.specific.reason == "it does not say what is measured and whose it is"
    assert check.measurable.reason == check.achievable.reason == "there is no target"
    assert check.time_based.reason == "there is no deadline"
    assert repr(check) == (
        "<SmartCheck of 'more': specific not ok, measurable not ok, achievable unknown, "
        "realistic unknown, time-based not ok>"
    )


def test_what_nobody_said_is_unknown():
    goal = Goal("g", metric="sales", target=12, deadline=date(2026, 6, 30))
    check = smart_check(goal)
    assert check.specific.reason == "it does not say whose it is"
    assert check.achievable.reason == "no history is given; no capacity is given"
    assert check.realistic.reason == "no baseline and no history is given"
    assert check.time_based.reason == "by 2026-06-30; no start is given"


def test_growth_without_a_limit_is_shown_beside_the_growth_there_was():
    goal = Goal("g", target=12)
    once = smart_check(goal, history=[10]).realistic
    assert (once.state, once.reason) == (UNKNOWN, "it needs growth of 20.0% over 10; no limit is given")
    twice = smart_check(goal, history=[0, 8, 10]).realistic
    assert twice.reason == "it needs growth of 20.0% over 10, the most there was is 25.0%; no limit is given"
    assert twice.seen["largest_growth"] == Fraction(1, 4)
    assert smart_check(goal, history=[0]).realistic.reason == "growth over 0 is undefined"


def test_the_baseline_of_the_goal_counts_before_the_history():
    goal = Goal("g", target=12, baseline=6)
    found = smart_check(goal, history=[10], growth_limit=0.5).realistic
    assert (found.state, found.seen["growth"]) == (NOT, Fraction(1))


def test_never_reached_and_above_capacity():
    found = smart_check(Goal("g", target=12), history=[5], capacity=11).achievable
    assert found.state == NOT
    assert found.reason == (
        "the target of 12 is above the capacity of 11; reached in 0 of 1 earlier periods, the best was 5"
    )


def test_the_result_shows_itself():
    check = smart_check(Goal("<b>", metric="<i>", scope="s", target=1))
    assert check.to_rows()[0] == {"letter": "specific", "state": "ok", "reason": "<i> of s"}
    assert "<i>" not in check._repr_html_()
    assert pickle.loads(pickle.dumps(check)) == check


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"history": [5, Money(5, "EUR")]}, TypeError, "give all of them as money or all as numbers"),
        ({"capacity": 0.5}, TypeError, "capacity must be Money, a whole number or a Decimal"),
        ({"growth_limit": 20}, ValueError, "growth_limit must be a share such as 0.2 for 20 percent, got 20"),
        ({"growth_limit": -1}, ValueError, "growth_limit must be 0 or more, got -1"),
    ],
)
def test_refusals(options, error, message):
    with pytest.raises(error, match=message):
        smart_check(Goal("g", target=10), **options)


def test_capacity_in_another_currency_is_refused():
    goal = Goal("g", target=Money(10, "USD"))
    with pytest.raises(CurrencyMismatch, match="target is in USD, capacity is in SAR"):
        smart_check(goal, capacity=Money(10, "SAR"))

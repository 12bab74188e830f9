"""How far a goal is, and whether that is enough for the day."""

import pickle
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, Money, PeriodError, WorkingCalendar
from salesproc.goals import Goal, goal_progress
from salesproc.metrics import quota_attainment

YEAR = {"start": date(2026, 1, 1), "deadline": date(2026, 12, 31)}
OFFICE = WorkingCalendar.weekly(range(5), time(9), time(17), tz="Europe/Berlin")


def euros(amount):
    return Money(amount, "EUR")


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 400), st.integers(-5, 420))
def test_pace_run_rate_and_need_are_one_story(target, actual, days, day):
    """Ahead exactly when going on like this passes the target, behind exactly when the days left need more than those before."""
    start = date(2026, 1, 1)
    goal = Goal("g", target=target, start=start, deadline=start + timedelta(days=days - 1))
    found = goal_progress(goal, actual, as_of=start + timedelta(days=day - 1))
    gone = min(max(day, 0), days)
    assert found.elapsed == Fraction(gone, days)
    assert found.days_left == days - gone
    assert found.attainment.exact == Fraction(actual, target)
    assert found.missing == max(target - actual, 0)
    assert found.expected + found.ahead_by == actual
    if not gone:
        assert (found.pace, found.run_rate) == (None, None)
        assert found.undefined == "no time has passed since the start on 2026-01-01"
        return
    assert found.undefined is None
    assert found.run_rate == Fraction(actual * days, gone)
    assert found.pace == (
        "on" if found.run_rate == target else "ahead" if found.run_rate > target else "behind"
    )
    if gone == days:
        assert found.needed_per_day.undefined == "no day is left"
    else:
        needed = found.needed_per_day.exact
        assert actual + needed * found.days_left == max(target, actual)
        if found.pace == "behind":
            assert needed > Fraction(actual, gone)


@given(st.integers(1, 1000), st.integers(0, 1000), st.integers(1, 12))
def test_money_tells_the_same_as_numbers(target, actual, month):
    as_of = date(2026, month, 15)
    money = goal_progress(Goal("g", target=euros(target), **YEAR), euros(actual), as_of=as_of)
    number = goal_progress(Goal("g", target=target, **YEAR), actual, as_of=as_of)
    assert money.pace == number.pace
    assert money.attainment.exact == number.attainment.exact
    assert money.needed_per_day.exact == number.needed_per_day.exact
    assert abs(Fraction(money.run_rate.amount) - number.run_rate) <= Fraction(1, 200)
    quota = quota_attainment(euros(actual), euros(target))
    assert quota.attained == money.attainment.exact


def test_the_tolerance_says_what_is_still_on_pace():
    goal = Goal("g", target=100, start=date(2026, 4, 1), deadline=date(2026, 4, 10))
    as_of = date(2026, 4, 5)

    def pace(actual, tolerance):
        return goal_progress(goal, actual, as_of=as_of, tolerance=tolerance).pace

    assert [pace(actual, 0) for actual in (49, 50, 51)] == ["behind", "on", "ahead"]
    assert [pace(actual, 0.1) for actual in (44, 45, 55, 56)] == ["behind", "on", "on", "ahead"]


def test_working_time_and_days_differ():
    """The last weekend of the month is time that is over for nobody."""
    goal = Goal("g", target=euros(21_000), start=date(2026, 8, 1), deadline=date(2026, 8, 31))
    friday = date(2026, 8, 28)
    by_days = goal_progress(goal, euros(20_000), as_of=friday)
    by_work = goal_progress(goal, euros(20_000), as_of=friday, calendar=OFFICE)
    assert (by_days.elapsed, by_days.days_left) == (Fraction(28, 31), 3)
    assert (by_work.elapsed, by_work.days_left) == (Fraction(20, 21), 1)
    assert (by_days.pace, by_work.pace) == ("ahead", "on")
    assert (by_work.expected, by_work.ahead_by) == (euros("20000.00"), euros("0.00"))
    assert by_work.needed_per_day.value == euros("1000.00")


def test_a_weekend_at_the_start_is_no_time():
    goal = Goal("g", target=10, start=date(2026, 8, 1), deadline=date(2026, 8, 31))
    sunday = goal_progress(goal, 1, as_of=date(2026, 8, 2), calendar=OFFICE)
    assert sunday.undefined == "no time has passed since the start on 2026-08-01"
    assert sunday.days_left == 21
    assert str(sunday) == (
        "1 of 10 (10.0%), 0.0% of the time; pace n/a: no time has passed since the start on 2026-08-01"
    )


def test_after_the_deadline_the_pace_is_the_result():
    goal = Goal("g", target=euros(100), **YEAR)
    for as_of in (date(2026, 12, 31), date(2027, 3, 1), date.max):
        found = goal_progress(goal, euros(120), as_of=as_of)
        assert (found.pace, found.run_rate, found.missing) == ("ahead", euros("120.00"), euros("0.00"))
        assert found.needed_per_day.value is None
        assert found.needed_per_day.undefined == "no day is left"
        assert found.attainment.exact == Fraction(6, 5)
    assert goal_progress(goal, euros(99), as_of=date(2027, 1, 1)).pace == "behind"


def test_what_was_reached_needs_nothing_more():
    goal = Goal("g", target=Decimal("2.5"), **YEAR)
    found = goal_progress(goal, Decimal("2.5"), as_of=date(2026, 3, 1))
    assert (found.pace, found.missing, found.needed_per_day.exact) == ("ahead", 0, 0)


def test_refunds_may_leave_less_than_nothing():
    found = goal_progress(Goal("g", target=euros(100), **YEAR), euros(-10), as_of=date(2026, 7, 2))
    assert (found.pace, found.missing) == ("behind", euros("110.00"))
    assert found.run_rate < euros(0)


def test_the_result_shows_itself():
    goal = Goal("g", target=euros(90_000), start=date(2026, 4, 1), deadline=date(2026, 6, 30))
    found = goal_progress(goal, euros(27_000), as_of=date(2026, 4, 30))
    assert found.to_rows() == [
        {
            "as_of": "2026-04-30",
            "target": "90000",
            "actual": "27000",
            "currency": "EUR",
            "attainment": 0.3,
            "elapsed": 30 / 91,
            "expected": "29670.33",
            "pace": "behind",
            "run_rate": "81900.00",
            "missing": "63000.00",
            "days_left": 61,
            "needed_per_day": "1032.79",
        }
    ]
    assert repr(found).startswith("<GoalProgress: 27,000.00 EUR of 90,000.00 EUR (30.0%)")
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    row = goal_progress(Goal("g", target=40, **YEAR), 5, as_of=date(2025, 1, 1)).to_rows()[0]
    assert (row["currency"], row["actual"], row["run_rate"], row["pace"]) == (None, 5, None, None)
    assert row["needed_per_day"] == 35 / 365


@pytest.mark.parametrize(
    ("goal", "options", "error", "message"),
    [
        (
            Goal("g", **YEAR),
            {},
            ValueError,
            "only a goal with target, start and deadline has a pace, got <Goal 'g'",
        ),
        (Goal("g", target=5), {}, ValueError, "only a goal with target, start and deadline has a pace"),
        (
            Goal("g", target=Money(5, "EUR"), **YEAR),
            {},
            TypeError,
            "give all of them as money or all as numbers",
        ),
        (
            Goal("g", target=5, **YEAR),
            {"as_of": datetime(2026, 1, 1, tzinfo=UTC)},
            TypeError,
            "as_of must be a plain",
        ),
        (Goal("g", target=5, **YEAR), {"as_of": "2026"}, TypeError, "as_of must be a plain date, got '2026'"),
        (Goal("g", target=5, **YEAR), {"tolerance": 5}, ValueError, "tolerance must be a share from 0 to 1"),
        (
            Goal("g", target=5, start=date(2026, 8, 1), deadline=date(2026, 8, 2)),
            {"calendar": OFFICE},
            PeriodError,
            "nobody works between 2026-08-01 and 2026-08-02 in this calendar",
        ),
    ],
)
def test_refusals(goal, options, error, message):
    with pytest.raises(error, match=message):
        goal_progress(goal, 1, **{"as_of": date(2026, 3, 1), **options})


def test_another_currency_is_refused():
    with pytest.raises(CurrencyMismatch, match="target is in USD, actual is in SAR"):
        goal_progress(Goal("g", target=Money(5, "USD"), **YEAR), Money(5, "SAR"), as_of=date(2026, 3, 1))

"""Activities per rep and day, and per outcome."""

import pickle
from collections import Counter
from datetime import UTC, date, datetime, time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, Period, WorkingCalendar
from salesproc.metrics import (
    activities_per_outcome,
    activity_rates,
    finish_activity_rates,
    reduce_activity_rates,
)

MARCH = Period.month(2025, 3)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["sara", "omar", "林"]),
        st.sampled_from(["call", "mail", "visit"]),
        st.dates(date(2025, 2, 20), date(2025, 4, 5)),
    ),
    max_size=15,
)


@given(ROWS)
def test_every_activity_is_counted_once(rows):
    counts = reduce_activity_rates(iter(rows), period=MARCH, reps=["li"])
    inside = [kind for _, kind, at in rows if at.month == 3]
    assert counts.done == Counter(inside)
    assert counts.outside == len(rows) - len(inside)
    assert counts.reps == len({"li", *(rep for rep, _, _ in rows)})


@given(ROWS)
def test_activities_of_parts_add_up(rows):
    """Teams counted apart make the whole."""
    parts = [
        reduce_activity_rates([row for row in rows if (row[0] == "sara") is mine], period=MARCH)
        for mine in (True, False)
    ]
    assert parts[0] + parts[1] == reduce_activity_rates(rows, period=MARCH)
    with pytest.raises(TypeError):
        parts[0] + 1


@given(ROWS)
def test_the_rates_of_the_kinds_add_up_to_the_rate_of_all(rows):
    result = activity_rates(rows, period=MARCH, reps=["li"])
    assert sum(result.per_rep_day(kind) for kind in result.counts.done) == result.per_rep_day()
    assert result.rep_days == result.counts.reps * 31


def test_working_days_are_those_with_working_time():
    office = WorkingCalendar.weekly(
        range(5), time(9), time(17), tz="Europe/Berlin", holidays=[date(2025, 3, 3)]
    )
    march = Period.month(2025, 3, tz="Europe/Berlin")
    calls = [("sara", "call", datetime(2025, 3, 4, 10, tzinfo=UTC))] * 40
    result = activity_rates(calls, period=march, calendar=office)
    assert result.days == 20  # 21 weekdays less a holiday
    assert result.per_rep_day("call") == 2
    with pytest.raises(NaiveTimeError, match="a period of instants"):
        activity_rates([], period=MARCH, calendar=office)


def test_nobody_does_nothing_per_day():
    result = activity_rates([], period=MARCH)
    assert result.per_rep_day() is None
    assert result.to_rows() == []


def test_results_are_values_with_a_table():
    result = activity_rates([("sara", "<call>", date(2025, 3, 3))], period=MARCH)
    assert result.to_rows() == [{"kind": "<call>", "done": 1, "per_rep_day": 1 / 31}]
    assert "&lt;call&gt;" in result._repr_html_()
    assert repr(result) == "<ActivityRates: 1 in 31 rep-days>"
    assert pickle.loads(pickle.dumps(result)) == result
    assert finish_activity_rates(result.counts, MARCH) == result


def test_rows_that_cannot_be_read_are_named():
    with pytest.raises(LogError, match="activity 1 begins with"):
        activity_rates([("sara", "call")], period=MARCH)
    with pytest.raises(NaiveTimeError):
        activity_rates([("sara", "call", datetime(2025, 3, 3, tzinfo=UTC))], period=MARCH)


def test_activities_per_outcome_are_exact_and_undefined_without_one():
    assert activities_per_outcome(120, 8).exact == 15
    assert activities_per_outcome(1, 3).exact == Fraction(1, 3)
    assert activities_per_outcome(9, 0).undefined == "no outcome came of them yet"
    with pytest.raises(ValueError, match="cannot be negative"):
        activities_per_outcome(-1, 3)


def test_a_calendar_refuses_a_period_without_instants():
    office = WorkingCalendar.weekly(range(5), time(9), time(17), tz="UTC")
    naive = Period(datetime(2025, 3, 1), datetime(2025, 4, 1))
    with pytest.raises(NaiveTimeError, match="a period of instants"):
        activity_rates([], period=naive, calendar=office)

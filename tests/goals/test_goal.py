"""What a goal says, and that it is kept."""

import copy
import json
import pickle
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, Money, Period, PeriodError, StorageError
from salesproc.goals import Goal

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
QUANTITIES = st.one_of(
    st.integers(1, 10**9),
    st.decimals("0.01", 10**6, places=2),
    st.decimals("0.01", 10**6, places=2).map(lambda amount: Money(amount, "EUR")),
)


@given(QUANTITIES, DAYS, st.integers(0, 4000))
def test_a_goal_goes_through_json_and_back(target, start, days):
    deadline = date.fromordinal(start.toordinal() + days)
    goal = Goal("north", metric="sales", target=target, baseline=target, start=start, deadline=deadline)
    stored = json.loads(json.dumps(goal.to_dict()))
    assert Goal.from_dict(stored) == goal
    assert pickle.loads(pickle.dumps(goal)) == copy.copy(goal) == goal
    assert goal.period.duration.days == days + 1


def test_the_deadline_is_the_last_day_that_counts():
    goal = Goal("q2", start=date(2026, 4, 1), deadline=date(2026, 6, 30))
    assert goal.period == Period.quarter(2026, 2)
    assert Goal("q2", start=date(2026, 4, 1)).period is None
    assert Goal("q2", deadline=date(2026, 6, 30)).period is None


def test_a_draft_needs_a_name_alone():
    draft = Goal("more in the north")
    assert (draft.metric, draft.scope, draft.target, draft.baseline) == (None, None, None, None)
    assert repr(draft) == "<Goal 'more in the north': no target (no metric), no start to no deadline>"
    assert Goal.from_dict(draft.to_dict()) == draft


def test_a_goal_shows_itself():
    goal = Goal("n", metric="meetings", target=Decimal("12.50"), start=date(2026, 1, 1))
    assert repr(goal) == "<Goal 'n': 12.5 meetings, 2026-01-01 to no deadline>"


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"name": " "}, ValueError, "name must not be empty, got ' '"),
        ({"name": None}, TypeError, "name must be text, got None"),
        ({"metric": ""}, ValueError, "metric must not be empty"),
        ({"scope": 7}, TypeError, "scope must be text, got 7"),
        ({"target": 0}, ValueError, "target must be above 0, got 0"),
        ({"target": Money(-1, "EUR")}, ValueError, r"target must be above 0, got Money\('-1', 'EUR'\)"),
        ({"target": 0.5}, TypeError, "target must be Money, a whole number or a Decimal, got 0.5"),
        ({"target": True}, TypeError, "target must be Money, a whole number or a Decimal, got True"),
        ({"target": Decimal("nan")}, ValueError, r"target must be finite, got Decimal\('NaN'\)"),
        ({"baseline": -1}, ValueError, "baseline must be 0 or more, got -1"),
        (
            {"target": 5, "baseline": Money(1, "EUR")},
            TypeError,
            r"target is 5, baseline is Money\('1', 'EUR'\); give all of them as money or all as numbers",
        ),
        (
            {"target": Money(5, "USD"), "baseline": Money(1, "SAR")},
            CurrencyMismatch,
            "target is in USD, baseline is in SAR; convert to one currency first",
        ),
        ({"start": "2026-01-01"}, TypeError, "start must be a plain date, got '2026-01-01'"),
        ({"deadline": datetime(2026, 1, 1, tzinfo=UTC)}, TypeError, "deadline must be a plain date"),
        (
            {"deadline": date(9999, 12, 31)},
            ValueError,
            "deadline 9999-12-31 is what software writes for never",
        ),
        (
            {"start": date(2026, 2, 1), "deadline": date(2026, 1, 31)},
            PeriodError,
            "the deadline must not lie before the start, got 2026-02-01 to 2026-01-31",
        ),
    ],
)
def test_a_goal_that_contradicts_itself_is_refused(fields, error, message):
    with pytest.raises(error, match=message):
        Goal(**{"name": "north", **fields})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "no stored Goal: 'list' object has no attribute 'items'"),
        ({"name": "n", "colour": "red"}, "no stored Goal: .*colour"),
        ({"name": "n", "target": -5}, "no stored Goal: target must be above 0"),
        ({"name": "n", "target": {"$coin": 5}}, r"\$\.target: .* is no tagged value"),
    ],
)
def test_stored_data_that_is_no_goal_is_refused(data, message):
    with pytest.raises(StorageError, match=message):
        Goal.from_dict(data)

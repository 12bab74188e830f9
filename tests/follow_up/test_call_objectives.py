"""A call met its objective, did not, nobody said, or it is still to be made."""

import pickle
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, Rate
from salesproc.follow_up import CallObjective, CallOutcome, ObjectiveRow, ObjectivesMet, objectives_met

NOW = datetime(2026, 3, 9, 9, tzinfo=UTC)
calls = st.lists(
    st.builds(
        CallOutcome,
        st.sampled_from("abc"),
        st.sampled_from([*CallObjective, "say thank you"]),
        st.integers(-3, 3).map(lambda n: NOW + timedelta(days=n)),
        st.none() | st.booleans(),
        st.sampled_from([None, "sara", "omar"]),
    ),
    max_size=12,
)


@given(calls)
def test_every_call_is_in_one_column(some):
    """What nobody wrote down is no failure, and what is to come is nothing yet."""
    found = objectives_met(iter(some), as_of=NOW)
    assert Counter({row.objective: sum(row[1:]) for row in found.rows}) == Counter(
        str(one.objective) for one in some
    )
    made = [one for one in some if one.at <= NOW]
    assert found.rate == Rate(sum(one.met is True for one in made), sum(one.met is not None for one in made))
    assert sum(row.unknown for row in found.rows) == sum(one.met is None for one in made)
    assert sum(row.open for row in found.rows) == len(some) - len(made)
    assert (found.undefined is None) == bool(found.rate.trials)


@given(calls, calls)
def test_callers_and_weeks_add_up(here, there):
    both = objectives_met(here, as_of=NOW) + objectives_met(there, as_of=NOW)
    assert both == objectives_met(here + there, as_of=NOW)
    assert objectives_met(here + there, as_of=NOW, by="by").total == both


def test_the_objectives_are_those_of_the_source():
    assert [*CallObjective] == ["set_appointment", "discover", "schedule_next", "start_sale"]


def test_a_week_of_calls():
    some = [
        *(CallOutcome(n, CallObjective.SET_APPOINTMENT, NOW, n < 3) for n in range(4)),
        CallOutcome(9, "say thank you", NOW, True, by="omar"),
        CallOutcome(8, CallObjective.START_SALE, NOW),
        CallOutcome(7, CallObjective.START_SALE, NOW + timedelta(hours=1), None),
    ]
    found = objectives_met(some, as_of=NOW)
    assert found.rows[0] == ObjectiveRow("set_appointment", 3, 1, 0, 0)
    assert found.rows[0].rate == Rate(3, 4)
    assert str(found).splitlines() == [
        "objective                    met  unknown  open",
        "set_appointment   75.0% (3 of 4)        0     0",
        "start_sale          n/a (0 of 0)        1     1",
        "say thank you    100.0% (1 of 1)        0     0",
    ]
    assert found.to_rows()[1] == {
        "objective": "start_sale",
        "met": 0,
        "unmet": 0,
        "unknown": 1,
        "open": 1,
        "rate": None,
        "low": None,
        "high": None,
    }
    assert repr(found) == "<ObjectivesMet: 80.0% (4 of 5) met>"
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    assert objectives_met(some, as_of=NOW, by="by")["omar"].rate == Rate(1, 1)
    nothing = objectives_met([], as_of=NOW)
    assert nothing.undefined == "of no call it is known whether it met its objective"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (CallOutcome("a", "", NOW), LogError, "call 1 has no objective: .*; for example 'discover'"),
        (
            CallOutcome("a", "discover", NOW, "yes"),
            LogError,
            "call 1 must have met= True, False or None .*'yes'",
        ),
        (CallOutcome("a", "discover", datetime(2026, 3, 1)), NaiveTimeError, "at of call 1 must be"),
    ],
)
def test_what_cannot_be_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        objectives_met([call], as_of=NOW)


def test_only_counts_are_added():
    with pytest.raises(TypeError, match="unsupported operand"):
        ObjectivesMet() + 1

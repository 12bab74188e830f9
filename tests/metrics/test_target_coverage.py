"""Target accounts contacted, against counting them one by one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, Period
from salesproc.metrics import target_coverage

MARCH = [date(2026, 3, day) for day in range(1, 32)]
PERIOD = Period(MARCH[4], MARCH[20])
NAMES = st.sampled_from("ABCDE")


@given(
    st.lists(NAMES),
    st.lists(st.tuples(NAMES, st.sampled_from(MARCH))),
    st.sampled_from(MARCH),
    st.sampled_from([None, PERIOD]),
)
def test_it_counts_who_was_touched_by_then(targets, touches, as_of, period):
    found = target_coverage(iter(targets), iter(touches), as_of=as_of, period=period)
    touched = [
        name
        for name in sorted(set(targets))
        if any(
            who == name and at <= as_of and (period is None or PERIOD.start <= at < PERIOD.end)
            for who, at in touches
        )
    ]
    assert (found.hits, found.trials) == (len(touched), len(set(targets)))


@pytest.mark.parametrize(
    ("targets", "touches", "options", "error"),
    [
        ("A", [], {}, TypeError),
        (["A"], [], {"period": (MARCH[0], MARCH[3])}, TypeError),
        (["A"], [("A",)], {}, LogError),
        (["A"], [("A", "2026-03-01")], {}, NaiveTimeError),
    ],
)
def test_refusals(targets, touches, options, error):
    with pytest.raises(error):
        target_coverage(targets, touches, as_of=MARCH[9], **options)

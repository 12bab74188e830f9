"""Who stays: from counts, from the customers themselves, and over a year."""

import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Rate
from salesproc.metrics import (
    annual_churn,
    customer_retention,
    finish_customer_retention,
    reduce_customer_retention,
    retention_from_counts,
)

PEOPLE = st.frozensets(st.integers(0, 30))


@given(PEOPLE, PEOPLE)
def test_both_forms_of_the_rate_agree(before, after):
    """Counted, and from the people themselves."""
    found = customer_retention(before, after)
    assert retention_from_counts(len(before), len(after), len(after - before)) == found
    assert (found.end, found.lost) == (len(after), len(before - after))
    assert found.rate == Rate(len(before & after), len(before))
    if before:
        assert found.rate.exact + found.churn.exact == 1
        assert found.undefined is None
    else:
        assert found.undefined == "nobody was there at the start"


@given(PEOPLE, PEOPLE, PEOPLE)
def test_regions_add_up(before, after, north):
    parts = [
        reduce_customer_retention(
            [c for c in before if (c in north) is side], [c for c in after if (c in north) is side]
        )
        for side in (True, False)
    ]
    assert finish_customer_retention(parts[0] + parts[1]) == customer_retention(before, after)


@pytest.mark.parametrize(
    ("counts", "share"),
    [((100, 110, 20), Fraction(9, 10)), ((100, 95, 15), Fraction(8, 10)), ((5, 7, 7), 0), ((5, 5, 0), 1)],
)
def test_the_formula_of_the_source(counts, share):
    """CRR = (E - N) / S."""
    assert retention_from_counts(*counts).rate.exact == share


def test_a_year_of_losing_the_same_share():
    assert annual_churn(Fraction(1, 2), periods_per_year=2) == Fraction(3, 4)
    assert annual_churn(Rate(1, 20)) == 1 - Fraction(19, 20) ** 12
    assert annual_churn(0) == 0
    assert annual_churn(1) == 1


def test_the_result_shows_itself():
    found = retention_from_counts(100, 110, 20)
    row = found.to_rows()[0]
    assert (row["retention"], row["churn"], row["kept"], row["end"]) == (0.9, 0.1, 90, 110)
    assert row["low"] < 0.9 < row["high"]
    assert customer_retention([], ["ann"]).to_rows()[0]["low"] is None
    assert repr(found) == "<Retention: kept 90.0% (90 of 100), 10 lost, 20 new>"
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (
            lambda: retention_from_counts(-1, 0, 0),
            "start must be a whole number of customers, 0 or more, got -1",
        ),
        (lambda: retention_from_counts(1, 1.5, 0), "end must be a whole number"),
        (lambda: retention_from_counts(1, True, 0), "end must be a whole number"),
        (lambda: retention_from_counts(9, 5, 6), "6 new customers cannot be among 5"),
        (lambda: retention_from_counts(9, 15, 3), "count those who came back as new"),
        (lambda: annual_churn(5), "a percentage is divided by 100 first"),
        (lambda: annual_churn(0.5, periods_per_year=0), "at least one period"),
    ],
)
def test_counts_that_contradict_each_other_are_refused(work, message):
    with pytest.raises(ValueError, match=message):
        work()


def test_retention_does_not_add_to_a_number():
    with pytest.raises(TypeError):
        retention_from_counts(1, 1, 0) + 1

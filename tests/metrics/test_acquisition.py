"""What a new customer costs, and when that is earned back."""

import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, Money, Rate
from salesproc.metrics import (
    MeanMoney,
    Spend,
    acquisition_cost,
    discounted_value,
    lifetime_value,
    payback_months,
    replacement_need,
    spend_balance,
    value_to_cost,
)

COUNTS = st.integers(0, 500)
SHARES = st.fractions(0, 1, max_denominator=40)


def euros(amount):
    return Money(amount, "EUR")


@given(st.integers(0, 9999), st.integers(1, 99), st.integers(1, 999), SHARES.filter(bool))
def test_after_the_payback_the_margin_is_the_cost(spent, won, revenue, margin):
    cost = acquisition_cost(euros(spent), won)
    months = payback_months(cost, monthly_revenue=euros(revenue), margin=margin).exact
    assert months * revenue * margin == cost.exact == Fraction(spent, won)


@given(COUNTS, SHARES)
def test_as_many_new_ones_as_leave_keep_the_number(customers, churn):
    needed = replacement_need(customers, churn)
    assert needed - 1 < customers * churn <= needed


def test_a_float_share_needs_nobody_too_many():
    """0.07 times 100 is more than 7 in floating point."""
    assert 100 * 0.07 > 7
    assert replacement_need(100, 0.07) == 7
    assert replacement_need(231, Rate(1, 10)) == 24


def test_the_payback_of_the_field_s_example():
    """1200 over 180 a month at 75 %: 8.9 months."""
    found = payback_months(euros(1200), monthly_revenue=euros(180), margin=0.75)
    assert f"{found:.1f}" == "8.9"
    assert found.exact == Fraction(80, 9)


def test_what_is_not_earned_back_is_undefined():
    for revenue, margin in ((180, 0), (0, 0.75)):
        found = payback_months(euros(1200), monthly_revenue=euros(revenue), margin=margin)
        assert found.undefined == "never: a month leaves no margin"
    assert acquisition_cost(euros(500), 0).undefined == "nobody was won"
    assert value_to_cost(euros(500), euros(0)).undefined == "winning a customer costs nothing"


def test_value_over_cost_takes_every_kind_of_value():
    cost = acquisition_cost(euros(100), 3)
    worth = lifetime_value(euros(1000), purchases_per_month=2, margin=0.2, lifetime_months=18)
    assert value_to_cost(worth, euros(1200)).exact == 6
    assert value_to_cost(euros(7200), cost).exact == 216
    assert value_to_cost(MeanMoney(euros(100), 3), cost).exact == 1
    contract = discounted_value([euros(100)], [0.5], discount=0.25, first="next")
    assert value_to_cost(contract, cost).exact == Fraction(6, 5)


def test_a_month_that_costs_more_than_it_brings_never_pays_back():
    """Negative months would be no answer, and neither would be a long time."""
    found = payback_months(euros(1200), monthly_revenue=euros(180), margin=-0.05)
    assert (found.value, found.undefined) == (None, "never: a month costs more than it brings")
    assert (
        payback_months(euros(1200), monthly_revenue=euros(0), margin=-0.05).undefined
        == "never: a month leaves no margin"
    )
    worth = lifetime_value(euros(1000), purchases_per_month=2, margin=-0.05, lifetime_months=18)
    assert value_to_cost(worth, euros(900)).exact == -2


def test_revenue_in_place_of_margin_makes_the_ratio_too_large():
    margin = Fraction(1, 4)
    profit, revenue = (
        lifetime_value(euros(400), purchases_per_month=1, margin=share, lifetime_months=30)
        for share in (margin, 1)
    )
    ratio = value_to_cost(revenue, euros(1500)).exact / value_to_cost(profit, euros(1500)).exact
    assert ratio == 1 / margin


def test_both_sides_of_the_balance():
    found = spend_balance(Spend(euros(24_000), 6, 20), (euros(3000), 2, 60))
    assert found.ratio.exact == 8
    assert found.activities.exact == 3
    assert found.cost_per_new.value == euros(1200)
    assert found.cost_per_returning.value == euros(50)
    assert found.undefined is None
    assert found.to_rows()[1] == {
        "purpose": "retention",
        "cost": "3000",
        "currency": "EUR",
        "activities": 2,
        "customers": 60,
        "cost_per_customer": "50.00",
    }
    assert repr(found) == "<SpendBalance: 8.000 (24,000.00 EUR over 3,000.00 EUR)>"
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


def test_nothing_for_those_who_are_there_is_said():
    found = spend_balance((euros(24_000), 6, 0), (euros(0), 0, 0))
    assert found.undefined == "nothing is spent on the customers there are"
    assert found.activities.undefined == "nothing is done for the customers there are"
    assert found.cost_per_new.undefined == "nobody was won"
    assert found.cost_per_returning.undefined == "nobody bought again"
    assert [row["cost_per_customer"] for row in found.to_rows()] == [None, None]
    assert str(found).splitlines()[1].split()[-1] == "n/a"


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: acquisition_cost(euros(-1), 1), ValueError, "cost must be 0 or more"),
        (lambda: acquisition_cost(100, 1), TypeError, "cost must be Money[(]amount, currency[)], got 100"),
        (
            lambda: acquisition_cost(euros(1), -1),
            ValueError,
            "new_customers must be a whole number, 0 or more",
        ),
        (lambda: acquisition_cost(euros(1), 1.5), TypeError, "new_customers must be a whole number"),
        (lambda: acquisition_cost(euros(1), True), TypeError, "got True"),
        (
            lambda: payback_months(euros(1), monthly_revenue=Money(1, "USD"), margin=1),
            CurrencyMismatch,
            "cost is in EUR, monthly_revenue is in USD; convert to one currency first",
        ),
        (
            lambda: payback_months(euros(1), monthly_revenue=euros(1), margin=75),
            ValueError,
            "margin must be a share from -1 to 1, got 75",
        ),
        (
            lambda: payback_months(euros(1), monthly_revenue=euros(-1), margin=1),
            ValueError,
            "monthly_revenue must be 0 or more",
        ),
        (
            lambda: payback_months(MeanMoney(None, 0), monthly_revenue=euros(1), margin=1),
            ValueError,
            "cost is undefined",
        ),
        (
            lambda: value_to_cost(euros(1), Money(1, "USD")),
            CurrencyMismatch,
            "value is in EUR, cost is in USD",
        ),
        (lambda: value_to_cost(euros(-1), euros(1)), ValueError, "value must be 0 or more"),
        (
            lambda: replacement_need(-1, 0.1),
            ValueError,
            "customers must be a whole number, 0 or more, got -1",
        ),
        (lambda: replacement_need(100, 10), ValueError, "churn must be a share"),
        (
            lambda: spend_balance((euros(1), 1, 1), (Money(1, "USD"), 1, 1)),
            CurrencyMismatch,
            "acquisition is in EUR, retention is in USD",
        ),
        (
            lambda: spend_balance((euros(1), 1, 1), (euros(-1), 1, 1)),
            ValueError,
            "cost of retention must be 0",
        ),
        (lambda: spend_balance((euros(1), -1, 1), (euros(1), 1, 1)), ValueError, "activities of acquisition"),
        (lambda: spend_balance((euros(1), 1, 1), (euros(1), 1, 0.5)), TypeError, "customers of retention"),
    ],
)
def test_what_contradicts_itself_is_refused(work, error, message):
    with pytest.raises(error, match=message):
        work()

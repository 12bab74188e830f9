"""What a customer is worth by the simple formula, and which factor brings how much."""

import math
import pickle
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, Money, Rate
from salesproc.metrics import (
    MeanMoney,
    lifetime_from_churn,
    lifetime_value,
    lifetime_value_change,
)

AMOUNTS = st.decimals(0, 9999, places=2).map(lambda amount: Money(amount, "EUR"))
NUMBERS = st.fractions(0, 50, max_denominator=30)
SHARES = st.fractions(0, 1, max_denominator=30)
MARGINS = st.fractions(-1, 1, max_denominator=30)
VALUES = st.builds(
    lambda check, often, margin, long: lifetime_value(
        check, purchases_per_month=often, margin=margin, lifetime_months=long
    ),
    AMOUNTS,
    NUMBERS,
    MARGINS,
    NUMBERS,
)


def of(check=1000, often=2, margin=Fraction(1, 5), long=18, currency="EUR"):
    return lifetime_value(
        Money(check, currency), purchases_per_month=often, margin=margin, lifetime_months=long
    )


@given(AMOUNTS, NUMBERS, MARGINS, NUMBERS)
def test_the_value_is_the_product_of_its_factors(check, often, margin, long):
    found = lifetime_value(check, purchases_per_month=often, margin=margin, lifetime_months=long)
    assert found.exact == Fraction(check.amount) * often * margin * long
    assert abs(Fraction(found.value.amount) - found.exact) <= Fraction(1, 200)
    assert found.factors == {
        "average_check": Fraction(check.amount),
        "purchases_per_month": often,
        "margin": margin,
        "lifetime_months": long,
    }


@pytest.mark.parametrize("twice", [{"check": 2000}, {"often": 4}, {"margin": Fraction(2, 5)}, {"long": 36}])
def test_twice_any_factor_is_twice_the_value(twice):
    assert of().value == Money(7200, "EUR")
    assert of(**twice).value == Money(14_400, "EUR")


@pytest.mark.parametrize("nothing", [{"check": 0}, {"often": 0}, {"margin": 0}, {"long": 0}])
def test_without_any_factor_there_is_no_value(nothing):
    assert of(**nothing).exact == 0


def test_a_customer_sold_to_at_a_loss_costs_more_the_more_they_buy():
    loss = of(margin=-0.05)
    assert loss.value == Money(-1800, "EUR")
    assert of(margin=-0.05, often=4).value == 2 * loss.value
    assert lifetime_value_change(loss, of(margin=0)).alone["margin"] == Money(1800, "EUR")
    assert str(loss).startswith("-1,800.00 EUR = 1,000.00 EUR x 2 a month x -5.0% x 18 months")


def test_a_mean_check_is_not_rounded_before_it_is_multiplied():
    mean = MeanMoney(Money(100, "EUR"), 3)
    found = lifetime_value(mean, purchases_per_month=1, margin=1, lifetime_months=300)
    assert found.value == Money(10_000, "EUR")
    assert mean.value * 300 == Money(9999, "EUR")
    assert "33.33 EUR x 1 a month" in str(found)


def test_numbers_mean_what_is_written():
    floats = lifetime_value(
        Money("0.1", "EUR"), purchases_per_month=0.1, margin=0.1, lifetime_months=Decimal("0.1")
    )
    assert floats.exact == Fraction(1, 10_000)
    assert of(margin=Rate(1, 5)).exact == 7200


@given(VALUES, VALUES)
def test_what_the_factors_bring_adds_up_to_the_whole(before, after):
    found = lifetime_value_change(before, after)
    assert sum((gain.amount for gain in found.alone.values()), found.together.amount) == found.whole.amount
    assert found.whole == after.value - before.value
    old, new = before.factors, after.factors
    for name, gain in found.alone.items():
        alone = math.prod(factor for other, factor in old.items() if other != name) * (new[name] - old[name])
        assert abs(Fraction(gain.amount) - alone) <= Fraction(1, 200)


@given(VALUES, st.sampled_from(["purchases_per_month", "margin", "lifetime_months"]), SHARES)
def test_when_one_factor_changes_nothing_is_left_to_come_together(before, name, factor):
    """But for the cent of rounding."""
    found = lifetime_value_change(before, attrs.evolve(before, **{name: factor}))
    assert abs(found.together.amount) <= Decimal("0.01")
    assert {other for other, gain in found.alone.items() if gain} <= {name}


def test_two_factors_together_bring_more_than_each_alone():
    found = lifetime_value_change(of(), of(check=1100, often=3))
    assert {name: gain.amount for name, gain in found.alone.items()} == {
        "average_check": 720,
        "purchases_per_month": 3600,
        "margin": 0,
        "lifetime_months": 0,
    }
    assert (found.together, found.whole) == (Money(360, "EUR"), Money(4680, "EUR"))
    rows = found.to_rows()
    assert [row["factor"] for row in rows][-2:] == ["together", "whole"]
    assert [row["ratio"] for row in rows] == [1.1, 1.5, 1.0, 1.0, None, 1.65]
    assert (rows[0]["gain"], rows[0]["currency"]) == ("720.00", "EUR")
    assert lifetime_value_change(of(often=0), of()).to_rows()[1]["ratio"] is None
    assert repr(found) == "<LifetimeValueChange: 7,200.00 EUR to 11,880.00 EUR>"
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


@given(SHARES.filter(bool))
def test_the_lifetime_is_the_mean_of_leaving_with_the_same_chance(churn):
    """Summed period by period: with the chance c to leave, 1 period at least, and 1 - c of another life."""
    lifetime = lifetime_from_churn(churn).exact
    assert lifetime == 1 + (1 - churn) * lifetime
    assert lifetime_from_churn(Rate(churn.numerator, churn.denominator)).exact == lifetime


def test_nobody_who_leaves_gives_no_lifetime():
    assert lifetime_from_churn(0.05).exact == 20
    assert lifetime_from_churn(0).undefined == "nobody leaves, so there is no end to the lifetime"


def test_the_value_shows_itself():
    found = of()
    assert repr(found) == "<LifetimeValue: 7,200.00 EUR = 1,000.00 EUR x 2 a month x 20.0% x 18 months>"
    assert found.to_rows() == [
        {
            "average_check": 1000.0,
            "purchases_per_month": 2.0,
            "margin": 0.2,
            "lifetime_months": 18.0,
            "value": "7200.00",
            "currency": "EUR",
        }
    ]
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: of(margin=20), ValueError, "margin must be a share from -1 to 1, got 20; a percentage is"),
        (lambda: of(margin=-5), ValueError, "margin must be a share from -1 to 1, got -5; a percentage is"),
        (lambda: of(margin=Rate(0, 0)), ValueError, "margin is undefined"),
        (lambda: of(check=-1), ValueError, "average_check must be 0 or more"),
        (lambda: of(often=-1), ValueError, "purchases_per_month must be 0 or more, got -1"),
        (lambda: of(long=float("nan")), ValueError, "lifetime_months must be finite, got nan"),
        (lambda: of(long=Decimal("inf")), ValueError, "lifetime_months must be finite"),
        (lambda: of(long="18"), TypeError, "lifetime_months must be a number, got '18'"),
        (lambda: of(often=True), TypeError, "purchases_per_month must be a number, got True"),
        (
            lambda: lifetime_value(1000, purchases_per_month=2, margin=0.2, lifetime_months=18),
            TypeError,
            "average_check must be Money[(]amount, currency[)], got 1000",
        ),
        (
            lambda: lifetime_value(MeanMoney(None, 0), purchases_per_month=2, margin=0.2, lifetime_months=18),
            ValueError,
            "average_check is undefined: <MeanMoney: n/a: no amounts>; give an amount",
        ),
        (
            lambda: lifetime_value(
                MeanMoney(Money(-5, "EUR"), 2), purchases_per_month=2, margin=0.2, lifetime_months=18
            ),
            ValueError,
            "average_check must be 0 or more",
        ),
        (
            lambda: lifetime_value_change(of(), of(currency="USD")),
            CurrencyMismatch,
            "before is in EUR, after is in USD; convert to one currency first",
        ),
        (lambda: lifetime_from_churn(5), ValueError, "churn must be a share"),
        (lambda: lifetime_from_churn(Rate(0, 0)), ValueError, "churn is undefined"),
    ],
)
def test_what_is_no_factor_is_refused(work, error, message):
    with pytest.raises(error, match=message):
        work()

"""Quotients and means that keep what they are made of."""

import math
import pickle
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, Money
from salesproc.metrics import MeanMoney, Ratio

WHOLE = st.integers(-999, 999)


@given(WHOLE, WHOLE.filter(bool))
def test_a_ratio_of_money_is_the_ratio_of_its_amounts(part, whole):
    """However the amounts are written, and without rounding."""
    plain, money = Ratio(part, whole), Ratio(Money(part, "EUR"), Money(whole, "EUR"))
    assert money.exact == plain.exact == Fraction(part, whole)
    assert money.value == plain.value == float(money) == part / whole
    assert Ratio(Fraction(part, 7), Fraction(whole, 7)).exact == plain.exact


@pytest.mark.parametrize("nothing", [0, None, Money(0, "EUR")])
def test_over_nothing_there_is_no_ratio_and_the_reason_is_said(nothing):
    ratio = Ratio(None, nothing, "nobody came")
    assert ratio.exact is ratio.value is None
    assert ratio.undefined == "nobody came"
    assert math.isnan(ratio)
    assert f"{ratio:.1%}" == "n/a"
    assert str(ratio) == "n/a: nobody came"
    with pytest.raises(ValueError, match="format"):
        format(ratio, ".1?")


def test_what_has_no_amount_is_nothing_of_the_whole():
    ratio = Ratio(None, Money(10, "EUR"))
    assert (ratio.exact, ratio.undefined) == (0, None)
    assert str(ratio) == "0.000 (nothing over 10.00 EUR)"
    assert ratio.to_rows() == [{"value": 0.0, "part": None, "whole": "10", "currency": "EUR"}]
    assert Ratio(5, 2).to_rows() == [{"value": 2.5, "part": "5", "whole": "2", "currency": None}]


def test_a_ratio_is_of_two_things_of_one_kind():
    with pytest.raises(TypeError, match="of one kind, got 5 and Money"):
        Ratio(5, Money(1, "EUR"))
    with pytest.raises(CurrencyMismatch):
        Ratio(Money(1, "USD"), Money(1, "EUR"))


@given(st.lists(st.integers(-999, 999), min_size=1))
def test_a_mean_is_the_sum_over_the_count(amounts):
    mean = MeanMoney(Money(sum(amounts), "EUR"), len(amounts))
    assert mean.exact == Fraction(sum(amounts), len(amounts))
    assert abs(Fraction(mean.value.amount) - mean.exact) <= Fraction(1, 200)


def test_a_mean_of_nothing_says_why():
    mean = MeanMoney(None, 0, 3, "no order has an amount")
    assert mean.value is mean.exact is None
    assert mean.undefined == "no order has an amount"
    assert str(mean) == "n/a: no order has an amount, 3 without amount"
    assert mean.to_rows() == [{"value": None, "total": None, "currency": None, "count": 0, "left_out": 3}]
    some = MeanMoney(Money("1.01", "EUR"), 2)
    assert some.value == Money(Decimal("0.50"), "EUR")
    assert str(some) == "0.50 EUR (mean of 2)"
    assert some.to_rows()[0]["currency"] == "EUR"


def test_both_can_be_kept_and_shown():
    for one in (Ratio(5, 2), MeanMoney(Money(1, "EUR"), 2)):
        assert pickle.loads(pickle.dumps(one)) == one
        assert "<table>" in one._repr_html_()
        assert repr(one).startswith("<")

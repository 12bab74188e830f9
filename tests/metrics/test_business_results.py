"""Business results: what is undefined says so, and what cannot be is refused."""

from fractions import Fraction

import pytest

from salesproc import CurrencyMismatch, Money
from salesproc.metrics import gross_margin, market_share, return_on_investment, revenue_growth


def euros(amount):
    return Money(amount, "EUR")


def test_growth_is_over_what_was_there_before():
    assert revenue_growth(euros(150), euros(100)).exact == Fraction(1, 2)
    assert revenue_growth(euros(50), euros(100)).exact == Fraction(-1, 2)
    assert revenue_growth(euros(50), euros(0)).undefined == "there was no revenue before"
    assert revenue_growth(euros(-50), euros(100)).exact == Fraction(-3, 2)


def test_a_margin_may_be_a_loss():
    assert gross_margin(euros(80), euros(100)).exact == Fraction(-1, 4)
    assert gross_margin(euros(0), euros(100)).undefined == "there is no revenue"


def test_revenue_that_pays_and_profit_that_does_not():
    """A campaign of 6,000 that sold for 9,000 at a margin of one half."""
    assert return_on_investment(euros(9_000), euros(6_000)).exact == Fraction(1, 2)
    assert return_on_investment(euros(4_500), euros(6_000)).exact == Fraction(-1, 4)
    assert return_on_investment(euros(1), euros(0)).undefined == "nothing was spent"
    assert market_share(euros(0), euros(0)).undefined == "the market buys nothing"


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: revenue_growth(1, euros(1)), TypeError, "current must be Money"),
        (lambda: revenue_growth(euros(1), euros(-1)), ValueError, "previous must be 0 or more"),
        (lambda: market_share(euros(2), euros(1)), ValueError, "own must be at most the market"),
        (lambda: gross_margin(euros(1), euros(-1)), ValueError, "cost must be 0 or more"),
        (lambda: return_on_investment(euros(1), 7), TypeError, "cost must be Money"),
        (
            lambda: return_on_investment(euros(1), Money(1, "SAR")),
            CurrencyMismatch,
            "gain is in EUR, cost is in SAR; convert",
        ),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error, match=message):
        work()

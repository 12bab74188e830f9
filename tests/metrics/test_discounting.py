"""What later margins are worth today."""

import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, Money, Rate
from salesproc.metrics import discounted_value, margin_multiple

SHARES = st.fractions(0, 1, max_denominator=20)
DISCOUNTS = st.fractions(Fraction(1, 100), 1, max_denominator=100)
MARGINS = st.lists(st.integers(-50, 900).map(lambda amount: Money(amount, "EUR")), min_size=1, max_size=6)


@given(SHARES, DISCOUNTS)
def test_a_margin_that_comes_at_once_is_worth_exactly_one_margin_more(retention, discount):
    now, following = (margin_multiple(retention, discount, first=first) for first in ("now", "next"))
    assert now - following == 1


@given(SHARES, DISCOUNTS)
def test_the_multiple_is_where_ever_more_periods_lead(retention, discount):
    """What n periods leave out is the multiple of those who are still there after them."""
    periods = 8
    margins, survival = [Money(1, "EUR")] * periods, [retention**t for t in range(1, periods + 1)]
    finite = discounted_value(margins, survival, discount=discount, first="next").exact
    multiple = margin_multiple(retention, discount, first="next")
    assert finite + (retention / (1 + discount)) ** periods * multiple == multiple


def test_the_multiple_of_gupta_and_lehmann():
    """80 % stay, money loses 10 %: 2.67 margins."""
    assert round(float(margin_multiple(0.80, 0.10, first="next")), 2) == 2.67


def test_the_multiple_is_exact():
    assert margin_multiple(0.8, 0.1, first="next") == Fraction(8, 3)
    assert margin_multiple(Rate(4, 5), Fraction(1, 10), first="now") == Fraction(11, 3)
    assert margin_multiple(0, 0, first="next") == 0
    assert margin_multiple(0.5, -0.4, first="next") == 5


@given(MARGINS, st.data(), st.fractions(Fraction(-9, 10), 1, max_denominator=20))
def test_the_value_is_the_sum_of_what_each_margin_is_worth(margins, data, discount):
    survival = sorted(data.draw(st.lists(SHARES, min_size=len(margins), max_size=len(margins))), reverse=True)
    for first, start in (("next", 1), ("now", 0)):
        found = discounted_value(margins, survival, discount=discount, first=first)
        wanted = [
            Fraction(margin.amount) * share / (1 + discount) ** t
            for t, (margin, share) in enumerate(zip(margins, survival, strict=True), start)
        ]
        assert found.exact == sum(wanted)
        assert [row["present"] for row in found.to_rows()] == [float(one) for one in wanted]
        assert [row["period"] for row in found.to_rows()] == [*range(start, start + len(margins))]


def test_a_case_worked_by_hand():
    """80 / 1.1 + 64 / 1.21 + 51.2 / 1.331."""
    found = discounted_value([Money(100, "EUR")] * 3, [0.8, 0.64, 0.512], discount=0.1, first="next")
    assert found.value == Money("164.09", "EUR")
    assert found.to_rows()[1] == {
        "period": 2,
        "margin": "100",
        "currency": "EUR",
        "survival": 0.64,
        "present": pytest.approx(52.8926, abs=1e-4),
    }
    assert repr(found) == (
        "<DiscountedValue: 164.09 EUR from 3 margins, the first a period away, discounted by 10.0%>"
    )
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    once = discounted_value([Money(100, "EUR")], [1], discount=0.1, first="now")
    assert str(once) == "100.00 EUR from one margin, the first at once, discounted by 10.0%"


def value(margins, survival, discount=0.1, first="next"):
    return discounted_value(margins, survival, discount=discount, first=first)


EURO = Money(1, "EUR")


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: margin_multiple(1, 0, first="now"), ValueError, "retention must be below 1 [+] discount"),
        (lambda: margin_multiple(0.9, -0.1, first="next"), ValueError, "got 0.9 and -0.1"),
        (lambda: margin_multiple(80, 0.1, first="next"), ValueError, "retention must be a share"),
        (
            lambda: margin_multiple(0.8, 10, first="next"),
            ValueError,
            "discount must be above -1 and at most 1, got 10; a percentage is divided by 100 first",
        ),
        (lambda: margin_multiple(0.8, -1, first="next"), ValueError, "1 [+] discount must be above 0"),
        (lambda: margin_multiple(0.8, float("nan"), first="next"), ValueError, "discount must be finite"),
        (lambda: margin_multiple(0.8, None, first="next"), TypeError, "discount must be a number"),
        (lambda: margin_multiple(0.8, 0.1), TypeError, "first"),
        (
            lambda: margin_multiple(0.8, 0.1, first="later"),
            ValueError,
            "first must say when the first margin comes, got 'later'; known: 'next', 'now'",
        ),
        (lambda: value([], []), ValueError, "at least one of each, got 0 margins and 0 shares"),
        (lambda: value([EURO], [1, 1]), ValueError, "got 1 margins and 2 shares"),
        (
            lambda: value([EURO, EURO], [0.5, 0.8]),
            ValueError,
            "survival must not rise, got 0.5 and then 0.8 in period 2",
        ),
        (lambda: value([EURO], [80]), ValueError, "survival in period 1 must be a share"),
        (lambda: value([EURO], [1], first="soon"), ValueError, "first must say"),
        (lambda: value([EURO], [1], discount=2), ValueError, "discount must be above -1"),
        (lambda: value([EURO, 5], [1, 1]), TypeError, r"margin 2 must be Money\(amount, currency\), got 5"),
        (
            lambda: value([EURO, Money(1, "USD")], [1, 1]),
            CurrencyMismatch,
            "margin 2 is in USD, those before it in EUR",
        ),
    ],
)
def test_what_has_no_value_is_refused(work, error, message):
    with pytest.raises(error, match=message):
        work()

"""How much of what customers buy they buy from us."""

import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, Money, Rate
from salesproc.metrics import (
    growth_headroom,
    penetration,
    share_of_wallet,
    share_of_wallet_from_category,
    wallet_allocation,
)

AMOUNTS = st.integers(0, 999).map(lambda amount: Money(amount, "EUR"))


def euros(amount):
    return Money(amount, "EUR")


@given(AMOUNTS, AMOUNTS)
def test_asked_of_the_rest_or_of_the_whole_the_share_is_the_same(own, elsewhere):
    found = share_of_wallet(own, elsewhere)
    assert share_of_wallet_from_category(own, own + elsewhere) == found
    if found.undefined is None:
        assert 0 <= found.share.exact <= 1
        assert found.share.exact * Fraction(found.category.amount) == Fraction(own.amount)
    else:
        assert not own
        assert not elsewhere
        assert found.undefined == "nothing of the kind is bought"


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_the_wallet_of_two_customers_is_made_of_their_amounts(own, elsewhere, other_own, other_elsewhere):
    """And not of the mean of their shares."""
    both = share_of_wallet(own, elsewhere) + share_of_wallet(other_own, other_elsewhere)
    assert both == share_of_wallet(own + other_own, elsewhere + other_elsewhere)


def test_the_example_of_the_source():
    found = share_of_wallet(euros(30), euros(70))
    assert (found.share.exact, found.headroom) == (Fraction(3, 10), euros(70))
    assert share_of_wallet_from_category(euros(30), euros(100)) == found
    assert share_of_wallet(euros(30), euros(0)).share.exact == 1
    assert found.to_rows() == [
        {"own": "30", "elsewhere": "70", "category": "100", "currency": "EUR", "share": 0.3}
    ]
    assert repr(found) == "<Wallet: 30.0% of 100.00 EUR with us, 70.00 EUR elsewhere>"
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(("millions", "more", "times"), [(15, 10, 3), (20, 15, 4)])
def test_the_customer_who_might_buy_for_15_or_20_millions(millions, more, times):
    """Both ends of the estimate of the source."""
    found = growth_headroom(Money(5_000_000, "RUB"), Money(millions * 1_000_000, "RUB"))
    assert (found.headroom, found.multiple.exact) == (Money(more * 1_000_000, "RUB"), times)


def test_headroom_shows_itself():
    found = growth_headroom(euros(5), euros(15))
    assert found.to_rows() == [
        {"current": "5", "potential": "15", "headroom": "10", "currency": "EUR", "multiple": 3.0}
    ]
    assert repr(found) == "<GrowthHeadroom: 10.00 EUR more than 5.00 EUR: 3.00 times as much>"
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    nothing = growth_headroom(euros(0), euros(15))
    assert nothing.undefined == "nothing is bought now"
    assert str(nothing) == "15.00 EUR more than 0.00 EUR: nothing is bought now"


def test_penetration_is_of_customers():
    assert penetration(120, 800) == Rate(120, 800)
    assert penetration(0, 0).undefined


@given(st.integers(1, 12))
def test_the_shares_of_all_places_make_one_wallet(brands):
    shares = [wallet_allocation(place, brands) for place in range(1, brands + 1)]
    assert sum(shares) == 1
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(
    ("brands", "percent"), [(1, (100,)), (2, (67, 33)), (3, (50, 33, 17)), (4, (40, 30, 20, 10))]
)
def test_the_first_rows_of_the_allocation_rule(brands, percent):
    shares = [wallet_allocation(place, brands) for place in range(1, brands + 1)]
    assert tuple(round(share * 100) for share in shares) == percent


def test_two_first_brands_share_both_places():
    both = wallet_allocation(1, 3) + wallet_allocation(2, 3)
    assert wallet_allocation(1.5, 3) == both / 2


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: share_of_wallet(euros(-1), euros(1)), ValueError, "own must be 0 or more"),
        (lambda: share_of_wallet(euros(1), euros(-1)), ValueError, "elsewhere must be 0 or more"),
        (lambda: share_of_wallet(euros(1), 70), TypeError, "elsewhere must be Money"),
        (lambda: share_of_wallet(euros(1), Money(1, "USD")), CurrencyMismatch, "EUR and USD do not mix"),
        (
            lambda: share_of_wallet_from_category(euros(120), euros(100)),
            ValueError,
            "120.00 EUR spent with us cannot be part of 100.00 EUR spent in all",
        ),
        (lambda: share_of_wallet_from_category(euros(-1), euros(1)), ValueError, "own must be 0 or more"),
        (
            lambda: share_of_wallet_from_category(euros(1), euros(-1)),
            ValueError,
            "category must be 0 or more",
        ),
        (lambda: share_of_wallet_from_category(euros(1), Money(1, "USD")), CurrencyMismatch, "do not mix"),
        (
            lambda: growth_headroom(euros(5), euros(4)),
            ValueError,
            "a potential of 4.00 EUR is below the 5.00 EUR bought now",
        ),
        (lambda: growth_headroom(euros(-5), euros(4)), ValueError, "current must be 0 or more"),
        (lambda: growth_headroom(euros(5), Money(9, "USD")), CurrencyMismatch, "do not mix"),
        (lambda: growth_headroom(euros(5), 4), TypeError, "potential must be Money"),
        (lambda: penetration(9, 8), ValueError, "9 buyers cannot be among a population of 8"),
        (lambda: penetration(-1, 8), ValueError, "buyers must be a whole number, 0 or more"),
        (lambda: penetration(1, 8.5), TypeError, "population must be a whole number"),
        (lambda: wallet_allocation(4, 3), ValueError, "from 1 to the number of brands, got 4 of 3"),
        (lambda: wallet_allocation(0, 3), ValueError, "got 0 of 3"),
        (lambda: wallet_allocation(1, 0), ValueError, "got 1 of 0"),
        (lambda: wallet_allocation("first", 3), TypeError, "rank must be a number, got 'first'"),
        (lambda: share_of_wallet(euros(1), euros(1)) + 1, TypeError, "unsupported operand"),
    ],
)
def test_estimates_that_cannot_be_are_refused(work, error, message):
    with pytest.raises(error, match=message):
        work()

"""What losing a customer costs beyond their own money."""

import pickle
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money
from salesproc.loyalty import VolumeTier, loss_impact


def euros(amount):
    return Money(amount, "EUR")


PRICES = [VolumeTier(0, euros(10)), VolumeTier(6000, euros(8))]
VOLUME = st.integers(0, 10_000)


@given(
    VOLUME,
    VOLUME,
    st.lists(st.tuples(st.integers(1, 15_000), st.integers(1, 9)), unique_by=lambda t: t[0], max_size=5),
)
def test_the_discount_costs_what_the_rest_costs_more(volume, others, steps):
    """Bought piece by piece from a price list kept by hand."""
    falling = zip(
        sorted(start for start, _ in steps), sorted((cost for _, cost in steps), reverse=True), strict=True
    )
    prices = [(0, 10), *falling]

    def cost(reached):
        return [price for start, price in prices if start <= reached][-1]

    found = loss_impact(
        euros(500), volume=volume, other_volume=others, tiers=[(n, euros(c)) for n, c in reversed(prices)]
    )
    dearer = cost(others) - cost(volume + others)
    assert found.discount_cost == euros(dearer * others)
    assert found.discount_lost == (dearer > 0)
    assert found.total == euros(500 + dearer * others)


@pytest.mark.parametrize(("others", "lost"), [(2000, True), (5999, True), (6000, False), (0, False)])
def test_five_thousand_pieces_and_a_discount_from_six_thousand(others, lost):
    """With 2,000 others it goes, with 6,000 it stays; alone, 5,000 never had it."""
    found = loss_impact(euros(15_000), volume=5000, other_volume=others, tiers=PRICES)
    assert found.discount_lost is lost
    assert found.total == euros(15_000) + euros(2 * others if lost else 0)


def test_parts_of_a_piece_and_of_a_cent():
    prices = [(Decimal(0), euros("1.005")), (Fraction(3, 2), euros(1))]
    found = loss_impact(euros(1), volume=1.5, other_volume=Decimal("1.4"), tiers=prices)
    assert (found.volume, found.volume_left) == (Fraction(29, 10), Fraction(7, 5))
    assert found.discount_cost == euros("0.01")


def test_the_result_shows_itself():
    found = loss_impact(euros(15_000), volume=5000, other_volume=2000, tiers=PRICES)
    assert repr(found) == (
        "<LossImpact: 19,000.00 EUR: 15,000.00 EUR direct, 4,000.00 EUR for the lost discount on 2,000 pieces>"
    )
    assert found.to_rows() == [
        {
            "direct": "15000",
            "discount_cost": "4000.00",
            "total": "19000.00",
            "currency": "EUR",
            "discount_lost": True,
            "volume": 7000.0,
            "volume_left": 2000.0,
        }
    ]
    assert (found.tier, found.tier_left) == (PRICES[1], PRICES[0])
    stays = loss_impact(euros(15_000), volume=5000, other_volume=6000, tiers=PRICES)
    assert str(stays) == "15,000.00 EUR direct, the discount stays"
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


def impact(**changed):
    given = {"volume": 1, "other_volume": 1, "tiers": PRICES} | changed
    return loss_impact(euros(1), **given)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"volume": -1}, ValueError, "volume must be 0 or more, got -1"),
        ({"other_volume": "many"}, TypeError, "other_volume must be a number, got 'many'"),
        ({"tiers": []}, ValueError, r"tiers must begin at 0 pieces, the price without a discount, got \[\]"),
        ({"tiers": PRICES[1:]}, ValueError, "tiers must begin at 0 pieces"),
        ({"tiers": [*PRICES, (6000, euros(7))]}, ValueError, "one price from 6000 pieces on"),
        (
            {"tiers": [(0, euros(8)), (9, euros(9))]},
            ValueError,
            "a piece must not cost more at a higher volume",
        ),
        ({"tiers": [(0,)]}, LogError, r"tier 1 is no row of volume, unit cost: \(0,\)"),
        ({"tiers": [(0, 3)]}, TypeError, r"the unit cost of tier 1 must be Money\(amount, currency\), got 3"),
        ({"tiers": [(0, Money(8, "USD"))]}, CurrencyMismatch, "USD and EUR do not mix"),
        ({"tiers": [(0, euros(9)), (9, Money(8, "USD"))]}, CurrencyMismatch, "do not mix"),
    ],
)
def test_refusals(changed, error, message):
    with pytest.raises(error, match=message):
        impact(**changed)

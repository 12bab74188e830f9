"""What would losing a customer cost, beyond their own money? The supplier's discount that their volume earns for all."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import attrs

from salesproc._given import leading_fields, require_money
from salesproc._tables import Shown
from salesproc.metrics._numbers import Number, positive_money, positive_number, rounded_money
from salesproc.metrics.breakdown import Cell
from salesproc.money import Money

__all__ = ["LossImpact", "VolumeTier", "loss_impact"]


class VolumeTier(NamedTuple):
    """A step of a supplier's price list. Any tuple that begins like it serves as well.

    Attributes:
        volume: From how many pieces on; 0 for the price without a discount.
        unit_cost: What one piece costs us then.
    """

    volume: Number
    unit_cost: Money


@attrs.frozen(kw_only=True, repr=False)
class LossImpact(Shown):
    """What losing a customer costs in the time that the volumes are of, such as a month.

    Attributes:
        direct: What the customer brings.
        volume: Pieces bought with the customer.
        volume_left: Pieces bought without the customer.
        tier: The step of the price list with the customer.
        tier_left: The step without the customer.
    """

    direct: Money
    volume: Fraction
    volume_left: Fraction
    tier: VolumeTier
    tier_left: VolumeTier

    @property
    def discount_lost(self) -> bool:
        """Whether what is left is bought at a higher price."""
        return self.tier_left.unit_cost > self.tier.unit_cost

    @property
    def discount_cost(self) -> Money:
        """What the pieces that are left cost more without the discount, rounded half-even to the minor unit."""
        dearer = self.tier_left.unit_cost - self.tier.unit_cost
        return rounded_money(Fraction(dearer.amount) * self.volume_left, dearer.currency)

    @property
    def total(self) -> Money:
        """Both together. Customers who leave because prices rise are not in it: nobody knows who they are."""
        return self.direct + self.discount_cost

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: money as exact text."""
        return [
            {
                "direct": str(self.direct.amount),
                "discount_cost": str(self.discount_cost.amount),
                "total": str(self.total.amount),
                "currency": self.direct.currency,
                "discount_lost": self.discount_lost,
                "volume": float(self.volume),
                "volume_left": float(self.volume_left),
            }
        ]

    def __str__(self) -> str:
        if not self.discount_lost:
            return f"{self.direct} direct, the discount stays"
        return f"{self.total}: {self.direct} direct, {self.discount_cost} for the lost discount on {float(self.volume_left):,g} pieces"


def loss_impact(
    direct: Money, *, volume: Number, other_volume: Number, tiers: Iterable[tuple[Number, Money]]
) -> LossImpact:
    """What it costs to lose a customer whose volume earns a supplier's discount for all.

    Args:
        direct: What the customer brings in a month, or in the time the volumes are of. Margin says more here than revenue.
        volume: How many pieces we buy for this customer in that time.
        other_volume: How many we buy for all others.
        tiers: The supplier's price list as ``(from how many pieces, cost of one)``, such as `VolumeTier`, in any order, from 0 pieces on.

    Returns:
        The direct loss, whether the discount goes too, and what that costs on the pieces that are left.

    Raises:
        ValueError: A volume is below 0; the list does not begin at 0, has a step twice, or a piece costs more at a higher volume.
        LogError: A tier that is no row of volume and cost.
        TypeError: A cost that is no money, a volume that is no number.
        CurrencyMismatch: Two currencies.

    Source:
        The example of the 5,000 pieces, document 004 of ``docs/explanation/sources.md``; the price list is left to you.

    >>> prices = [(0, Money(10, "EUR")), (6000, Money(8, "EUR"))]
    >>> print(loss_impact(Money(15000, "EUR"), volume=5000, other_volume=2000, tiers=prices))
    19,000.00 EUR: 15,000.00 EUR direct, 4,000.00 EUR for the lost discount on 2,000 pieces
    >>> print(loss_impact(Money(15000, "EUR"), volume=5000, other_volume=6000, tiers=prices))
    15,000.00 EUR direct, the discount stays
    """
    require_money(direct, "direct")
    left = positive_number(other_volume, "other_volume")
    whole = positive_number(volume, "volume") + left
    steps = _price_list(tiers)
    for _, tier in steps:
        _ = tier.unit_cost < direct  # two currencies are refused here
    tier, tier_left = ([step for start, step in steps if start <= reached][-1] for reached in (whole, left))
    return LossImpact(direct=direct, volume=whole, volume_left=left, tier=tier, tier_left=tier_left)


def _price_list(tiers: Iterable[tuple[Number, Money]]) -> list[tuple[Fraction, VolumeTier]]:
    """The steps in order of volume.

    Raises:
        ValueError: They are no price list.
    """
    steps = list[tuple[Fraction, VolumeTier]]()
    for number, row in enumerate(tiers, 1):
        volume, cost = leading_fields(row, ("volume", "unit cost"), f"tier {number}")
        positive_money(cost, f"the unit cost of tier {number}")
        steps.append((positive_number(volume, f"the volume of tier {number}"), VolumeTier(volume, cost)))
    steps.sort(key=lambda step: step[0])
    if not steps or steps[0][0]:
        raise ValueError(
            f"tiers must begin at 0 pieces, the price without a discount, got {[step[1] for step in steps]!r}"
        )
    for (start, lower), (following, higher) in pairwise(steps):
        if start == following:
            raise ValueError(
                f"tiers must have one price from {following} pieces on, got {lower!r} and {higher!r}"
            )
        if higher.unit_cost > lower.unit_cost:
            raise ValueError(f"a piece must not cost more at a higher volume, got {lower!r} and {higher!r}")
    return steps

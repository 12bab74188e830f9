"""How many customers are on each rung of the loyalty ladder?"""

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TypeVar

import attrs

from salesproc import _text
from salesproc._tables import Shown
from salesproc.metrics.breakdown import Cell
from salesproc.rates import Rate
from salesproc.stages import LoyaltyTier

__all__ = ["TierCounts", "tier_counts"]

C = TypeVar("C", bound=Hashable)


@attrs.frozen(repr=False, hash=False)
class TierCounts(Shown):
    """Customers per rung.

    Attributes:
        counts: By rung, lowest first, empty ones too.
        without: Customers on no rung: they never bought, or only got money back. They are in no share.
    """

    counts: Mapping[LoyaltyTier, int]
    without: int = 0

    @property
    def customers(self) -> int:
        """Customers on a rung."""
        return sum(self.counts.values())

    @property
    def coarse(self) -> "TierCounts":
        """The same on the four-step ladder, on which repeat customers are customers."""
        found = Counter[LoyaltyTier]()
        for tier, count in self.counts.items():
            found[tier.coarse] += count
        return TierCounts(
            {tier: found[tier] for tier in dict.fromkeys(one.coarse for one in LoyaltyTier)}, self.without
        )

    @property
    def undefined(self) -> str | None:
        """Why there are no shares; None when there are."""
        return None if self.customers else "nobody bought"

    def share(self, tier: LoyaltyTier) -> Rate:
        """The part of the customers that is on that rung."""
        return Rate(self.counts.get(tier, 0), self.customers)

    def __add__(self, other: object) -> "TierCounts":
        if not isinstance(other, TierCounts):
            return NotImplemented
        rungs = dict.fromkeys((*self.counts, *other.counts))
        both = {tier: self.counts.get(tier, 0) + other.counts.get(tier, 0) for tier in rungs}
        return TierCounts(both, self.without + other.without)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per rung."""
        return [
            {"tier": str(tier), "customers": count, "share": self.share(tier).value}
            for tier, count in self.counts.items()
        ]

    def __str__(self) -> str:
        lines = [(str(tier), f"{count:,}", f"{self.share(tier):.1%}") for tier, count in self.counts.items()]
        return _text.table(("tier", "customers", "share"), lines)

    def __repr__(self) -> str:
        return "<TierCounts: " + ", ".join(f"{tier} {count:,}" for tier, count in self.counts.items()) + ">"


def tier_counts(tiers: Mapping[C, LoyaltyTier | None]) -> TierCounts:
    """How many customers are on each rung; ``.coarse`` is the same on four rungs instead of five.

    Args:
        tiers: From customer to rung, such as `Tiers`.

    Returns:
        A count and a share per rung. The counts add up to the customers on a rung, those of disjoint sets of customers with ``+``.

    Source:
        Count the customers of each kind, then ask what would move them up: document 004 of ``docs/explanation/sources.md``.

    >>> one, two, three = LoyaltyTier.CUSTOMER, LoyaltyTier.REPEAT, LoyaltyTier.REGULAR
    >>> print(tier_counts({"ann": three, "bob": one, "cid": two, "dan": one}).coarse)
    tier       customers  share
    customer           3  75.0%
    regular            1  25.0%
    supporter          0   0.0%
    advocate           0   0.0%
    """
    found = Counter(tiers.values())
    return TierCounts({tier: found[tier] for tier in LoyaltyTier}, found[None])

"""Who stands on which rung? The loyalty ladder over the order list of a whole customer base."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import attrs

from salesproc import _text
from salesproc._given import instance
from salesproc._shares import Share
from salesproc._tables import Shown
from salesproc.loyalty._evidence import plain_days, wallet_days
from salesproc.loyalty.assessment import TIERS, Assessment, WalletShare, assessed
from salesproc.loyalty.counting import tier_counts
from salesproc.loyalty.policy import LoyaltyPolicy
from salesproc.metrics import OrderRow, OrderRules, Purchases, reduce_orders
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.orders import require_purchases
from salesproc.stages import LoyaltyTier

__all__ = ["Tiers", "finish_tiers", "tiers"]

C = TypeVar("C", bound=Hashable)

WalletShares = Iterable[WalletShare | tuple[date, Share]]
_NOTHING: Mapping[Any, Any] = MappingProxyType({})


@attrs.frozen(repr=False, hash=False)
class Tiers(Shown, Mapping[C, LoyaltyTier | None], Generic[C]):
    """The rung of every customer: a mapping from customer to rung, None for those who only ever got money back.

    Attributes:
        assessments: By customer, the evidence and what the next rung needs.
        strangers: Customers with a share of wallet or a referral and no order: they have no rung, and are not in the mapping.
        policy: The limits.
        purchases: What was read.
    """

    assessments: Mapping[C, Assessment]
    strangers: int
    policy: LoyaltyPolicy
    purchases: Purchases[C]

    def __getitem__(self, customer: C) -> LoyaltyTier | None:
        return self.assessments[customer].tier

    def __iter__(self) -> Iterator[C]:
        return iter(self.assessments)

    def __len__(self) -> int:
        return len(self.assessments)

    @property
    def undefined(self) -> str | None:
        """Why nobody has a rung; None when somebody has."""
        return None if self.purchases.lines else "nobody bought"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per customer, the highest rung first, and on a rung by money spent."""
        spending = self.purchases.spending()
        found = [(customer, self[customer], spending[customer]) for customer in self]
        found.sort(key=lambda one: (-TIERS.index(one[1]) if one[1] else 1, -one[2], str(one[0])))
        return [
            {
                "customer": _text.label(customer),
                "tier": None if tier is None else str(tier),
                "coarse": None if tier is None else str(tier.coarse),
                "money": str(spent),
                "currency": self.purchases.currency,
                "next": "; ".join(map(str, self.assessments[customer].next)),
            }
            for customer, tier, spent in found
        ]

    def __str__(self) -> str:
        known = any(
            check.seen is not None
            for one in self.assessments.values()
            for check in one.checks
            if check.tier is LoyaltyTier.SUPPORTER
        )
        unseen = "" if known else "\nno share of wallet is known, so nobody can be seen above regular"
        strange = (
            f"\n{self.strangers:,} named in wallet or referrals and in no order" if self.strangers else ""
        )
        return f"{tier_counts(self)}{unseen}{strange}"

    def __repr__(self) -> str:
        return f"<Tiers of {len(self):,} customers to {self.purchases.as_of}>"


def tiers(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    rules: OrderRules | None = None,
    wallet: Mapping[C, WalletShares] = _NOTHING,
    referrals: Mapping[C, Iterable[date]] = _NOTHING,
    policy: LoyaltyPolicy | None = None,
) -> Tiers[C]:
    """The rung of every customer in an order list, with what the next one needs.

    Orders show behaviour only: without *wallet* nobody is above regular, however much they buy.

    Args:
        orders: Rows ``(customer, at, amount)`` in any order, read once.
        as_of: The review; what is later is not used.
        rules: What counts as a purchase.
        wallet: By customer, what was found out about the share of wallet, with the day (a plain date).
        referrals: By customer, the days of their referrals (plain dates).
        policy: The limits; `LoyaltyPolicy` as it is when left out.

    Returns:
        A mapping from customer to rung that keeps every assessment.

    Raises:
        LogError: A row that cannot be read, or a day that is no plain date.
        ValueError: A share of wallet that is none.
        CurrencyMismatch: Orders in several currencies.

    Source:
        As for `assess`.

    >>> from salesproc import Money
    >>> orders = [("ann", date(2025, month, 9), Money(10, "EUR")) for month in range(1, 7)]
    >>> orders += [("bob", date(2025, 5, 2), Money(90, "EUR"))]
    >>> found = tiers(orders, as_of=date(2025, 6, 30))
    >>> dict(found)
    {'ann': <LoyaltyTier.REGULAR: 'regular'>, 'bob': <LoyaltyTier.CUSTOMER: 'customer'>}
    >>> print(*found.assessments["ann"].next)
    share of wallet: not known, at least 1 is needed
    """
    purchases = reduce_orders(orders, as_of=as_of, rules=rules)
    return finish_tiers(purchases, wallet=wallet, referrals=referrals, policy=policy)


def finish_tiers(
    purchases: Purchases[C],
    *,
    wallet: Mapping[C, WalletShares] = _NOTHING,
    referrals: Mapping[C, Iterable[date]] = _NOTHING,
    policy: LoyaltyPolicy | None = None,
) -> Tiers[C]:
    """The second half of `tiers`."""
    require_purchases(purchases)
    policy = policy or LoyaltyPolicy()
    instance(policy, LoyaltyPolicy, "policy", "for example LoyaltyPolicy(min_purchases=3)")
    shares = {customer: wallet_days(given) for customer, given in wallet.items()}
    brought = {customer: plain_days(given, "referrals") for customer, given in referrals.items()}
    assessments = {
        customer: assessed(
            (day for day, _ in purchases.lines.get(customer, ())),
            purchases.as_of,
            shares.get(customer, ()),
            brought.get(customer, ()),
            policy,
        )
        for customer in purchases.customers()
    }
    strangers = (shares.keys() | brought.keys()) - assessments.keys()
    return Tiers(assessments, len(strangers), policy, purchases)

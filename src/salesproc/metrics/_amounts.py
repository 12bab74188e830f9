"""Amounts of deals as they add up: the sum in one currency, how many had one, and the largest."""

from collections.abc import Callable
from fractions import Fraction
from operator import add

import attrs

from salesproc.errors import CurrencyMismatch
from salesproc.money import Money

__all__ = ["Amounts"]


@attrs.frozen
class Amounts:
    """The amounts of a group of deals.

    Attributes:
        deals: How many deals.
        money: The sum of those that have an amount; None when none has.
        without_amount: How many have none: never read as zero.
        largest: The largest amount; None when none has one.
    """

    deals: int = 0
    money: Money | None = None
    without_amount: int = 0
    largest: Money | None = None

    @classmethod
    def of(cls, amount: Money | None, where: str, currency: str | None = None) -> "Amounts":
        """The amount of one deal.

        Raises:
            CurrencyMismatch: It is not in the currency of the others; the message names the deal.
        """
        if amount is None:
            return cls(1, None, 1, None)
        if currency is not None and amount.currency != currency:
            raise CurrencyMismatch(
                f"{where} is in {amount.currency}, the deals before it in {currency}; bring them into one first, in_currency(deals, currency, rates), or take each currency apart"
            )
        return cls(1, amount, 0, amount)

    @property
    def mean(self) -> Money | None:
        """The mean of those that have an amount, rounded half-even to the minor unit; None when none has."""
        with_amount = self.deals - self.without_amount
        return None if self.money is None else self.money.divided_by(with_amount)

    @property
    def largest_share(self) -> Fraction | None:
        """The part of the sum that the largest amount is, exact; None without a positive sum."""
        if self.money is None or self.largest is None or self.money.amount <= 0:
            return None
        return self.largest / self.money

    def __add__(self, other: object) -> "Amounts":
        if not isinstance(other, Amounts):
            return NotImplemented
        return Amounts(
            self.deals + other.deals,
            _joined(self.money, other.money, add),
            self.without_amount + other.without_amount,
            _joined(self.largest, other.largest, max),
        )


def _joined(one: Money | None, other: Money | None, join: Callable[[Money, Money], Money]) -> Money | None:
    """Both amounts as one, where there are two."""
    if one is None or other is None:
        return other if one is None else one
    return join(one, other)

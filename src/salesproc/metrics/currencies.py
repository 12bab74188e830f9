"""Deals in several currencies, brought into one before they are summed."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TypeVar

from salesproc.errors import LogError
from salesproc.metrics.deals import Deal
from salesproc.metrics.histories import DealHistory

__all__ = ["in_currency"]

D = TypeVar("D", Deal, DealHistory)


def in_currency(deals: Iterable[D], currency: str, rates: Mapping[str, Decimal]) -> Iterator[D]:
    """The same deals with every amount in one currency, for any metric of deals.

    Amounts are exact and not rounded. A deal without an amount stays without one. For one result per currency instead, take the deals of each apart.

    Args:
        deals: `Deal` or `DealHistory` rows, read as they are asked for.
        currency: The currency to come to.
        rates: By code, what one unit of that currency is worth in *currency*; at one rate each, whatever the day of the deal.

    Raises:
        MoneyError: A rate is missing or none.
        LogError: A row is neither of the two; the message names it.

    >>> from datetime import date
    >>> from salesproc import Money
    >>> day = date(2025, 1, 6)
    >>> deals = [Deal(Money(100, "EUR"), day, day, "won"), Deal(Money(50, "USD"), day, day, "won")]
    >>> from salesproc.metrics import average_deal_value
    >>> print(average_deal_value(in_currency(deals, "EUR", {"USD": Decimal("0.9")}), as_of=day))
    72.50 EUR (mean of 2)
    """
    for number, deal in enumerate(deals, 1):
        if isinstance(deal, DealHistory):
            yield deal._replace(amounts=[(at, amount.to(currency, rates)) for at, amount in deal.amounts])
        elif isinstance(deal, Deal):
            yield deal if deal.amount is None else deal._replace(amount=deal.amount.to(currency, rates))
        else:
            raise LogError(f"deal {number} is neither a Deal nor a DealHistory: {deal!r}")

"""Evidence of loyalty as plain days: from what somebody hands in, and from the record of a customer."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

from salesproc._instants import earlier
from salesproc._shares import Share, exact_share
from salesproc.errors import LogError
from salesproc.metrics import reduce_orders
from salesproc.metrics._log import kind_of, refuse_placeholder
from salesproc.records import Customer, Purchase


def plain_days(given: Iterable[date], what: str) -> list[date]:
    """The days.

    Raises:
        LogError: One is no plain date, or a placeholder; the message says which.
    """
    days = [*given]
    for number, day in enumerate(days, 1):
        where = f"{what}, number {number}"
        if kind_of(day) != "a plain date":
            raise LogError(f"{where} must be a plain date, got {day!r}; give at.astimezone(tz).date()")
        refuse_placeholder(day, where)
    return days


def wallet_days(given: Iterable[tuple[date, Share]]) -> list[tuple[date, Fraction]]:
    """Days and exact shares of wallet.

    Raises:
        LogError: A day is no plain date.
        ValueError: A share is none.
    """
    pairs = [(day, exact_share(share, "share of wallet")) for day, share in given]
    plain_days((day for day, _ in pairs), "wallet")
    return pairs


def purchase_days(customer: Customer, as_of: datetime) -> list[date]:
    """The days up to the review on which something was left after refunds; days begin where the review is."""
    by_currency = defaultdict[str, list[Purchase]](list)
    for purchase in customer.purchases:
        by_currency[purchase.amount.currency].append(purchase)
    return [
        day
        for purchases in by_currency.values()
        for lines in reduce_orders(purchases, as_of=as_of).lines.values()
        for day, _ in lines
    ]


def referral_days(customer: Customer, as_of: datetime) -> list[date]:
    """The days up to the review on which the customer brought somebody."""
    return [
        one.at.astimezone(as_of.tzinfo).date() for one in customer.referrals if not earlier(as_of, one.at)
    ]

"""How many customers recommend us, and how many orders come of it?"""

from collections.abc import Collection, Hashable, Iterable
from datetime import date
from typing import TypeAlias, TypeVar

from salesproc._given import leading_fields, require_period, several
from salesproc.errors import LogError
from salesproc.metrics import OrderRow, OrderRules, Purchases, reduce_orders
from salesproc.metrics._log import comparable
from salesproc.metrics._period_days import days_of
from salesproc.metrics.orders import require_purchases
from salesproc.periods import Period
from salesproc.rates import Rate

__all__ = ["ReferralRow", "finish_referred_orders_share", "referral_rate", "referred_orders_share"]

C = TypeVar("C", bound=Hashable)

ReferralRow: TypeAlias = tuple[C, date, *tuple[object, ...]]
"""A row says which customer brought somebody, and when, then anything. The `Referral` of ``salesproc.records`` is such a row."""


def referral_rate(
    referrals: Iterable[ReferralRow[C]], customers: Iterable[C], *, period: Period | None = None
) -> Rate:
    """Share of the customers who brought somebody: how many recommend us, not how much comes of it.

    The same words are used for referred orders over orders, which is `referred_orders_share`.

    Args:
        referrals: Rows ``(customer, at)``; one who brought several counts once.
        customers: The base: everybody who could have.
        period: Only referrals in it.

    Returns:
        Those who brought somebody, of the customers; undefined when there are none. Rates of disjoint sets of customers add up with ``+``.

    Raises:
        LogError: A row that cannot be read, or somebody who is no customer of the base.
        NaiveTimeError: A time of another kind than the period.
        TypeError: The period is none, or one text where several customers belong.

    Source:
        ``docs/reference/glossary.md``.

    >>> brought = [("ann", date(2025, 3, 1)), ("ann", date(2025, 4, 1))]
    >>> print(referral_rate(brought, ["ann", "bob", "cid", "dan"]))
    25.0% (1 of 4)
    """
    require_period(period)
    base, found = frozenset(several(customers, "customers")), set[C]()
    for number, row in enumerate(referrals, 1):
        where = f"row {number}"
        customer, at = leading_fields(row, ("customer", "time"), where)
        if customer not in base:
            raise LogError(
                f"{where} is of {customer!r}, who is not among the customers; add them to the base"
            )
        if period is None or comparable(at, period.start, where) in period:
            found.add(customer)
    return Rate(len(found), len(base))


def referred_orders_share(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    referred: Collection[C],
    period: Period | None = None,
    rules: OrderRules | None = None,
) -> Rate:
    """Share of the orders that came from customers who had been referred: how much recommendations bring, not how many recommend.

    Args:
        orders: Rows ``(customer, at, amount)`` in any order, read once.
        as_of: The review; later orders are not used.
        referred: The customers who came by a referral, as a set or anything else that can be asked ``in``.
        period: Only orders in it, by days.
        rules: What counts as a purchase.

    Returns:
        Their orders, of all orders; undefined when there are none.

    Raises:
        LogError: A row that cannot be read.
        CurrencyMismatch: Orders in several currencies.
        PeriodError: The period is not one of plain dates.

    >>> from salesproc import Money
    >>> day = date(2025, 3, 3)
    >>> orders = [("ann", day, Money(9, "EUR")), ("bob", day, Money(1, "EUR"))]
    >>> print(referred_orders_share(orders, as_of=day, referred={"bob"}))
    50.0% (1 of 2)
    """
    purchases = reduce_orders(orders, as_of=as_of, rules=rules)
    return finish_referred_orders_share(purchases, referred=referred, period=period)


def finish_referred_orders_share(
    purchases: Purchases[C], *, referred: Collection[C], period: Period | None = None
) -> Rate:
    """The second half of `referred_orders_share`."""
    require_purchases(purchases)
    several(referred, "referred")
    start, end = days_of(period)
    counts = {
        customer: sum(start <= day < end for day, _ in lines) for customer, lines in purchases.lines.items()
    }
    return Rate(sum(count for who, count in counts.items() if who in referred), sum(counts.values()))

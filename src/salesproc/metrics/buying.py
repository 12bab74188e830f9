"""How often do customers buy, for how much, and who of them came back?"""

import decimal
from collections.abc import Hashable, Iterable
from datetime import date
from decimal import Decimal
from typing import TypeVar

import attrs

from salesproc import _text
from salesproc._exact import EXACT
from salesproc._tables import Shown
from salesproc.metrics._period_days import days_of
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.orders import OrderRow, OrderRules, Purchases, reduce_orders, require_purchases
from salesproc.metrics.ratios import MeanMoney, Ratio
from salesproc.money import Money
from salesproc.periods import Period
from salesproc.rates import Rate

__all__ = [
    "Buying",
    "average_order_value",
    "buying",
    "finish_buying",
    "purchase_frequency",
    "repeat_purchase_rate",
]

C = TypeVar("C", bound=Hashable)


@attrs.frozen(kw_only=True, repr=False)
class Buying(Shown):
    """What was bought in a period, with every rate that can be asked of it under a name that says its base.

    Attributes:
        new: Buyers of the period whose first purchase lies in it.
        returning: Buyers of the period who had bought before it.
        before: Customers who had bought before the period, whether they bought in it or not.
        repeated: Buyers with two purchases or more in the period.
        orders: Purchases in the period.
        orders_of_new: Those of the new ones.
        money: What the purchases brought; None when there are none.
        money_of_new: What those of the new ones brought; None when there are no purchases.
        taken_back: What days that only took money back took in the period, above zero; None when there is no such day.
    """

    new: int
    returning: int
    before: int
    repeated: int
    orders: int
    orders_of_new: int
    money: Money | None
    money_of_new: Money | None
    taken_back: Money | None

    @property
    def buyers(self) -> int:
        """Different customers who bought in the period."""
        return self.new + self.returning

    @property
    def repeat_rate(self) -> Rate:
        """Buyers with two purchases or more in the period, of all its buyers."""
        return Rate(self.repeated, self.buyers)

    @property
    def returning_rate(self) -> Rate:
        """Buyers who had bought before the period, of all its buyers."""
        return Rate(self.returning, self.buyers)

    @property
    def came_back(self) -> Rate:
        """Customers from before the period who bought in it, of all customers from before it."""
        return Rate(self.returning, self.before)

    @property
    def frequency(self) -> Ratio:
        """Purchases per buyer: of those who bought in the period, not of all customers."""
        return Ratio(self.orders, self.buyers, "nobody bought")

    @property
    def order_value(self) -> MeanMoney:
        """The mean purchase, refunds of its own day taken off and later ones not."""
        return MeanMoney(self.money, self.orders, nothing="nobody bought")

    @property
    def repeat_share(self) -> Ratio:
        """The part of the money that came from customers from before the period."""
        why = "nobody bought" if self.money is None else "the purchases are worth nothing"
        return Ratio(self._money_of_returning, self.money, why)

    @property
    def undefined(self) -> str | None:
        """Why there are no rates; None when there are."""
        return None if self.buyers else "nobody bought"

    @property
    def _money_of_returning(self) -> Money | None:
        if self.money is None or self.money_of_new is None:
            return None
        return self.money - self.money_of_new

    def to_rows(self) -> list[dict[str, Cell]]:
        """Two rows: new customers, and those from before the period."""
        rows = (
            ("new", self.new, self.orders_of_new, self.money_of_new),
            ("returning", self.returning, self.orders - self.orders_of_new, self._money_of_returning),
        )
        return [
            {
                "customers": name,
                "buyers": buyers,
                "orders": orders,
                "money": None if money is None else str(money.amount),
                "currency": None if money is None else money.currency,
            }
            for name, buyers, orders, money in rows
        ]

    def __str__(self) -> str:
        lines = [
            (
                str(row["customers"]),
                f"{row['buyers']:,}",
                f"{row['orders']:,}",
                _text.ABSENT if row["money"] is None else str(Money(str(row["money"]), str(row["currency"]))),
            )
            for row in self.to_rows()
        ]
        table = _text.table(("customers", "buyers", "orders", "money"), lines)
        return f"{table}\nbought twice or more: {self.repeat_rate}"

    def __repr__(self) -> str:
        return f"<Buying: {self.orders:,} orders of {self.buyers:,} customers, {self.repeat_rate} again>"


def buying(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    period: Period | None = None,
    rules: OrderRules | None = None,
) -> Buying:
    """Who bought in a period, how often and for how much; new customers apart from those from before.

    Args:
        orders: Rows ``(customer, at, amount)`` in any order, read once. They must reach back to the first purchase of everybody: who bought
            before the list begins would be taken for new.
        as_of: The review; later orders are not used.
        period: Only purchases in it, by days; all up to the review when left out, and then everybody is new.
        rules: What counts as a purchase.

    Raises:
        LogError: A row that cannot be read.
        CurrencyMismatch: Orders in several currencies.

    Source:
        In-window and lifetime counts differ between shops and dashboards: ``docs/explanation/decisions.md``.

    >>> orders = [
    ...     ("ann", date(2025, 1, 6), Money(100, "EUR")),
    ...     ("ann", date(2025, 2, 3), Money(80, "EUR")),
    ...     ("bob", date(2025, 2, 9), Money(20, "EUR")),
    ...     ("bob", date(2025, 2, 20), Money(40, "EUR")),
    ...     ("cid", date(2025, 1, 9), Money(90, "EUR")),
    ... ]
    >>> february = buying(orders, as_of=date(2025, 3, 1), period=Period.month(2025, 2))
    >>> print(february)
    customers  buyers  orders      money
    new             1       2  60.00 EUR
    returning       1       1  80.00 EUR
    bought twice or more: 50.0% (1 of 2)
    >>> print(february.came_back)
    50.0% (1 of 2)
    """
    return finish_buying(reduce_orders(orders, as_of=as_of, rules=rules), period=period)


def finish_buying(purchases: Purchases[C], *, period: Period | None = None) -> Buying:
    """The second half of `buying`."""
    require_purchases(purchases)
    start, end = days_of(period)
    tally = dict.fromkeys(("new", "returning", "repeated", "orders", "orders_of_new", "before"), 0)
    money = of_new = taken = Decimal(0)
    with decimal.localcontext(EXACT):
        for lines in purchases.lines.values():
            inside = [amount for day, amount in lines if start <= day < end]
            old = lines[0][0] < start
            tally["before"] += old
            if not inside:
                continue
            spent = sum(inside, Decimal(0))
            tally["returning" if old else "new"] += 1
            tally["repeated"] += len(inside) > 1
            tally["orders"] += len(inside)
            money += spent
            if not old:
                tally["orders_of_new"] += len(inside)
                of_new += spent
        back = [amount for lines in purchases.lowered.values() for day, amount in lines if start <= day < end]
        taken = -sum(back, Decimal(0))
    return Buying(
        **tally,
        money=purchases.money(money) if tally["orders"] else None,
        money_of_new=purchases.money(of_new) if tally["orders"] else None,
        taken_back=purchases.money(taken) if back else None,
    )


def repeat_purchase_rate(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    period: Period | None = None,
    rules: OrderRules | None = None,
) -> Rate:
    """Share of the buyers of a period who bought at least twice in it.

    Whether somebody bought before does not matter here: that is ``buying(...).returning_rate``. A short period makes everybody a one-time buyer.

    Takes and raises what `buying` does. Undefined when nobody bought.
    """
    return buying(orders, as_of=as_of, period=period, rules=rules).repeat_rate


def purchase_frequency(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    period: Period | None = None,
    rules: OrderRules | None = None,
) -> Ratio:
    """Purchases per buyer of a period, exact. Takes and raises what `buying` does. Undefined when nobody bought."""
    return buying(orders, as_of=as_of, period=period, rules=rules).frequency


def average_order_value(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    period: Period | None = None,
    rules: OrderRules | None = None,
) -> MeanMoney:
    """What a purchase of a period is worth on average. Refunds of its own day are taken off; those of later days are in ``buying(...).taken_back``.

    Takes and raises what `buying` does. Undefined when nobody bought.
    """
    return buying(orders, as_of=as_of, period=period, rules=rules).order_value

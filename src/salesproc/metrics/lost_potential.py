"""Which customers buy less than is usual in their segment, and how much less?"""

import decimal
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

import attrs

from salesproc import _text
from salesproc._exact import EXACT
from salesproc._tables import Shown
from salesproc.metrics._period_days import days_of
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.orders import OrderRow, OrderRules, Purchases, reduce_orders, require_purchases
from salesproc.money import Money
from salesproc.periods import Period

__all__ = ["BelowLevel", "LostPotential", "SegmentLevel", "finish_lost_potential", "lost_potential"]

C = TypeVar("C", bound=Hashable)
K = TypeVar("K", bound=Hashable)


class BelowLevel(NamedTuple):
    """A customer who bought less than is usual in their segment.

    Attributes:
        customer: Who.
        segment: Of which segment.
        money: What they bought in the period, refunds taken off.
        gap: What is missing to the level of the segment.
        first_purchase: The day of their first purchase: who came late in the period had less time.
    """

    customer: Any
    segment: Any
    money: Money
    gap: Money
    first_purchase: date


class SegmentLevel(NamedTuple):
    """What is usual in a segment.

    Attributes:
        segment: Which one.
        buyers: How many customers of it bought in the period.
        level: The median of what they bought.
        below: How many of them bought less.
        gap: What these are missing to it, all together.
    """

    segment: Any
    buyers: int
    level: Money
    below: int
    gap: Money


@attrs.frozen(repr=False)
class LostPotential(Shown, Generic[C]):
    """The level of every segment, and who is below it.

    Attributes:
        segments: One per segment with buyers, the largest gap first.
        below: Every customer below the level of their segment, the largest gap first.
        silent: Customers of some segment who bought before the period and not in it: to be won back, and in no level and no gap.
        without_segment: Buyers of the period who belong to none: in no level and no gap.
        purchases: What was read.
    """

    segments: tuple[SegmentLevel, ...]
    below: tuple[BelowLevel, ...]
    silent: int
    without_segment: int
    purchases: Purchases[C]

    @property
    def gap(self) -> Money | None:
        """What all those below are missing, together; None when nobody in a segment bought."""
        if not self.segments:
            return None
        with decimal.localcontext(EXACT):
            return self.purchases.money(sum((one.gap.amount for one in self.segments), Decimal(0)))

    @property
    def undefined(self) -> str | None:
        """Why there is no gap; None when there is one."""
        return None if self.segments else "nobody in a segment bought"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per segment, money as exact text."""
        return [
            {
                "segment": _text.label(one.segment),
                "buyers": one.buyers,
                "level": str(one.level.amount),
                "below": one.below,
                "gap": str(one.gap.amount),
                "currency": one.gap.currency,
            }
            for one in self.segments
        ]

    def __str__(self) -> str:
        lines = [
            (
                _text.label(one.segment),
                f"{one.buyers:,}",
                str(one.level.rounded()),
                f"{one.below:,}",
                str(one.gap.rounded()),
            )
            for one in self.segments
        ]
        table = _text.table(("segment", "buyers", "level", "below", "gap"), lines)
        return f"{table}\n{self.silent:,} silent, {self.without_segment:,} without a segment"

    def __repr__(self) -> str:
        gap = _text.ABSENT if self.gap is None else str(self.gap.rounded())
        return f"<LostPotential: {len(self.below):,} customers below the level of their segment by {gap}>"


def lost_potential(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    by: Callable[[C], K],
    period: Period | None = None,
    rules: OrderRules | None = None,
) -> LostPotential[C]:
    """Which customers buy less than is usual among customers like them, and how much more it would be if they did.

    The level of a segment is the median of what its buyers bought in the period, refunds taken off: a mean would be set by the one large customer, and
    nearly everybody would be below it. By its making nearly half of a segment is below its median. The gap is a list of whom to talk to,
    and not a forecast.

    Args:
        orders: Rows ``(customer, at, amount)`` in any order, read once.
        as_of: The review; later orders are not used.
        by: A function from customer to segment, such as the ``get`` of a dictionary; None for somebody who belongs to none. Customers of one
            segment could buy equally much: the same trade, the same size.
        period: Only what was bought in it, by days; all up to the review when left out, and then the older customers had more time to buy.
        rules: What counts as a purchase.

    Returns:
        A row per segment, and one per customer below its level. Those silent in the period, and those in no segment, are counted apart.

    Raises:
        LogError: A row that cannot be read.
        CurrencyMismatch: Orders in several currencies.
        PeriodError: The period is not one of plain dates.

    Source:
        Lifting single customers to the consumption of the target audience, document 004 of ``docs/explanation/sources.md``; the median is ours.

    >>> sizes = {"ann": "large", "bob": "large", "cid": "large", "dan": "small"}
    >>> day = date(2025, 1, 6)
    >>> spent = {"ann": 900, "bob": 800, "cid": 200, "dan": 50, "eve": 10}
    >>> orders = [(who, day, Money(amount, "EUR")) for who, amount in spent.items()]
    >>> found = lost_potential(orders, as_of=day, by=sizes.get)
    >>> print(found)
    segment  buyers       level  below         gap
    large         3  800.00 EUR      1  600.00 EUR
    small         1   50.00 EUR      0    0.00 EUR
    0 silent, 1 without a segment
    >>> [(one.customer, str(one.gap)) for one in found.below]
    [('cid', '600.00 EUR')]
    """
    return finish_lost_potential(reduce_orders(orders, as_of=as_of, rules=rules), by=by, period=period)


def finish_lost_potential(
    purchases: Purchases[C], *, by: Callable[[C], K], period: Period | None = None
) -> LostPotential[C]:
    """The second half of `lost_potential`."""
    require_purchases(purchases)
    start, end = days_of(period)
    spent = defaultdict[K, dict[C, Decimal]](dict)
    silent = without_segment = 0
    with decimal.localcontext(EXACT):
        for customer, lines in purchases.lines.items():
            segment = by(customer)
            bought = [amount for day, amount in lines if start <= day < end]
            if segment is None:
                without_segment += bool(bought)
            elif bought:
                back = [amount for day, amount in purchases.lowered.get(customer, ()) if start <= day < end]
                spent[segment][customer] = sum((*bought, *back), Decimal(0))
            else:
                silent += lines[0][0] < start
        levels = [_level(purchases, segment, group) for segment, group in spent.items()]
    segments = sorted((one for one, _ in levels), key=lambda one: (-one.gap.amount, str(one.segment)))
    below = sorted(
        (customer for _, group in levels for customer in group),
        key=lambda one: (-one.gap.amount, str(one.customer)),
    )
    return LostPotential((*segments,), (*below,), silent, without_segment, purchases)


def _level(
    purchases: Purchases[C], segment: object, spent: Mapping[C, Decimal]
) -> tuple[SegmentLevel, list[BelowLevel]]:
    """The level of a segment, and who is below it."""
    currency, level = purchases.currency or "", _median(spent.values())
    below = [
        BelowLevel(
            customer,
            segment,
            Money(amount, currency),
            Money(level - amount, currency),
            purchases.lines[customer][0][0],
        )
        for customer, amount in spent.items()
        if amount < level
    ]
    gap = sum((one.gap.amount for one in below), Decimal(0))
    return SegmentLevel(segment, len(spent), Money(level, currency), len(below), Money(gap, currency)), below


def _median(amounts: Iterable[Decimal]) -> Decimal:
    """The middle amount, exact; of an even number the mean of the two middle ones."""
    order = sorted(amounts)
    return (order[(len(order) - 1) // 2] + order[len(order) // 2]) / 2

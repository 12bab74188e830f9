"""Who bought what, and when? An order list read once, with the rule for refunds, zeros and same-day orders named.

Every metric of customers rests on what is read here, so that all of them count the same purchases.
"""

import decimal
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar, cast

import attrs

from salesproc._exact import EXACT
from salesproc._given import chosen, instance, is_missing, several
from salesproc._tables import Shown
from salesproc.errors import CurrencyMismatch, LogError, SalesprocError
from salesproc.metrics._adding import added
from salesproc.metrics._log import comparable, local_day
from salesproc.metrics._order_rows import fault_of
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.purchase_lines import Kept, Line, PurchaseLines
from salesproc.money import Money

__all__ = ["Order", "OrderCounts", "OrderRow", "OrderRules", "Purchases", "reduce_orders"]

C = TypeVar("C", bound=Hashable)

OrderRow: TypeAlias = tuple[C, date, Money, *tuple[object, ...]]
"""A row of an order list: who, when, for how much, then anything."""


class Order(NamedTuple):
    """One order. Any tuple that begins like it serves as well.

    Attributes:
        customer: Who bought.
        at: When; the times of a list are all plain dates, all aware, or all naive.
        amount: For how much; below zero for a refund.
    """

    customer: str
    at: date
    amount: Money


@attrs.frozen(kw_only=True)
class OrderRules:
    """What counts as a purchase.

    Attributes:
        same_day: Orders of one customer on one day are ``"one"`` purchase, as the customer-base literature has it, or ``"each"`` its own.
        refunds: A refund is taken off the money of its customer (``"net"``), on its day first: a day on which nothing is left is no
            purchase. Where goods come back later, it is taken off the last purchase before it, and those before that, until it is used up
            (``"take back"``): a purchase with nothing left is none. Or it is left out and counted (``"leave out"``), or no list with one is
            accepted (``"refuse"``).
        zero: An order of nothing is a purchase (``"count"``), as in the CDNOW papers, or left out and counted (``"leave out"``).

    Source:
        Netting per customer and day: ``docs/explanation/decisions.md``, where the packages that count a refund as a purchase are named.

    >>> OrderRules(refunds="ignore")
    Traceback (most recent call last):
    ValueError: refunds must be one of its rules, got 'ignore'; known: 'net', 'take back', 'leave out', 'refuse'
    """

    same_day: Literal["one", "each"] = attrs.field(default="one", validator=chosen)
    refunds: Literal["net", "take back", "leave out", "refuse"] = attrs.field(default="net", validator=chosen)
    zero: Literal["count", "leave out"] = attrs.field(default="count", validator=chosen)


@attrs.frozen(kw_only=True, repr=False)
class OrderCounts(Shown):
    """What was read, netted and left out.

    Attributes:
        rows: Rows read.
        ahead: Rows after the day of the review: not used.
        refunds: Rows below zero.
        zeros: Rows of nothing.
        left_out: Refunds and zeros left out by the rules.
        folded: Rows put together with an earlier one of the same customer and day.
        netted_days: Days of a customer on which refunds took everything, and purchases that later ones took back: no purchase.
        converted: Rows in another currency, converted.
        without_customer: Rows that name nobody (None, an empty text, a missing value): orders of guests are not those of one customer.
    """

    rows: int = 0
    ahead: int = 0
    refunds: int = 0
    zeros: int = 0
    left_out: int = 0
    folded: int = 0
    netted_days: int = 0
    converted: int = 0
    without_customer: int = 0

    def __add__(self, other: object) -> "OrderCounts":
        if not isinstance(other, OrderCounts):
            return NotImplemented
        return added(self, other, ())

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: every count."""
        return [attrs.asdict(self)]

    def __str__(self) -> str:
        found = (f"{count:,} {name.replace('_', ' ')}" for name, count in attrs.asdict(self).items() if count)
        return ", ".join(found) or "no rows"


@attrs.frozen(kw_only=True, repr=False)
class Purchases(Generic[C]):
    """The purchases of every customer up to a day: the statistics behind every metric of orders.

    Attributes:
        as_of: The day of the review.
        rules: What counted as a purchase.
        currency: Of every amount; None when there is none.
        lines: Per customer who bought, the purchases in order of time.
        lowered: Per customer, days that only took money back.
        counts: What was read, netted and left out.
    """

    as_of: date
    rules: OrderRules
    currency: str | None = None
    lines: PurchaseLines[C] = attrs.field(factory=PurchaseLines[Any])
    lowered: Mapping[C, tuple[Line, ...]] = attrs.field(factory=dict[Any, Any])
    counts: OrderCounts = attrs.field(factory=OrderCounts)

    def customers(self) -> tuple[C, ...]:
        """Everyone in the list, those included who only ever got money back."""
        return (*self.lines, *(one for one in self.lowered if one not in self.lines))

    def spent(self, customer: C) -> Decimal:
        """What the customer spent in all, refunds taken off."""
        both = (*self.lines.unordered(customer), *self.lowered.get(customer, ()))
        with decimal.localcontext(EXACT):
            return sum((amount for _, amount in both), Decimal(0))

    def spending(self) -> dict[C, Decimal]:
        """What everyone in the list spent in all, refunds taken off."""
        spent = self.lines.sums()
        with decimal.localcontext(EXACT):
            for one, lines in self.lowered.items():
                spent[one] = sum([amount for _, amount in lines], spent.get(one, Decimal(0)))
        return spent

    def money(self, amount: Decimal) -> Money | None:
        """An amount of this list as money; None when the list is empty and has no currency."""
        return None if self.currency is None else Money(amount, self.currency)

    def __add__(self, other: object) -> "Purchases[C]":
        if not isinstance(other, Purchases):
            return NotImplemented
        theirs = cast("Purchases[C]", other)
        if (self.as_of, self.rules) != (theirs.as_of, theirs.rules):
            raise ValueError(
                f"purchases add up only of one day and by one set of rules, got {self.as_of}, {self.rules!r} and {theirs.as_of}, {theirs.rules!r}"
            )
        if None not in (self.currency, theirs.currency) and self.currency != theirs.currency:
            raise CurrencyMismatch(
                f"purchases in {self.currency} and in {theirs.currency}; convert one list first"
            )
        twice = (self.lines.keys() | self.lowered.keys()) & (theirs.lines.keys() | theirs.lowered.keys())
        if twice:
            raise ValueError(
                f"purchases add up over different customers, got {min(twice, key=repr)!r} in both parts"
            )
        return Purchases(
            as_of=self.as_of,
            rules=self.rules,
            currency=self.currency or theirs.currency,
            lines=self.lines | theirs.lines,
            lowered={**self.lowered, **theirs.lowered},
            counts=self.counts + theirs.counts,
        )

    def __repr__(self) -> str:
        return f"<Purchases of {len(self.lines):,} customers to {self.as_of}: {self.counts}>"


def require_purchases(given: object) -> None:
    """Refuses what was not read yet.

    Raises:
        TypeError: It is no `Purchases`, such as the order list itself.
    """
    instance(given, Purchases, "purchases", "make them with reduce_orders(orders, as_of=...)")


def reduce_orders(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    rules: OrderRules | None = None,
    currency: str | None = None,
    rates: Mapping[str, Decimal] | None = None,
) -> Purchases[C]:
    """Reads an order list once: the first half of every metric of orders.

    A report that asks several questions reads once and finishes each of them (``finish_rfm``, ``finish_tiers``, ...).

    Args:
        orders: Rows ``(customer, at, amount)`` in any order.
        as_of: The review; later rows are counted and not used. Its kind (plain date, aware, naive) is that of all rows,
            and its zone says where days begin.
        rules: What counts as a purchase; `OrderRules` as it is when left out.
        currency: The currency of the sums, needed with *rates*.
        rates: By code, what one unit of that currency is worth in *currency*. Without them two currencies are refused.

    Raises:
        LogError: A row is too short, names a customer that cannot be looked up, has a placeholder for a time, no `Money`, or
            a refund where the rules refuse it. The message names the row.
        NaiveTimeError: Times of two kinds.
        CurrencyMismatch: Two currencies and no rates.

    >>> orders = [
    ...     ("ann", date(2025, 1, 6), Money(100, "EUR")),
    ...     ("ann", date(2025, 2, 3), Money(40, "EUR")),
    ...     ("ann", date(2025, 2, 3), Money(-40, "EUR")),
    ...     ("bob", date(2025, 2, 9), Money(0, "EUR")),
    ... ]
    >>> reduce_orders(orders, as_of=date(2025, 3, 1))
    <Purchases of 2 customers to 2025-03-01: 4 rows, 1 refunds, 1 zeros, 1 folded, 1 netted days>
    >>> reduce_orders([("ann", date(2025, 1, 6), 100)], as_of=date(2025, 3, 1))
    Traceback (most recent call last):
    salesproc.errors.LogError: row 1 has the amount 100; give Money(amount, currency): ('ann', datetime.date(2025, 1, 6), 100)
    """
    if rates is not None and currency is None:
        raise ValueError("rates need currency=, the currency they lead to; for example currency='EUR'")
    rules = rules or OrderRules()
    instance(rules, OrderRules, "rules", "for example OrderRules(refunds='take back')")
    reader = _Reader[C](as_of, rules, currency, rates)
    found = reader.read(several(orders, "orders"))
    kept = cast("dict[C, Kept]", found)  # by day where days are folded; the others are put in order now
    lowered: dict[C, tuple[Line, ...]] = {}
    for customer in reader.out_of_the_ordinary(found):
        bought, back = reader.purchases(customer, found[customer])
        if back and reader.rules.refunds == "take back":
            bought, back = reader.taken_back(bought, back)
        if bought:
            kept[customer] = (*bought,)
        else:
            del kept[customer]
        if back:
            lowered[customer] = (*back,)
    return Purchases(
        as_of=local_day(as_of, as_of),
        rules=reader.rules,
        currency=reader.currency,
        lines=PurchaseLines(kept),
        lowered=lowered,
        counts=OrderCounts(**reader.counts),
    )


_Key: TypeAlias = date | tuple[date, int]


@attrs.define
class _Reader(Generic[C]):
    """One pass over the rows, and what it counts on the way."""

    as_of: date
    rules: OrderRules
    currency: str | None
    rates: Mapping[str, Decimal] | None
    counts: dict[str, int] = attrs.field(
        factory=lambda: dict.fromkeys(attrs.fields_dict(OrderCounts), 0), init=False
    )
    refunded: dict[C, set[date]] = attrs.field(factory=dict[C, set[date]], init=False)
    judged: set[date] = attrs.field(factory=set[date], init=False)
    """Plain days that were looked at before: a list has many orders and few days."""

    def read(self, orders: Iterable[OrderRow[C]]) -> dict[C, dict[_Key, Decimal]]:
        """The amounts of every customer by day, or by day and row where each order is a purchase of its own."""
        groups: dict[C, dict[_Key, Decimal]] = {}
        end, judged, nothing = comparable(self.as_of, self.as_of, "as_of"), self.judged, Decimal(0)
        fold = self.rules.same_day == "one"
        number, row, currency, folded = 0, None, self.currency, 0
        key: _Key
        try:
            # The hot loop, about a microsecond a row; what is unusual goes out of line.
            for number, row in enumerate(orders, 1):
                customer, at, money = row[0], row[1], row[2]
                day = at if at in judged else self._day(at, number, end)
                if day is None:
                    continue
                if money.currency != currency:
                    money = self._converted(money, number)
                    currency = self.currency
                amount = money.amount
                if amount <= nothing and not self._kept(customer, day, amount, number):
                    continue
                key = day if fold else (day, number)
                days = groups.get(customer)
                if days is None:
                    if is_missing(customer) or customer == "":
                        self.counts["without_customer"] += 1
                        continue
                    groups[customer] = {key: amount}
                elif key in days:
                    days[key] = EXACT.add(days[key], amount)
                    folded += 1
                else:
                    days[key] = amount
        except (TypeError, AttributeError, IndexError, KeyError) as error:
            if isinstance(error, SalesprocError) or (fault := fault_of(row)) is None:
                raise
            raise LogError(f"row {number} {fault}: {row!r}") from error
        self.counts |= {"rows": number, "folded": folded}
        return groups

    def out_of_the_ordinary(self, found: Mapping[C, object]) -> list[C]:
        """Whose purchases are more than their amounts by day."""
        if self.rules.same_day == "each":
            return [*found]
        return [customer for customer in self.refunded if customer in found]

    def purchases(self, customer: C, found: Mapping[_Key, Decimal]) -> tuple[list[Line], list[Line]]:
        """What a customer did, in order, as purchases and as days that only took money back."""
        if self.rules.same_day == "each":
            rows = sorted((key[0], amount) for key, amount in found.items() if isinstance(key, tuple))
            return [line for line in rows if line[1] >= 0], [line for line in rows if line[1] < 0]
        days = sorted(cast("Mapping[date, Decimal]", found).items())  # keyed by day where days are folded
        back = [line for line in days if line[0] in self.refunded[customer] and line[1] <= 0]
        self.counts["netted_days"] += len(back)
        gone = {day for day, _ in back}
        return [line for line in days if line[0] not in gone], [line for line in back if line[1]]

    def taken_back(self, bought: list[Line], back: list[Line]) -> tuple[list[Line], list[Line]]:
        """The same with every refund taken off the last purchases before it; what none covers stays a refund."""
        left, standing = list[Line](), list[Line]()
        for day, amount in sorted([*bought, *back], key=lambda line: (line[0], line[1] < 0)):
            if amount >= 0:
                standing.append((day, amount))
                continue
            owed = -amount
            for place in reversed(range(len(standing))):
                last, worth = standing[place]
                if 0 < worth <= owed:
                    del standing[place]
                    self.counts["netted_days"] += 1
                elif worth:
                    standing[place] = last, EXACT.subtract(worth, owed)
                owed = EXACT.subtract(owed, min(worth, owed))
                if not owed:
                    break
            if owed:
                left.append((day, -owed))
        return sorted(standing), sorted(left)  # within a day by amount, as where nothing was taken back

    def _day(self, at: date, number: int, end: date) -> date | None:
        """The day of an order where the review is; None, and counted, when it is after the review."""
        known = comparable(at, self.as_of, f"row {number}")
        if known > end:
            self.counts["ahead"] += 1
            return None
        if type(known) is date:
            self.judged.add(known)
        return local_day(known, self.as_of)

    def _converted(self, money: Money, number: int) -> Money:
        given: object = money  # callers without a type checker pass anything
        if not isinstance(given, Money):
            raise LogError(f"row {number} has the amount {given!r}; give Money(amount, currency)")
        if self.currency is None:
            self.currency = money.currency
            return money
        if self.rates is None:
            raise CurrencyMismatch(
                f"row {number} is in {money.currency}, those before it in {self.currency}; "
                f"give currency= and rates= to reduce_orders and what it returns to the finish_ function of the question, or read each currency apart"
            )
        self.counts["converted"] += 1
        return money.to(self.currency, self.rates)

    def _kept(self, customer: C, day: date, amount: Decimal, number: int) -> bool:
        """Counts a row that is no sale, and says whether the rules keep it."""
        kind, rule = ("refunds", self.rules.refunds) if amount < 0 else ("zeros", self.rules.zero)
        if rule == "refuse":
            raise LogError(
                f"row {number} is a refund ({amount}), which OrderRules(refunds='refuse') does not accept"
            )
        self.counts[kind] += 1
        if rule == "leave out":
            self.counts["left_out"] += 1
            return False
        if amount < 0:
            self.refunded.setdefault(customer, set()).add(day)
        return True

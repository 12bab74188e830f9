"""What is known of every customer of a shop? How often they came back, how old they were at the last purchase, how old they are now."""

import decimal
from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import attrs

from salesproc import _text
from salesproc._exact import EXACT
from salesproc._given import instance, leading_fields, whole_number
from salesproc._tables import Cell, Shown
from salesproc.errors import CurrencyMismatch, LogError
from salesproc.lifetime._time import TimeUnit, in_units, length_of, time_of
from salesproc.metrics._log import comparable
from salesproc.metrics.orders import (
    OrderCounts,
    OrderRow,
    OrderRules,
    Purchases,
    reduce_orders,
    require_purchases,
)
from salesproc.money import Money

__all__ = [
    "CustomerHistory",
    "PurchaseHistory",
    "SummaryRow",
    "TimeUnit",
    "finish_purchase_history",
    "history_from_summary",
    "purchase_history",
]

C = TypeVar("C", bound=Hashable)

SummaryRow: TypeAlias = tuple[C, int, float, float, *tuple[object, ...]]
"""A row of a table that is there already: who, repeat purchases, age at the last one, age; then their mean value, if it is known."""


class CustomerHistory(NamedTuple):
    """One customer, counted from their first purchase.

    Papers call the three numbers frequency, recency and T. Recency is another thing in `rfm`, the days *since* the last purchase, so it is not used here.

    Attributes:
        customer: Who.
        repeats: Purchases after the first one (papers: frequency, x).
        age_at_last: From the first purchase to the last (papers: recency, t_x); no time for who bought once.
        age: From the first purchase to the end of the observation (papers: T).
        repeat_spend: What the repeat purchases came to; None where amounts are not known.
    """

    customer: Any
    repeats: int
    age_at_last: timedelta
    age: timedelta
    repeat_spend: Decimal | None = None

    @property
    def mean_value(self) -> Fraction | None:
        """What a repeat purchase was worth on average, without rounding; None without one, and where amounts are not known."""
        if not self.repeats or self.repeat_spend is None:
            return None
        return Fraction(self.repeat_spend) / self.repeats


@attrs.frozen(kw_only=True, repr=False)
class PurchaseHistory(Shown, Generic[C]):
    """Every customer with a purchase, and what the numbers mean.

    Attributes:
        rows: One per customer: the most repeats first, then the latest last purchase, then by name.
        unit: In which models count time and rows are written.
        as_of: The end of the observation; None where a summary did not say.
        rules: What counted as a purchase; None for a summary made elsewhere.
        currency: Of every amount; None where there is none.
        counts: What was read, netted and left out.
        apart: Days that only took money back, where the rules let them stand: their money is in no value of a purchase.
    """

    rows: tuple[CustomerHistory, ...]
    unit: TimeUnit
    as_of: date | None = None
    rules: OrderRules | None = None
    currency: str | None = None
    counts: OrderCounts = attrs.field(factory=OrderCounts)
    apart: int = 0

    @property
    def undefined(self) -> str | None:
        """Why nothing can be said; None when something can."""
        return None if self.rows else "no purchases: there are no customers"

    @property
    def came_back(self) -> int:
        """Customers with a repeat purchase."""
        return sum(1 for row in self.rows if row.repeats)

    @property
    def repeats(self) -> int:
        """Repeat purchases of all of them."""
        return sum(row.repeats for row in self.rows)

    def patterns(self) -> dict[tuple[int, timedelta, timedelta], int]:
        """How many customers share repeats, age at the last purchase, and age. A fit costs as much as there are patterns."""
        return dict(Counter((row.repeats, row.age_at_last, row.age) for row in self.rows))

    def in_unit(self, unit: TimeUnit) -> "PurchaseHistory[C]":
        """The same customers with time in another unit.

        Raises:
            PeriodError: There is no such unit.
        """
        length_of(unit)  # refuses what is no unit
        return attrs.evolve(self, unit=unit)

    def resampled(self, chance: Random) -> "PurchaseHistory[C]":
        """As many customers, drawn with replacement."""
        drawn = chance.choices(self.rows, k=len(self.rows))
        return attrs.evolve(self, rows=tuple(sorted(drawn, key=_place)))

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per customer, times in the unit."""
        return [
            {
                "customer": _text.label(row.customer),
                "repeats": row.repeats,
                "age_at_last": in_units(row.age_at_last, self.unit),
                "age": in_units(row.age, self.unit),
                "unit": self.unit,
                "mean_value": None if row.mean_value is None else float(row.mean_value),
                "currency": self.currency,
            }
            for row in self.rows
        ]

    def __str__(self) -> str:
        until = "" if self.as_of is None else f" to {self.as_of}"
        counts = self.counts
        unused = f", {counts.ahead:,} orders after the end" if counts.ahead else ""
        unused += f", {counts.without_customer:,} of nobody" if counts.without_customer else ""
        apart = f", {self.apart:,} refunds on days of their own in no value" if self.apart else ""
        return f"{len(self.rows):,} customers{until}, {self.came_back:,} came back {self.repeats:,} times, time by the {self.unit}{apart}{unused}"


def require_history(given: object) -> None:
    """Refuses what is no history.

    Raises:
        TypeError: It is none, such as the order list itself.
    """
    instance(given, PurchaseHistory, "history", "make one with purchase_history(orders, as_of=..., unit=...)")


def purchase_history(
    orders: Iterable[OrderRow[C]], *, as_of: date, unit: TimeUnit, rules: OrderRules | None = None
) -> PurchaseHistory[C]:
    """How often every customer came back, when last, and since when they are a customer: all that the models of a shop look at.

    Args:
        orders: Rows ``(customer, at, amount)`` in any order, read once.
        as_of: The end of the observation; later orders are counted and not used. Ages are whole days, between days as they are where *as_of* is.
        unit: In which times are written, and in which the parameters of a model will be. A model says the same in every unit. Weeks are usual
            where people buy a few times a year.
        rules: What counts as a purchase. By default one day is one purchase, a day on which refunds took everything is none, and an order of nothing
            counts, as in the papers. Money given back on a later day is taken off the purchase it belongs to only with ``refunds="take back"``; by default
            such days are counted (``apart``) and are in no value.

    Raises:
        PeriodError: There is no such unit.
        LogError: A row that cannot be read.
        CurrencyMismatch: Orders in several currencies.

    Source:
        P. S. Fader, B. G. S. Hardie and K. L. Lee, "Counting your customers the easy way", Marketing Science 24 (2005).

    >>> orders = [
    ...     ("ann", date(2025, 1, 6), Money(100, "EUR")),
    ...     ("ann", date(2025, 1, 20), Money(80, "EUR")),
    ...     ("ann", date(2025, 2, 3), Money(40, "EUR")),
    ...     ("bob", date(2025, 2, 10), Money(20, "EUR")),
    ...     ("bob", date(2025, 2, 12), Money(-20, "EUR")),
    ... ]
    >>> history = purchase_history(orders, as_of=date(2025, 3, 10), unit="week")
    >>> history
    <PurchaseHistory: 2 customers to 2025-03-10, 1 came back 2 times, time by the week, 1 refunds on days of their own in no value>
    >>> ann = history.rows[0]
    >>> ann.repeats, ann.age_at_last.days / 7, ann.age.days / 7, ann.mean_value
    (2, 4.0, 9.0, Fraction(60, 1))
    """
    length_of(unit)  # refused before the orders are read
    return finish_purchase_history(reduce_orders(orders, as_of=as_of, rules=rules), unit=unit)


def finish_purchase_history(purchases: Purchases[C], *, unit: TimeUnit) -> PurchaseHistory[C]:
    """The second half of `purchase_history`."""
    require_purchases(purchases)
    length_of(unit)
    spans = dict[int, timedelta]()  # one object for all customers of an age
    rows, end = list[CustomerHistory](), purchases.as_of.toordinal()
    with decimal.localcontext(EXACT):
        for customer, lines in purchases.lines.items():
            first, last = lines[0][0].toordinal(), lines[-1][0].toordinal()
            spent = sum([amount for _, amount in lines[1:]], Decimal(0))
            at_last, age = _span(spans, last - first), _span(spans, end - first)
            rows.append(CustomerHistory(customer, len(lines) - 1, at_last, age, spent))
    rows.sort(key=_place)
    return PurchaseHistory(
        rows=tuple(rows),
        unit=unit,
        as_of=purchases.as_of,
        rules=purchases.rules,
        currency=purchases.currency,
        counts=purchases.counts,
        apart=sum(map(len, purchases.lowered.values())),
    )


def history_from_summary(
    rows: Iterable[SummaryRow[C]], *, unit: TimeUnit, as_of: date | None = None
) -> PurchaseHistory[C]:
    """A purchase history from a table that somebody has made already, for example in a warehouse.

    Args:
        rows: ``(customer, repeats, age_at_last, age)`` or the same with the mean value of a repeat purchase, as `Money` or None; ages in *unit*, fractions allowed.
        unit: Of the ages. It cannot be guessed: the mistake most often made is to read weeks as days.
        as_of: The end of the observation, where it is known.

    Raises:
        LogError: A row that cannot be read or contradicts itself, or a customer a second time, the message names the row; or *as_of* is no date.
        CurrencyMismatch: Values in several currencies.
        PeriodError: There is no such unit.

    >>> history_from_summary([("ann", 2, 21.5, 36.25), ("bob", 0, 0, 36.25)], unit="week")
    <PurchaseHistory: 2 customers, 1 came back 2 times, time by the week>
    >>> history_from_summary([("ann", 0, 8.4, 36.25)], unit="week")
    Traceback (most recent call last):
    salesproc.errors.LogError: row 1 has no repeat purchase, so its age at the last purchase is 0, got 8.4; is it the time since the last purchase?
    """
    length_of(unit)
    if as_of is not None:
        comparable(as_of, as_of, "as_of")
    found, currency = dict[Any, CustomerHistory](), None
    for number, row in enumerate(rows, 1):
        fields = leading_fields(row, ("customer", "repeats", "age_at_last", "age"), where := f"row {number}")
        if fields[0] in found:
            raise LogError(f"{where} names {fields[0]!r} a second time; give one row per customer")
        one = _summarised(fields, unit, where)
        value: object = row[4] if len(row) > 4 else None
        if value is not None:
            if not isinstance(value, Money) or value.amount < 0:
                raise LogError(
                    f"{where} has the mean value {value!r}; give Money(amount, currency), 0 or more, or None"
                )
            if currency not in (None, value.currency):
                raise CurrencyMismatch(
                    f"{where} is in {value.currency}, those before it in {currency}; convert first"
                )
            currency = value.currency
            one = one._replace(repeat_spend=EXACT.multiply(value.amount, Decimal(one.repeats)))
        found[fields[0]] = one
    return PurchaseHistory(
        rows=tuple(sorted(found.values(), key=_place)), unit=unit, as_of=as_of, currency=currency
    )


def _summarised(fields: tuple[Any, ...], unit: TimeUnit, where: str) -> CustomerHistory:
    """The customer of a row.

    Raises:
        LogError: A number is none, or they contradict each other.
    """
    customer, repeats, at_last, age = fields
    try:
        whole_number(repeats, "repeats")
        last, whole = time_of(at_last, unit, "age_at_last"), time_of(age, unit, "age")
    except (TypeError, ValueError) as error:
        raise LogError(f"{where}: {error}") from error
    if last > whole:
        raise LogError(f"{where} bought last at an age of {at_last!r}, which is more than its age of {age!r}")
    if last and not repeats:
        raise LogError(
            f"{where} has no repeat purchase, so its age at the last purchase is 0, got {at_last!r}; is it the time since the last purchase?"
        )
    return CustomerHistory(customer, repeats, last, whole)


def _span(known: dict[int, timedelta], days: int) -> timedelta:
    found = known.get(days)
    if found is None:
        found = known[days] = timedelta(days=days)
    return found


def _place(row: CustomerHistory) -> tuple[int, timedelta, timedelta, str]:
    return -row.repeats, -row.age_at_last, -row.age, str(row.customer)

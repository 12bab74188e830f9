"""What did they do afterwards? The purchases cut at a day: a model is fitted to those before it and judged by those after it."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, TypeVar

import attrs

from salesproc import _text
from salesproc._given import instance
from salesproc._tables import Cell, Shown
from salesproc.errors import PeriodError
from salesproc.lifetime._time import TimeUnit, in_units, length_of
from salesproc.lifetime.purchase_history import PurchaseHistory, finish_purchase_history
from salesproc.metrics._log import comparable
from salesproc.metrics.orders import OrderRow, OrderRules, Purchases, reduce_orders

__all__ = ["HoldoutHistory", "finish_holdout_history", "holdout_history"]

C = TypeVar("C", bound=Hashable)


@attrs.frozen(kw_only=True, repr=False)
class HoldoutHistory(Shown, Generic[C]):
    """The customers as they were known on a day, and what they bought after it.

    Attributes:
        calibration: The history to the day of the cut: what a model is fitted to.
        until: The end of the holdout.
        bought: Per customer of the calibration who bought in the holdout, how often.
        first_days: How many customers of the calibration bought first on each day.
        repeat_days: How many repeat purchases they made on each day, to the end of the holdout.
        newcomers: Customers who bought first in the holdout: no model fitted before can know them.
    """

    calibration: PurchaseHistory[C]
    until: date
    bought: Mapping[C, int] = attrs.field(factory=dict[Any, int])
    first_days: Mapping[date, int] = attrs.field(factory=dict[date, int])
    repeat_days: Mapping[date, int] = attrs.field(factory=dict[date, int])
    newcomers: int = 0

    @property
    def undefined(self) -> str | None:
        """Why nothing can be said; None when something can."""
        return self.calibration.undefined

    @property
    def cut(self) -> date:
        """The last day of the calibration."""
        return self.calibration.as_of or self.until

    @property
    def length(self) -> timedelta:
        """How long the holdout is."""
        return self.until - self.cut

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per customer of the calibration: what was known, and how often they bought in the holdout."""
        unit = self.calibration.unit
        return [
            {
                "customer": _text.label(row.customer),
                "repeats": row.repeats,
                "age_at_last": in_units(row.age_at_last, unit),
                "age": in_units(row.age, unit),
                "unit": unit,
                "holdout_purchases": self.bought.get(row.customer, 0),
                "holdout_length": in_units(self.length, unit),
            }
            for row in self.calibration.rows
        ]

    def __str__(self) -> str:
        return (
            f"{len(self.calibration.rows):,} customers to {self.cut}, {len(self.bought):,} of them bought {sum(self.bought.values()):,} times "
            f"to {self.until}, {self.newcomers:,} newcomers left out"
        )


def require_holdout(given: object) -> None:
    """Refuses what is not cut into calibration and holdout.

    Raises:
        TypeError: It is not, such as a whole history.
    """
    how = "make one with holdout_history(orders, calibration_end=..., as_of=..., unit=...)"
    instance(given, HoldoutHistory, "holdout", how)


def holdout_history(
    orders: Iterable[OrderRow[C]],
    *,
    calibration_end: date,
    as_of: date,
    unit: TimeUnit,
    rules: OrderRules | None = None,
) -> HoldoutHistory[C]:
    """The order list cut at a day.

    The part before is read as if on that day: a refund that came later does not undo a purchase in it.

    Args:
        orders: Rows ``(customer, at, amount)`` in any order, read once and kept while they are read.
        calibration_end: The last day of the part a model is fitted to; of the kind of time the rows have.
        as_of: The end of the holdout, later than that.
        unit: As for `purchase_history`.
        rules: What counts as a purchase.

    Raises:
        PeriodError: The holdout does not end after it begins, or there is no such unit.
        LogError: A row that cannot be read.
        NaiveTimeError: *calibration_end* is of another kind than *as_of*, or no time at all.
        CurrencyMismatch: Orders in several currencies.

    >>> from salesproc import Money
    >>> days = [("ann", date(2025, 1, 6)), ("ann", date(2025, 2, 3)), ("ann", date(2025, 4, 7)), ("bob", date(2025, 5, 5))]
    >>> orders = [(who, day, Money(10, "EUR")) for who, day in days]
    >>> print(holdout_history(orders, calibration_end=date(2025, 3, 31), as_of=date(2025, 6, 30), unit="week"))
    1 customers to 2025-03-31, 1 of them bought 1 times to 2025-06-30, 1 newcomers left out
    """
    length_of(unit)
    comparable(calibration_end, as_of, "calibration_end")
    rows = [*orders]
    before = reduce_orders(rows, as_of=_end_of_day(calibration_end), rules=rules)
    return finish_holdout_history(before, reduce_orders(rows, as_of=as_of, rules=rules), unit=unit)


def finish_holdout_history(before: Purchases[C], whole: Purchases[C], *, unit: TimeUnit) -> HoldoutHistory[C]:
    """The second half of `holdout_history`: the same orders read to the end of the day of the cut, and to the end of the holdout.

    Raises:
        PeriodError: The holdout does not end after it begins, or there is no such unit.
    """
    cut = before.as_of
    if whole.as_of <= cut:
        raise PeriodError(
            f"the holdout must end after the calibration does, got calibration_end={cut} and as_of={whole.as_of}"
        )
    bought, newcomers = dict[C, int](), 0
    first_days, repeat_days = Counter[date](), Counter[date]()
    for customer, lines in whole.lines.items():
        known = before.lines.get(customer)
        if known is None:
            newcomers += 1
            continue
        first_days[known[0][0]] += 1
        later = [day for day, _ in lines if day > cut]
        repeat_days.update([day for day, _ in known[1:]])
        repeat_days.update(later)
        if later:
            bought[customer] = len(later)
    # Somebody whose every purchase was taken back later is a customer of the calibration all the same.
    for customer in before.lines.keys() - whole.lines.keys():
        known = before.lines[customer]
        first_days[known[0][0]] += 1
        repeat_days.update([day for day, _ in known[1:]])
    return HoldoutHistory(
        calibration=finish_purchase_history(before, unit=unit),
        until=whole.as_of,
        bought=bought,
        first_days=dict(sorted(first_days.items())),
        repeat_days=dict(sorted(repeat_days.items())),
        newcomers=newcomers,
    )


def _end_of_day(at: date) -> date:
    """The last instant of a day; a plain date is the whole day already."""
    return at if not isinstance(at, datetime) else datetime.combine(at, time.max, tzinfo=at.tzinfo)

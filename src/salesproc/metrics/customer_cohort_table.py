"""Do later customers stay longer? Customers by when they first bought, and how many of them buy again, period after period."""

import decimal
from collections.abc import Hashable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeVar

import attrs

from salesproc import _text
from salesproc._exact import EXACT
from salesproc._tables import Shown
from salesproc.metrics._units import first_day, numbering
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.orders import OrderRow, OrderRules, Purchases, reduce_orders, require_purchases
from salesproc.money import Money
from salesproc.periods import Unit
from salesproc.rates import Rate

__all__ = ["CohortCell", "CustomerCohort", "CustomerCohorts", "customer_cohorts", "finish_customer_cohorts"]

C = TypeVar("C", bound=Hashable)


class CohortCell(NamedTuple):
    """One cohort at one age.

    Attributes:
        active: Customers of the cohort who bought in that unit, of all of the cohort.
        money: What they spent in it, refunds taken off; money taken back before the first purchase is in no cell.
        complete: Whether the unit is over.
    """

    active: Rate
    money: Money
    complete: bool


class CustomerCohort(NamedTuple):
    """Customers whose first purchase lies in one calendar unit.

    Attributes:
        start: The first day of the unit.
        customers: How many there are.
        cells: Their activity by age, in units since the first: place 0 is the unit of the first purchase. None where the unit is not over, or has not begun:
            what nobody has seen is not nothing.
    """

    start: date
    customers: int
    cells: tuple[CohortCell | None, ...]


@attrs.frozen(repr=False)
class CustomerCohorts(Shown):
    """Activity of customers by cohort and age, the oldest cohort first.

    Attributes:
        every: The calendar unit.
        cohorts: One per unit from the first purchase to the review; units without a new customer are there too.
        without_purchase: Customers who only ever got money back: in no cohort.
    """

    every: Unit
    cohorts: tuple[CustomerCohort, ...]
    without_purchase: int

    def __iter__(self) -> Iterator[CustomerCohort]:
        return iter(self.cohorts)

    def __len__(self) -> int:
        return len(self.cohorts)

    @property
    def undefined(self) -> str | None:
        """Why there is no cohort; None when there is one."""
        return None if self.cohorts else "nobody bought"

    def at_age(self, age: int) -> Rate:
        """All cohorts together at one age: of the customers whose unit at that age is over, how many bought in it.

        Each customer counts once, so a large cohort counts for more; a mean of the rates of the cohorts would let the smallest decide.

        Args:
            age: Units since that of the first purchase, from 0.
        """
        cells = [row.cells[age] for row in self.cohorts if age < len(row.cells)]
        return sum((cell.active for cell in cells if cell is not None and cell.complete), Rate(0, 0))

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per cohort and age that has been seen; nothing for a cell that has not."""
        return [
            {
                "cohort": str(row.start),
                "customers": row.customers,
                "age": age,
                "active": cell.active.hits,
                "share": cell.active.value,
                "money": str(cell.money.amount),
                "currency": cell.money.currency,
                "complete": cell.complete,
            }
            for row in self.cohorts
            for age, cell in enumerate(row.cells)
            if cell is not None
        ]

    def __str__(self) -> str:
        ages = range(max((len(row.cells) for row in self.cohorts), default=0))
        lines = [
            (
                str(row.start),
                f"{row.customers:,}",
                *("" if age >= len(row.cells) else _shown(row.cells[age]) for age in ages),
            )
            for row in self.cohorts
        ]
        means = (
            "all",
            f"{sum(row.customers for row in self.cohorts):,}",
            *(f"{self.at_age(age):.0%}" for age in ages),
        )
        return _text.table(("cohort", "customers", *map(str, ages)), [*lines, means])

    def __repr__(self) -> str:
        customers = sum(row.customers for row in self.cohorts)
        return f"<CustomerCohorts of {customers:,} customers in {len(self.cohorts)} cohorts by {self.every}>"


def customer_cohorts(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    every: Unit = "month",
    rules: OrderRules | None = None,
    running: bool = False,
) -> CustomerCohorts:
    """Customers by the calendar unit of their first purchase, and how many of them bought in each unit since.

    Args:
        orders: Rows ``(customer, at, amount)`` in any order, read once. They must reach back to the first purchase of everybody.
        as_of: The review; later orders are not used.
        every: ``"day"``, ``"week"`` (from Monday), ``"month"``, ``"quarter"`` or ``"year"``.
        rules: What counts as a purchase.
        running: Show the unit that is not over yet, marked as incomplete; otherwise it is as unobserved as the units to come.

    Returns:
        One cohort per unit. A customer is active in a unit when they bought in that very unit, not in it or later. Means over cohorts rest on units that are over.

    Raises:
        PeriodError: There is no such unit.
        LogError: A row that cannot be read.
        CurrencyMismatch: Orders in several currencies.

    Source:
        Tools differ in nearly every one of these rules: ``docs/explanation/decisions.md``.

    >>> orders = [
    ...     ("ann", date(2025, 1, 6), Money(100, "EUR")),
    ...     ("ann", date(2025, 3, 3), Money(80, "EUR")),
    ...     ("bob", date(2025, 1, 9), Money(20, "EUR")),
    ...     ("cid", date(2025, 2, 9), Money(90, "EUR")),
    ...     ("cid", date(2025, 3, 20), Money(90, "EUR")),
    ... ]
    >>> print(customer_cohorts(orders, as_of=date(2025, 4, 10)))
    cohort      customers     0     1    2    3
    2025-01-01          2  100%    0%  50%  n/a
    2025-02-01          1  100%  100%  n/a
    2025-03-01          0   n/a   n/a
    2025-04-01          0   n/a
    all                 3  100%   33%  50%  n/a
    """
    return finish_customer_cohorts(
        reduce_orders(orders, as_of=as_of, rules=rules), every=every, running=running
    )


def finish_customer_cohorts(
    purchases: Purchases[C], *, every: Unit = "month", running: bool = False
) -> CustomerCohorts:
    """The second half of `customer_cohorts`."""
    require_purchases(purchases)
    number = numbering(every)
    now, over = number(purchases.as_of), number(purchases.as_of + timedelta(days=1))
    sizes: dict[int, int] = {}
    active: dict[tuple[int, int], int] = {}
    money: dict[tuple[int, int], Decimal] = {}
    with decimal.localcontext(EXACT):
        for customer, lines in purchases.lines.items():
            cohort = number(lines[0][0])
            sizes[cohort] = sizes.get(cohort, 0) + 1
            last = None
            for day, amount in lines:
                cell = cohort, number(day)
                if cell != last:  # purchases come in order of time
                    active[cell] = active.get(cell, 0) + 1
                    last = cell
                money[cell] = money[cell] + amount if cell in money else amount
            for day, amount in purchases.lowered.get(customer, ()):
                cell = cohort, number(day)
                money[cell] = money.get(cell, Decimal(0)) + amount
    cohorts = list[CustomerCohort]()
    for cohort in range(min(sizes, default=now + 1), now + 1):
        size = sizes.get(cohort, 0)
        cells = tuple(
            CohortCell(
                Rate(active.get((cohort, unit), 0), size),
                Money(money.get((cohort, unit), Decimal(0)), purchases.currency or ""),
                unit < over,
            )
            if unit < over or running
            else None
            for unit in range(cohort, now + 1)
        )
        cohorts.append(CustomerCohort(first_day(every, cohort), size, cells))
    return CustomerCohorts(every, (*cohorts,), len(purchases.lowered.keys() - purchases.lines.keys()))


def _shown(cell: CohortCell | None) -> str:
    if cell is None:
        return _text.ABSENT
    return f"{cell.active:.0%}" + ("" if cell.complete else "*")

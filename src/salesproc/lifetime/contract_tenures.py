"""How often was a contract renewed? At every renewal, how many had the choice, stayed, and left."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from types import MappingProxyType
from typing import TypeAlias, TypeVar

import attrs

from salesproc._given import require_period, whole_number
from salesproc._tables import Cell, Shown
from salesproc.errors import LogError, PeriodError, did_you_mean
from salesproc.metrics._adding import added
from salesproc.metrics._log import comparable, local_day
from salesproc.metrics.customer_survival import StayRow, read_stay
from salesproc.periods import Period, Unit, shifted

__all__ = ["ContractTenures", "contract_tenures", "tenures_from_survivors"]

C = TypeVar("C", bound=Hashable)
_Step: TypeAlias = Callable[[date, int], date]

_STEPS: Mapping[str, tuple[_Step, timedelta]] = MappingProxyType(
    {
        "day": (lambda start, n: start + timedelta(days=n), timedelta(days=1)),
        "week": (lambda start, n: start + timedelta(weeks=n), timedelta(weeks=1)),
        "month": (lambda start, n: shifted(start, months=n), timedelta(days=31)),
        "quarter": (lambda start, n: shifted(start, months=3 * n), timedelta(days=92)),
        "year": (lambda start, n: shifted(start, years=n), timedelta(days=366)),
    }
)
"""From a start to its n-th renewal, and how long a period is at most."""


@attrs.frozen(kw_only=True, repr=False)
class ContractTenures(Shown):
    """Customers under contract by how long they stayed: statistics that add up over cohorts and regions.

    Attributes:
        lost: By the number of the renewal at which they left, counted from 1, how many customers.
        kept: By how often they have renewed so far, how many customers who are still there.
        unit: The period of the contract.
        under_way: By how often they had renewed, how many left in a period that was not over at the review. Those who stay have not come to its end yet, so
            to count the others there already would make nearly everybody look as if they left.
        after_as_of: Customers who came after the review: not used.
        out_of_period: Customers who came outside the period asked for: not used.
    """

    lost: Mapping[int, int]
    kept: Mapping[int, int]
    unit: Unit
    under_way: Mapping[int, int] = attrs.field(factory=dict[int, int])
    after_as_of: int = 0
    out_of_period: int = 0

    @property
    def customers(self) -> int:
        """How many customers."""
        return sum(map(sum, (self.lost.values(), self.kept.values(), self.under_way.values())))

    @property
    def undefined(self) -> str | None:
        """Why nothing can be said; None when something can."""
        return None if any(at_risk for at_risk, _ in self.renewals()) else "nobody has come to a renewal"

    def renewals(self) -> tuple[tuple[int, int], ...]:
        """At each renewal, from the first on: how many had the choice, and how many of them left."""
        last = max([*self.lost, *self.kept, *self.under_way], default=0)
        at_risk, found = self.customers, list[tuple[int, int]]()
        for number in range(1, last + 1):
            at_risk -= self.kept.get(number - 1, 0) + self.under_way.get(number - 1, 0)
            left = self.lost.get(number, 0)
            found.append((at_risk, left))
            at_risk -= left
        return tuple(found)

    def resampled(self, chance: Random) -> "ContractTenures":
        """As many customers, drawn with replacement."""
        tables = {"lost": self.lost, "kept": self.kept, "under_way": self.under_way}
        groups = [(name, n) for name, table in tables.items() for n in sorted(table)]
        weights = [tables[name][n] for name, n in groups]
        drawn = Counter(chance.choices(groups, weights, k=self.customers) if groups else ())
        lost, kept, under_way = (
            {n: drawn[name, n] for n in sorted(table) if drawn[name, n]} for name, table in tables.items()
        )
        return attrs.evolve(self, lost=lost, kept=kept, under_way=under_way)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per renewal: how many had the choice, stayed and left, the share that stayed, and the share of the beginning still there."""
        rows, share = list[dict[str, Cell]](), 1.0
        for number, (at_risk, left) in enumerate(self.renewals(), 1):
            stayed = (at_risk - left) / at_risk if at_risk else None
            share *= 1.0 if stayed is None else stayed
            row: dict[str, Cell] = {"renewal": number, "unit": self.unit, "at_risk": at_risk}
            rows.append(row | {"kept": at_risk - left, "lost": left, "retention": stayed, "survival": share})
        return rows

    def __add__(self, other: object) -> "ContractTenures":
        if not isinstance(other, ContractTenures):
            return NotImplemented
        return added(self, other, ("unit",))

    def __str__(self) -> str:
        still, early = sum(self.kept.values()), sum(self.under_way.values())
        left = f"{self.customers - still:,} left" + (f" ({early:,} in a period under way)" if early else "")
        return f"{self.customers:,} customers, {still:,} still there, {left}, renewed by the {self.unit}"


def contract_tenures(
    rows: Iterable[StayRow[C]], *, as_of: date, unit: Unit, period: Period | None = None
) -> ContractTenures:
    """How often each customer renewed, from the days on which they came and left.

    Somebody who leaves within a period did not renew at its end, once that end has come; until then they are counted in ``under_way``. Somebody who is there at the review has renewed as often as a period has passed.

    Args:
        rows: ``(customer, since, until)``, one per customer, as for `customer_lifetimes`: *until* is the first day without service, or None.
        as_of: The review. Who leaves after it is still there; who comes after it is left out and counted. Days begin where it is.
        unit: The period of the contract. Months, quarters and years follow the calendar: a contract of 31 January is renewed on the last day of February.
        period: Only customers who came in it: one cohort. Several add up.

    Raises:
        PeriodError: There is no such unit.
        LogError: A row that cannot be read, ends before it starts, or names a customer a second time.
        NaiveTimeError: A time is of another kind than *as_of*.

    >>> rows = [("ann", date(2024, 1, 31), date(2024, 4, 30)), ("bob", date(2024, 1, 15), None), ("cid", date(2024, 3, 1), date(2024, 3, 20))]
    >>> found = contract_tenures(rows, as_of=date(2024, 6, 30), unit="month")
    >>> found.lost, found.kept
    ({1: 1, 3: 1}, {5: 1})
    """
    step, longest = _step(unit)
    require_period(period)
    review = comparable(as_of, as_of, "as_of")
    lost, kept, first_rows = Counter[int](), Counter[int](), dict[C, int]()
    early = Counter[int]()
    ahead = outside = 0
    today = local_day(review, as_of)
    for number, row in enumerate(rows, 1):
        customer, since, until = read_stay(row, as_of, f"row {number}")
        if first_rows.setdefault(customer, number) != number:
            raise LogError(
                f"row {number} names {customer!r} a second time, after row {first_rows[customer]}; "
                f"join the contracts of a customer into one row, from the first start to the last end"
            )
        if since > review:
            ahead += 1
        elif period is not None and since not in period:
            outside += 1
        elif until is None or until > review:
            kept[_passed(local_day(since, as_of), today, step, longest)] += 1
        else:
            start, end = local_day(since, as_of), local_day(until, as_of)
            whole = _passed(start, end, step, longest)
            renewal = whole if whole and step(start, whole) == end else whole + 1
            if step(start, renewal) <= today:
                lost[renewal] += 1
            else:
                early[whole] += 1
    return ContractTenures(
        lost=dict(sorted(lost.items())),
        kept=dict(sorted(kept.items())),
        unit=unit,
        under_way=dict(sorted(early.items())),
        after_as_of=ahead,
        out_of_period=outside,
    )


def tenures_from_survivors(survivors: Sequence[int], *, unit: Unit) -> ContractTenures:
    """The same from the table of one cohort: how many there were at the start, after the first renewal, after the second, and so on.

    Cohorts of several ages are added: ``tenures_from_survivors(old, unit="year") + tenures_from_survivors(young, unit="year")``.

    Args:
        survivors: Numbers of customers, the start first; they never rise. Shares are no numbers of customers: a thousand and a million
            customers with the same shares do not say the same.
        unit: The period of the contract.

    Raises:
        ValueError: There is no number, or they rise.
        TypeError: One is no whole number.
        PeriodError: There is no such unit.

    >>> found = tenures_from_survivors([1000, 869, 743], unit="year")
    >>> found.lost, found.kept
    ({1: 131, 2: 126}, {2: 743})
    """
    _step(unit)
    numbers = [whole_number(one, f"survivors after renewal {at}") for at, one in enumerate(survivors)]
    if not numbers:
        raise ValueError("survivors must begin with the customers at the start, got none")
    for at, (before, after) in enumerate(pairwise(numbers), 1):
        if after > before:
            raise ValueError(f"survivors must not rise, got {before} and then {after} after renewal {at}")
    lost = {at: one - other for at, (one, other) in enumerate(pairwise(numbers), 1) if one > other}
    last = len(numbers) - 1
    return ContractTenures(lost=lost, kept={last: numbers[-1]} if numbers[-1] else {}, unit=unit)


def known_unit(_: object, __: object, value: Unit) -> None:
    """An attrs validator: contracts run by this unit.

    Raises:
        PeriodError: They do not.
    """
    _step(value)


def _step(unit: Unit) -> tuple[_Step, timedelta]:
    if unit not in _STEPS:
        raise PeriodError(f"there is no unit {unit!r}; {did_you_mean(str(unit), _STEPS)}")
    return _STEPS[unit]


def _passed(since: date, until: date, step: _Step, longest: timedelta) -> int:
    """How many whole periods have passed."""
    passed = max(0, (until - since) // longest - 1)
    while step(since, passed + 1) <= until:
        passed += 1
    return passed

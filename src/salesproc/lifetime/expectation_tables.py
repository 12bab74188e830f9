"""Does the model hold for those who buy often and for those who do not? What it says beside what happened, by number of repeats."""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable
from datetime import timedelta
from typing import NamedTuple, TypeVar

import attrs

from salesproc._given import whole_number
from salesproc._tables import Cell, Shown
from salesproc.lifetime.bg_nbd import BgNbd
from salesproc.lifetime.holdout import HoldoutHistory, require_holdout
from salesproc.lifetime.purchase_history import PurchaseHistory

__all__ = [
    "ConditionalExpectations",
    "ExpectationRow",
    "RepeatCalibration",
    "RepeatRow",
    "conditional_expectations",
    "repeat_calibration",
]

C = TypeVar("C", bound=Hashable)


class ExpectationRow(NamedTuple):
    """The customers who had come back so often at the cut.

    Attributes:
        repeats: How often; in the last row, at least so often.
        customers: How many they are.
        expected: Purchases per customer expected in the holdout.
        actual: Purchases per customer made in it.
        and_more: Whether those who came back more often are in this row too.
    """

    repeats: int
    customers: int
    expected: float
    actual: float
    and_more: bool = False


@attrs.frozen(kw_only=True, repr=False)
class ConditionalExpectations(Shown):
    """Purchases in the holdout by what was known at the cut.

    Attributes:
        rows: One per number of repeats that occurs.
        model: By which it is.
        length: Of the holdout.
    """

    rows: tuple[ExpectationRow, ...]
    model: BgNbd
    length: timedelta

    @property
    def undefined(self) -> str | None:
        """Why there is nothing to see; None when there is something."""
        return None if self.rows else "no customers of the calibration"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per number of repeats."""
        return [row._asdict() for row in self.rows]

    def __str__(self) -> str:
        expected = math.fsum(row.customers * row.expected for row in self.rows)
        actual = round(math.fsum(row.customers * row.actual for row in self.rows))
        return f"{expected:,.1f} purchases expected in the {self.length.days} days of the holdout, {actual:,} made"


def conditional_expectations(
    model: BgNbd, holdout: HoldoutHistory[C], *, most: int = 7
) -> ConditionalExpectations:
    """Did those who had bought often go on to buy often? Purchases per customer in the holdout, expected and made, by repeats at the cut.

    Args:
        model: Fitted to the calibration.
        holdout: Of these customers.
        most: The last row is of so many repeats and more.

    Raises:
        ValueError: *most* is below 1.

    Source:
        The conditional expectations of the paper named at `BgNbd`.

    >>> from datetime import date
    >>> from salesproc import Money
    >>> from salesproc.lifetime import holdout_history
    >>> bought = [("ann", n) for n in (0, 20, 45, 99, 150)] + [("bob", 7), ("cid", 14), ("cid", 60), ("cid", 101)]
    >>> orders = [(who, date(2025, 1, 6) + timedelta(days=n), Money(10, "EUR")) for who, n in bought]
    >>> holdout = holdout_history(orders, calibration_end=date(2025, 3, 31), as_of=date(2025, 6, 30), unit="week")
    >>> model = BgNbd(r=0.6, alpha=6.0, a=0.8, b=2.5, unit="week")
    >>> [(row.repeats, row.customers, round(row.expected, 2), row.actual) for row in conditional_expectations(model, holdout).rows]
    [(0, 1, 0.4, 0.0), (1, 1, 0.75, 1.0), (2, 1, 1.0, 2.0)]
    """
    whole_number(most, "most", least=1)
    require_holdout(holdout)
    groups = defaultdict[int, list[tuple[float, int]]](list)
    known = dict[tuple[int, timedelta, timedelta], float]()
    for row in holdout.calibration.rows:
        pattern = row.repeats, row.age_at_last, row.age
        if pattern not in known:
            known[pattern] = model.expected_purchases_of(row, holdout.length)
        groups[min(row.repeats, most)].append((known[pattern], holdout.bought.get(row.customer, 0)))
    rows = [
        ExpectationRow(
            repeats,
            len(group),
            math.fsum(expected for expected, _ in group) / len(group),
            sum(made for _, made in group) / len(group),
            repeats == most,
        )
        for repeats, group in sorted(groups.items())
    ]
    return ConditionalExpectations(rows=tuple(rows), model=model, length=holdout.length)


class RepeatRow(NamedTuple):
    """The customers who came back so often.

    Attributes:
        repeats: How often; in the last row, at least so often.
        customers: How many they are.
        expected: How many they are by the model.
    """

    repeats: int
    customers: int
    expected: float


@attrs.frozen(kw_only=True, repr=False)
class RepeatCalibration(Shown):
    """How many customers came back so often, and how many by the model.

    Attributes:
        rows: One per number of repeats, from 0 on.
        model: By which it is.
    """

    rows: tuple[RepeatRow, ...]
    model: BgNbd

    @property
    def undefined(self) -> str | None:
        """Why there is nothing to see; None when there is something."""
        return None if any(row.customers for row in self.rows) else "no customers"

    @property
    def misplaced(self) -> float | None:
        """The share of the customers that would have to be in another row for the model to be right; None without customers."""
        customers = sum(row.customers for row in self.rows)
        apart = math.fsum(abs(row.customers - row.expected) for row in self.rows)
        return apart / 2 / customers if customers else None

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per number of repeats."""
        return [row._asdict() for row in self.rows]

    def __str__(self) -> str:
        if self.misplaced is None:
            return f"n/a: {self.undefined}"
        return f"{self.misplaced:.1%} of {sum(row.customers for row in self.rows):,} customers misplaced by the model"


def repeat_calibration(model: BgNbd, history: PurchaseHistory[C], *, most: int = 7) -> RepeatCalibration:
    """How many customers came back never, once, twice ... and how many the model says, each seen as long as they were.

    It is a check of the form of the model on the data it was fitted to. That it fits says little of the time after: see `conditional_expectations`.

    Args:
        model: Fitted to this history.
        history: Of these customers.
        most: The last row is of so many repeats and more.

    Raises:
        ValueError: *most* is below 1.

    Source:
        The figure of actual and expected frequencies in the paper named at `BgNbd`.

    >>> from salesproc.lifetime import history_from_summary
    >>> history = history_from_summary([(f"C{n}", n % 3, n % 3, 30) for n in range(60)], unit="week")
    >>> model = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, unit="week")
    >>> [(row.repeats, row.customers, round(row.expected, 1)) for row in repeat_calibration(model, history, most=2).rows]
    [(0, 20, 36.4), (1, 20, 11.6), (2, 20, 12.0)]
    """
    whole_number(most, "most", least=1)
    made = Counter(min(row.repeats, most) for row in history.rows)
    ages = Counter(row.age for row in history.rows)
    expected = [
        math.fsum(count * model.probability_of(repeats, age) for age, count in ages.items())
        for repeats in range(most)
    ]
    expected.append(max(0.0, len(history.rows) - math.fsum(expected)))
    rows = [RepeatRow(repeats, made[repeats], share) for repeats, share in enumerate(expected)]
    return RepeatCalibration(rows=tuple(rows), model=model)

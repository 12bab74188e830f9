"""May the model be believed? What it says beside what happened: over time, by how often customers had bought, and by what they spend."""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

import attrs

from salesproc._given import whole_number
from salesproc._tables import Cell, Shown
from salesproc.lifetime._time import TimeUnit, length_of
from salesproc.lifetime.bg_nbd import BgNbd
from salesproc.lifetime.holdout import HoldoutHistory
from salesproc.lifetime.purchase_history import PurchaseHistory
from salesproc.rates import Interval, two_sided

__all__ = [
    "ConditionalExpectations",
    "ExpectationRow",
    "PurchaseTracking",
    "RepeatCalibration",
    "RepeatRow",
    "TrackingPoint",
    "ValueIndependence",
    "ValueRow",
    "conditional_expectations",
    "purchase_tracking",
    "repeat_calibration",
    "value_independence",
]

C = TypeVar("C", bound=Hashable)


class TrackingPoint(NamedTuple):
    """One step of time.

    Attributes:
        end: Its last day.
        purchases: Repeat purchases made in it.
        expected: Repeat purchases expected in it.
        purchases_so_far: Made up to its end.
        expected_so_far: Expected up to its end.
        in_holdout: Whether it lies after the cut, in part or whole: the model has not seen it.
    """

    end: date
    purchases: int
    expected: float
    purchases_so_far: int
    expected_so_far: float
    in_holdout: bool


@attrs.frozen(kw_only=True, repr=False)
class PurchaseTracking(Shown):
    """Repeat purchases over time, made and expected: the data of a tracking plot.

    Attributes:
        points: One per step, in order.
        model: By which it is.
    """

    points: tuple[TrackingPoint, ...]
    model: BgNbd

    @property
    def undefined(self) -> str | None:
        """Why there is nothing to see; None when there is something."""
        return None if self.points else "no customers of the calibration"

    @property
    def holdout_error(self) -> float | None:
        """How far the purchases expected in the holdout miss those made, over those made: above 0 for too many; None where none was made."""
        made = sum(point.purchases for point in self.points if point.in_holdout)
        expected = math.fsum(point.expected for point in self.points if point.in_holdout)
        return expected / made - 1 if made else None

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per step."""
        return [{**point._asdict(), "end": point.end.isoformat()} for point in self.points]

    def __str__(self) -> str:
        if not self.points:
            return f"n/a: {self.undefined}"
        last, error = self.points[-1], self.holdout_error
        missed = "" if error is None else f", {error:+.1%} in the holdout"
        return f"{last.expected_so_far:,.1f} purchases expected and {last.purchases_so_far:,} made by {last.end}{missed}"


def purchase_tracking(
    model: BgNbd, holdout: HoldoutHistory[C], *, every: TimeUnit = "week"
) -> PurchaseTracking:
    """Repeat purchases of the customers of the calibration, step by step, made and expected, through the holdout.

    Made and expected purchases are of all customers known at the cut, each from their first purchase on, so that both rise while customers are still coming in.

    Args:
        model: Fitted to the calibration.
        holdout: Of these customers.
        every: The length of a step, from the first purchase of anybody on.

    Returns:
        One point per step; a last step that is not over at the end of the holdout is left out.

    Raises:
        PeriodError: There is no such unit.

    Source:
        The tracking plots of the paper named at `BgNbd`.
    """
    step, points = length_of(every), list[TrackingPoint]()
    if not holdout.first_days:
        return PurchaseTracking(points=(), model=model)
    start, known, taken = min(holdout.first_days), dict[int, float](), Counter(holdout.repeat_days)
    made = before = 0
    expected_before = 0.0
    number = 1
    while (end := start + _days(step * number) - timedelta(days=1)) <= holdout.until:
        made = sum(count for day, count in taken.items() if day <= end)
        expected = math.fsum(
            count * _expected(model, (end - day).days, known)
            for day, count in holdout.first_days.items()
            if day < end
        )
        points.append(
            TrackingPoint(end, made - before, expected - expected_before, made, expected, end > holdout.cut)
        )
        before, expected_before, number = made, expected, number + 1
    return PurchaseTracking(points=tuple(points), model=model)


class ExpectationRow(NamedTuple):
    """The customers who had come back so often at the cut.

    Attributes:
        repeats: How often; in the last row, at least so often.
        customers: How many they are.
        expected: Purchases per customer expected in the holdout.
        actual: Purchases per customer made in it.
    """

    repeats: int
    customers: int
    expected: float
    actual: float


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
    """
    whole_number(most, "most", least=1)
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


class ValueRow(NamedTuple):
    """The customers who came back so often.

    Attributes:
        repeats: How often; in the last row, at least so often.
        customers: How many they are, with a value.
        mean_value: What a repeat purchase of theirs was worth on average, each customer counting once, in units of the currency.
    """

    repeats: int
    customers: int
    mean_value: float


@attrs.frozen(kw_only=True, repr=False)
class ValueIndependence(Shown):
    """Whether those who buy often spend more each time, which the gamma-gamma model takes not to be so.

    Attributes:
        rows: One per number of repeats that occurs.
        customers: With a repeat purchase of known value above 0.
        correlation: Of repeats and mean value; None with fewer than four customers, or where all have the same.
        interval: Of the correlation, by Fisher's transformation; None where there is no correlation, or a perfect one.
        currency: Of the values.
    """

    rows: tuple[ValueRow, ...]
    customers: int
    correlation: float | None
    interval: Interval | None
    currency: str | None

    @property
    def undefined(self) -> str | None:
        """Why there is no correlation; None when there is one."""
        if self.correlation is not None:
            return None
        return f"no correlation of {self.customers} customers: at least four are needed, who differ in both"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per number of repeats, with the correlation of all."""
        return [
            {**row._asdict(), "currency": self.currency, "correlation": self.correlation} for row in self.rows
        ]

    def __str__(self) -> str:
        if self.correlation is None:
            return f"n/a: {self.undefined}"
        around = "" if self.interval is None else f" ({self.interval.low:.2f} to {self.interval.high:.2f})"
        return f"correlation {self.correlation:.2f}{around} of repeats and value over {self.customers:,} customers"


def value_independence(
    history: PurchaseHistory[C], *, most: int = 7, confidence: float = 0.95
) -> ValueIndependence:
    """Do those who buy often spend more each time? The correlation, and the mean value by repeats.

    With a correlation well above 0 the worth of frequent buyers is understated, and that of rare ones overstated. A few customers with huge amounts can make
    one: look at the rows.

    Args:
        history: With amounts.
        most: The last row is of so many repeats and more.
        confidence: How often the interval should cover the truth, between 0 and 1.

    Raises:
        ValueError: *most* is below 1, or *confidence* does not lie between 0 and 1.

    Source:
        The check of the paper named at `GammaGamma`; the interval is R. A. Fisher's (1921), which is rough for amounts as skew as these.

    >>> from salesproc import Money
    >>> from salesproc.lifetime import history_from_summary
    >>> rows = [(n, 1 + n % 4, 1, 30, Money(20 + 7 * n % 13, "EUR")) for n in range(40)]
    >>> print(value_independence(history_from_summary(rows, unit="week")))
    correlation 0.07 (-0.25 to 0.37) of repeats and value over 40 customers
    """
    whole_number(most, "most", least=1)
    z = two_sided(confidence)
    pairs = [(row.repeats, float(row.mean_value)) for row in history.rows if row.mean_value]
    groups = defaultdict[int, list[float]](list)
    for repeats, mean in pairs:
        groups[min(repeats, most)].append(mean)
    rows = [ValueRow(x, len(means), math.fsum(means) / len(means)) for x, means in sorted(groups.items())]
    found = _correlation(pairs)
    around = None
    if found is not None and abs(found) < 1:
        spread = z / math.sqrt(len(pairs) - 3)
        around = Interval(math.tanh(math.atanh(found) - spread), math.tanh(math.atanh(found) + spread))
    return ValueIndependence(
        rows=tuple(rows),
        customers=len(pairs),
        correlation=found,
        interval=around,
        currency=history.currency,
    )


def _correlation(pairs: list[tuple[int, float]]) -> float | None:
    if len(pairs) < 4:
        return None
    middle = [math.fsum(column) / len(pairs) for column in zip(*pairs, strict=True)]
    apart = [(x - middle[0], y - middle[1]) for x, y in pairs]
    both, one, other = (
        math.fsum(a * b for a, b in part)
        for part in (apart, ((x, x) for x, _ in apart), ((y, y) for _, y in apart))
    )
    scale = math.sqrt(one) * math.sqrt(other)
    return max(-1.0, min(1.0, both / scale)) if scale > 1e-12 * abs(middle[1]) else None


def _expected(model: BgNbd, days: int, known: dict[int, float]) -> float:
    if days not in known:
        known[days] = model.expected_purchases(timedelta(days=days))
    return known[days]


def _days(time: timedelta) -> timedelta:
    return timedelta(days=round(time / timedelta(days=1)))

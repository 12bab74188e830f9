"""Do those who buy often spend more each time? The gamma-gamma model takes it that they do not."""

import math
from collections import defaultdict
from collections.abc import Hashable
from typing import NamedTuple, TypeVar

import attrs

from salesproc._given import whole_number
from salesproc._tables import Cell, Shown
from salesproc.lifetime.purchase_history import PurchaseHistory
from salesproc.rates import Interval, two_sided

__all__ = ["ValueIndependence", "ValueRow", "value_independence"]

C = TypeVar("C", bound=Hashable)


class ValueRow(NamedTuple):
    """The customers who came back so often.

    Attributes:
        repeats: How often; in the last row, at least so often.
        customers: How many they are, with a value.
        mean_value: What a repeat purchase of theirs was worth on average, each customer counting once, in units of the currency.
        and_more: Whether those who came back more often are in this row too.
    """

    repeats: int
    customers: int
    mean_value: float
    and_more: bool = False


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
    rows = [
        ValueRow(x, len(means), math.fsum(means) / len(means), x == most)
        for x, means in sorted(groups.items())
    ]
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

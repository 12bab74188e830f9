"""Who stays? Retention and churn, from counts or from the customers themselves."""

from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import TypeVar

import attrs

from salesproc._shares import Share, exact_share
from salesproc._tables import Shown
from salesproc.metrics.breakdown import Cell
from salesproc.rates import Rate

__all__ = [
    "Retention",
    "annual_churn",
    "customer_retention",
    "finish_customer_retention",
    "reduce_customer_retention",
    "retention_from_counts",
]

C = TypeVar("C", bound=Hashable)


@attrs.frozen(repr=False)
class Retention(Shown):
    """Who was there at the start of a period, and what became of them.

    Attributes:
        start: Customers at the start.
        kept: Of these, how many are there at the end.
        new: Customers at the end who were not there at the start.
    """

    start: int
    kept: int
    new: int

    @property
    def end(self) -> int:
        """Customers at the end."""
        return self.kept + self.new

    @property
    def lost(self) -> int:
        """Customers of the start who are gone."""
        return self.start - self.kept

    @property
    def rate(self) -> Rate:
        """Customer retention rate, kept of start; who is new is in neither."""
        return Rate(self.kept, self.start)

    @property
    def churn(self) -> Rate:
        """Customer churn rate, lost of start: what retention leaves."""
        return Rate(self.lost, self.start)

    @property
    def undefined(self) -> str | None:
        """Why there is no rate; None when there is one."""
        return None if self.start else "nobody was there at the start"

    def __add__(self, other: object) -> "Retention":
        if not isinstance(other, Retention):
            return NotImplemented
        return Retention(self.start + other.start, self.kept + other.kept, self.new + other.new)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the counts and the two rates, with the interval of retention."""
        low, high = self.rate.interval() or (None, None)
        return [
            {
                "start": self.start,
                "kept": self.kept,
                "lost": self.lost,
                "new": self.new,
                "end": self.end,
                "retention": self.rate.value,
                "churn": self.churn.value,
                "low": low,
                "high": high,
            }
        ]

    def __str__(self) -> str:
        return f"kept {self.rate}, {self.lost:,} lost, {self.new:,} new"


def retention_from_counts(start: int, end: int, new: int) -> Retention:
    """Customer retention from three counts: those at the end who are not new, over those at the start.

    Args:
        start: Customers at the start of the period.
        end: Customers at its end.
        new: Of those at the end, how many were not there at the start. One who left and returned within the period was there.

    Raises:
        ValueError: A count is below zero; more are new than are there; or more of the old are there than there were, which happens when somebody who
            had left before the start and came back is not counted as new.

    Source:
        ``CRR = ((E - N) / S) x 100``, document 004 of ``docs/explanation/sources.md``.

    >>> print(retention_from_counts(100, 110, 20))
    kept 90.0% (90 of 100), 10 lost, 20 new
    >>> retention_from_counts(100, 130, 20)
    Traceback (most recent call last):
    ValueError: 110 of the 100 customers at the start cannot be there at the end (130 less 20 new); count those who came back as new
    """
    given: tuple[tuple[str, object], ...] = (("start", start), ("end", end), ("new", new))
    for name, count in given:  # callers without a type checker pass anything
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise ValueError(f"{name} must be a whole number of customers, 0 or more, got {count!r}")
    if new > end:
        raise ValueError(f"{new} new customers cannot be among {end} at the end")
    kept = end - new
    if kept > start:
        raise ValueError(
            f"{kept} of the {start} customers at the start cannot be there at the end ({end} less {new} new); "
            f"count those who came back as new"
        )
    return Retention(start, kept, new)


def customer_retention(before: Iterable[C], after: Iterable[C]) -> Retention:
    """Customer retention from the customers themselves: who of those at the start is there at the end.

    Args:
        before: The customers at the start; one who is named twice counts once.
        after: The customers at the end.

    Returns:
        The counts and the rates; undefined when nobody was there at the start.

    Source:
        The set form of the same rate: it cannot pass 1, however people come and go.

    >>> print(customer_retention(["ann", "bob", "cid", "dan"], ["bob", "cid", "dan", "eve"]))
    kept 75.0% (3 of 4), 1 lost, 1 new
    """
    return finish_customer_retention(reduce_customer_retention(before, after))


def reduce_customer_retention(before: Iterable[C], after: Iterable[C]) -> Retention:
    """The first half of `customer_retention`: counts that add up over disjoint sets of customers."""
    there, here = frozenset(before), frozenset(after)
    return Retention(len(there), len(there & here), len(here - there))


def finish_customer_retention(counts: Retention) -> Retention:
    """From counts to the result, which is the counts: they carry their rates."""
    return counts


def annual_churn(churn: Share, *, periods_per_year: int = 12) -> Fraction:
    """The share lost in a year when the same share of those left is lost in every period: ``1 - (1 - churn) ** 12`` for months.

    Twelve times the monthly churn is more than that, and passes 1.

    Args:
        churn: The share lost per period, 0 to 1, or a rate.
        periods_per_year: How many periods make a year.

    Returns:
        The share, exact.

    Raises:
        ValueError: *churn* is no share, or there is no period in a year.

    >>> round(float(annual_churn(0.05)), 4)
    0.4596
    """
    if periods_per_year < 1:
        raise ValueError(f"a year has at least one period, got periods_per_year={periods_per_year!r}")
    return 1 - (1 - exact_share(churn, "churn")) ** periods_per_year

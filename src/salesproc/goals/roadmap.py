"""How much of it is due in each month and each year? A plan, or only a revenue, in parts that add up exactly."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import attrs

from salesproc import _text
from salesproc._exact import apportion
from salesproc._given import require_period
from salesproc._tables import Shown
from salesproc.errors import PeriodError
from salesproc.goals.plan import Plan
from salesproc.metrics._numbers import positive_money
from salesproc.metrics.breakdown import Cell
from salesproc.money import Money, total
from salesproc.periods import Period

__all__ = ["Roadmap", "RoadmapRow", "roadmap"]

_YEAR = 12


class RoadmapRow(NamedTuple):
    """What is due in one month or year.

    Attributes:
        period: The month or year, plain dates.
        revenue: The revenue that is due in it.
        counts: What its sales need, in the order of ``levels``, the sales last; nothing for a revenue alone.
    """

    period: Period
    revenue: Money
    counts: tuple[int, ...] = ()


@attrs.frozen(repr=False)
class Roadmap(Shown):
    """A plan month by month and year by year; the months of a year add up to the year, the years to the plan.

    Attributes:
        levels: The stages that are counted, the first one first, the sales last.
        months: One row per calendar month.
        years: One row per twelve months from the start; the last may be shorter.
    """

    levels: tuple[str, ...]
    months: tuple[RoadmapRow, ...]
    years: tuple[RoadmapRow, ...]

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per month: its first day, the revenue as exact text, the currency, and the count of every stage."""
        return [
            {
                "month": str(row.period.start),
                "revenue": str(row.revenue.amount),
                "currency": row.revenue.currency,
                **dict(zip(self.levels, row.counts, strict=True)),
            }
            for row in self.months
        ]

    def __str__(self) -> str:
        lines = [
            (f"{name} {row.period.start}", str(row.revenue), *(f"{count:,}" for count in row.counts))
            for name, rows in (("month", self.months), ("year", self.years))
            for row in rows
        ]
        return _text.table(("from", "revenue", *self.levels), lines)

    def __repr__(self) -> str:
        return f"<Roadmap: {len(self.months)} months, {len(self.years)} years from {self.months[0].period.start}>"


def roadmap(
    whole: Plan | Money, period: Period, *, weights: Sequence[int | Decimal] | None = None
) -> Roadmap:
    """A plan, or a revenue, divided among months and years without a cent or a sale lost.

    The revenue goes first to the years and then to their months. Sales follow the same weights in whole sales, and every stage above follows the sales, so
    that a month has the opportunities its own sales need. These are the counts for the sales of the month: they must be there earlier, by the lead time
    of the level.

    Args:
        whole: A plan as `plan_back` gives it, or a revenue alone, 0 or more.
        period: Whole calendar months of plain dates, such as ``Period.year(2026)``.
        weights: One per month, for a season or for growth; every month the same when left out.

    Returns:
        One row per month and one per twelve months from the start.

    Raises:
        PeriodError: The period is not made of whole months of plain dates.
        ValueError: Not one weight per month, or weights that are none.

    Source:
        A goal in dollars over five years, document 001, to be watched by month and by year, document 002 of ``docs/explanation/sources.md``; parts by largest
        remainder, as `Money.allocate` has it.

    >>> from datetime import date
    >>> five_years = roadmap(Money(1_000_000, "USD"), Period(date(2026, 1, 1), date(2031, 1, 1)))
    >>> [str(row.revenue) for row in five_years.years], str(five_years.months[0].revenue)
    (['200,000.00 USD', '200,000.00 USD', '200,000.00 USD', '200,000.00 USD', '200,000.00 USD'], '16,666.67 USD')
    """
    months = _whole_months(period)
    by_month = [1] * len(months) if weights is None else [*weights]
    if len(by_month) != len(months):
        raise ValueError(
            f"weights must be one per month, {len(months)} here, got {len(by_month)}: {weights!r}"
        )
    revenue = whole.revenue if isinstance(whole, Plan) else positive_money(whole, "revenue")
    levels = whole.levels if isinstance(whole, Plan) else ()
    money = _by_month(revenue, by_month)
    counts = list[list[int]]()
    if levels:
        sales = _sales_by_month(levels[-1].needed, by_month)
        counts = [*(apportion(level.needed, [*map(Fraction, sales)]) for level in levels[:-1]), sales]
    rows = [
        RoadmapRow(month, share, tuple(count[n] for count in counts))
        for n, (month, share) in enumerate(zip(months, money, strict=True))
    ]
    years = [rows[n : n + _YEAR] for n in range(0, len(rows), _YEAR)]
    return Roadmap(tuple(level.stage for level in levels), tuple(rows), tuple(map(_together, years)))


def _whole_months(period: Period) -> tuple[Period, ...]:
    require_period(period, optional=False)
    if isinstance(period.start, datetime) or (period.start.day, period.end.day) != (1, 1):
        raise PeriodError(
            f"period must be whole months of plain dates, such as Period.year(2026), got {period!r}"
        )
    return period.each("month")


def _by_month(revenue: Money, weights: Sequence[int | Decimal]) -> list[Money]:
    """By year first, so that equal years are equal to the cent."""
    years = _years(weights)
    found = list[Money]()
    for year, share in zip(years, revenue.allocate([sum(year) for year in years]), strict=True):
        found += share.allocate(year) if any(year) else [share] * len(year)
    return found


def _sales_by_month(sales: int, weights: Sequence[int | Decimal]) -> list[int]:
    """By year first, as the revenue is."""
    years = _years(weights)
    found = list[int]()
    for year, share in zip(years, apportion(sales, [Fraction(sum(year)) for year in years]), strict=True):
        found += apportion(share, [*map(Fraction, year)]) if any(year) else [0] * len(year)
    return found


def _years(weights: Sequence[int | Decimal]) -> list[Sequence[int | Decimal]]:
    return [weights[n : n + _YEAR] for n in range(0, len(weights), _YEAR)]


def _together(year: Sequence[RoadmapRow]) -> RoadmapRow:
    period = Period(year[0].period.start, year[-1].period.end)
    counts = tuple(map(sum, zip(*(row.counts for row in year), strict=True)))
    return RoadmapRow(period, total(row.revenue for row in year), counts)

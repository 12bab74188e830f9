"""Points that always add up."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction


def points(given: Fraction | int) -> Decimal:
    """The number of points, rounded half-even to a hundredth, whatever the decimal context says."""
    return Decimal(f"{round(Fraction(given) * 100)}E-2")


def total(given: Iterable[Decimal]) -> Decimal:
    """The sum of points, to the hundredth, whatever the decimal context says."""
    return points(sum(map(Fraction, given), Fraction()))

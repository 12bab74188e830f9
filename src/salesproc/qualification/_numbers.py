"""Numbers that somebody gives for a score, and points that always add up."""

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import TypeAlias

Number: TypeAlias = Fraction | Decimal | float
"""A number; a float means the decimal number it is written as."""


def exact(given: Number, what: str) -> Fraction:
    """The number without rounding.

    Raises:
        ValueError: It is not finite.
        TypeError: It is no number.
    """
    if isinstance(given, bool) or not isinstance(given, Rational | Decimal | float):
        raise TypeError(f"{what} must be a number, got {given!r}")
    if not isinstance(given, Rational) and not math.isfinite(given):
        raise ValueError(f"{what} must be finite, got {given!r}")
    return Fraction(repr(float(given))) if isinstance(given, float) else Fraction(given)


def whole(given: int, what: str, *, least: int | None = None) -> int:
    """The whole number itself.

    Raises:
        ValueError: It is too small.
        TypeError: It is no whole number.
    """
    if isinstance(given, bool) or not isinstance(given, int):
        raise TypeError(f"{what} must be a whole number, got {given!r}")
    if least is not None and given < least:
        raise ValueError(f"{what} must be {least} or more, got {given!r}")
    return given


def points(given: Fraction | int) -> Decimal:
    """The number of points, rounded half-even to a hundredth, whatever the decimal context says."""
    return Decimal(f"{round(Fraction(given) * 100)}E-2")


def total(given: Iterable[Decimal]) -> Decimal:
    """The sum of points, to the hundredth, whatever the decimal context says."""
    return points(sum(map(Fraction, given), Fraction()))

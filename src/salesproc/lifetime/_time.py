"""The unit of time of a model: how long it is, and times as numbers of it."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, TypeAlias

from salesproc._given import Number, exact_number, require_duration
from salesproc._instants import MICROSECOND
from salesproc.errors import PeriodError, did_you_mean

TimeUnit: TypeAlias = Literal["day", "week", "month", "year"]
"""The unit in which a model counts time; a year is 365.25 days and a month a twelfth of it."""

LENGTHS: Mapping[str, timedelta] = MappingProxyType(
    {
        "day": timedelta(days=1),
        "week": timedelta(weeks=1),
        "month": timedelta(days=365.25 / 12),
        "year": timedelta(days=365.25),
    }
)


LONGEST = timedelta(days=36525)


def length_of(unit: TimeUnit) -> timedelta:
    """How long the unit is.

    Raises:
        PeriodError: There is no such unit.
    """
    if unit not in LENGTHS:
        raise PeriodError(f"there is no unit of time {unit!r}; {did_you_mean(str(unit), LENGTHS)}")
    return LENGTHS[unit]


def in_units(time: timedelta, unit: TimeUnit) -> float:
    """The time as a number of units."""
    return time / length_of(unit)


def horizon_in_units(horizon: timedelta, unit: TimeUnit) -> float:
    """A time ahead as a number of units.

    Raises:
        ValueError: It is below 0, or above a hundred years.
        TypeError: It is no duration: a bare number does not say whether it means days or weeks.
    """
    if require_duration(horizon, "horizon") > LONGEST:
        raise ValueError(
            f"horizon must be at most 100 years, got {horizon!r}; no model knows anything of longer times"
        )
    return in_units(horizon, unit)


def time_of(number: Number, unit: TimeUnit, what: str) -> timedelta:
    """So many units as a time, to the microsecond.

    Raises:
        ValueError: The number is below 0 or not finite.
        TypeError: It is no number.
    """
    exact = exact_number(number, what)
    if exact < 0:
        raise ValueError(f"{what} must be 0 or more, got {number!r}")
    return timedelta(microseconds=round(exact * Fraction(length_of(unit) // MICROSECOND)))

"""Calendar units as numbers: which one a day lies in, and when each begins."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from salesproc.errors import PeriodError, did_you_mean
from salesproc.periods import Unit

NumberOf = Callable[[date], int]


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


_NUMBERS: Mapping[str, NumberOf] = MappingProxyType(
    {
        "day": date.toordinal,
        "week": lambda day: (day.toordinal() - 1) // 7,  # 0001-01-01 was a Monday
        "month": _month,
        "quarter": lambda day: _month(day) // 3,
        "year": lambda day: day.year,
    }
)
_STARTS: Mapping[str, Callable[[int], date]] = MappingProxyType(
    {
        "day": date.fromordinal,
        "week": lambda number: date.fromordinal(number * 7 + 1),
        "month": lambda number: date(number // 12, number % 12 + 1, 1),
        "quarter": lambda number: date(number // 4, number % 4 * 3 + 1, 1),
        "year": lambda number: date(number, 1, 1),
    }
)


class _Known(dict[date, int]):
    """The numbers of days that were asked for: a list has many rows and few days."""

    def __init__(self, number_of: NumberOf) -> None:
        super().__init__()
        self._number_of = number_of

    def __missing__(self, day: date) -> int:
        self[day] = number = self._number_of(day)
        return number


def numbering(unit: Unit) -> NumberOf:
    """The function from a day to the number of its unit; weeks begin on Monday.

    Raises:
        PeriodError: There is no such unit.
    """
    if unit not in _NUMBERS:
        raise PeriodError(f"there is no unit {unit!r}; {did_you_mean(str(unit), _NUMBERS)}")
    return _Known(_NUMBERS[unit]).__getitem__


def first_day(unit: Unit, number: int) -> date:
    """The first day of the unit of that number."""
    return _STARTS[unit](number)

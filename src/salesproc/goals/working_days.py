"""How many days of work are there in a time?"""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from salesproc._given import require_period
from salesproc._instants import first_instant
from salesproc.calendars import WorkingCalendar
from salesproc.errors import PeriodError
from salesproc.periods import Period

__all__ = ["working_days"]

_DAY = timedelta(days=1)


def working_days(period: Period, calendar: WorkingCalendar) -> int:
    """How many days of the period have working time. A day of half the hours is one day.

    Args:
        period: A period of plain dates, which are days in the zone of the calendar.
        calendar: Which hours are worked, and which days are free.

    Raises:
        TypeError: It is no period.
        PeriodError: It is not one of plain dates.

    >>> office = WorkingCalendar.weekly(range(5), time(9), time(17), tz="Europe/Berlin", holidays=[date(2026, 5, 1)])
    >>> working_days(Period.month(2026, 5), office)
    20
    """
    require_period(period, optional=False)
    if isinstance(period.start, datetime):
        raise PeriodError(
            f"period must be one of plain dates, for example Period.month(2026, 5), got {period!r}"
        )
    return passed(period.start, period.end, calendar).days


class Passed(NamedTuple):
    """What passes between two days: how many days, and how much time; of work only where there is a calendar."""

    days: int
    time: timedelta


def passed(start: date, end: date, calendar: WorkingCalendar | None) -> Passed:
    """What passes from the beginning of one day to the beginning of another, not before it."""
    days = (end - start).days
    if calendar is None:
        return Passed(days, days * _DAY)
    midnights = [
        first_instant(datetime.combine(start + n * _DAY, time()), calendar.tz) for n in range(days + 1)
    ]
    worked = [calendar.working_time(*day) for day in pairwise(midnights)]
    return Passed(sum(map(bool, worked)), sum(worked, timedelta()))

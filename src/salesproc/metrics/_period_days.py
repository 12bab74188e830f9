"""The days of a period, for metrics that count purchases by days."""

from datetime import date

from salesproc._given import require_period
from salesproc.errors import PeriodError
from salesproc.periods import Period


def days_of(period: Period | None) -> tuple[date, date]:
    """The first day and the first day after it; all of time when there is no period.

    Raises:
        PeriodError: It is not one of plain dates.
    """
    require_period(period)
    if period is None:
        return date.min, date.max
    start, end = (_plain(one) for one in (period.start, period.end))
    return start, end


def _plain(moment: date) -> date:
    if type(moment) is not date:
        raise PeriodError(
            f"purchases are counted by days: give a period of plain dates, got one that ends at {moment!r}"
        )
    return moment
